"""What a site taught us: which shapes of address turned out to be articles, and which did not.

Shapes, not addresses: the next front page links to stories never seen before, in the same folders and with the same
sort of name.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlsplit

from monitor.discover.addresses import kind_of_name

# So many addresses of one shape must agree, and so many times as many as disagree, before a lesson is believed.
ENOUGH = 3
CLEARLY = 4
# What a lesson weighs against the link's own looks (an article needs 4): it lifts a short headline and a plain slug,
# and sinks a section that looks like a story.
ARTICLES_WEIGH = 3
OTHERS_WEIGH = -6


def learn(articles: Iterable[str], others: Iterable[str]) -> Mapping[str, int]:
    """Return what each shape of address weighs, for `read_listing`.

    `articles` are addresses of one source whose pages held an article, `others` those whose pages held none; not
    those that merely could not be fetched. Give those of the last weeks: a lesson must end some day, since what it
    leaves out is not fetched any more and cannot teach better.
    """
    good, bad = Counter(map(shape, articles)), Counter(map(shape, others))
    lessons: dict[str, int] = {}
    for found in good.keys() | bad.keys():
        if good[found] >= ENOUGH and good[found] >= CLEARLY * bad[found]:
            lessons[found] = ARTICLES_WEIGH
        elif bad[found] >= ENOUGH and bad[found] >= CLEARLY * good[found]:
            lessons[found] = OTHERS_WEIGH
    return lessons


def shape(url: str) -> str:
    """Return an address's shape: its first folder, its depth, what sort of name it ends in, its parameters' names."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    segments = [segment for segment in parts.path.lower().split("/") if segment]
    folder = segments[0] if len(segments) > 1 else ""
    names = ",".join(sorted({name.lower() for name, _ in parse_qsl(parts.query[:2000])}))
    # A folder that is a year or a number changes with the next story; what sort of name it is stays.
    folder = kind_of_name(folder) if any(character.isdigit() for character in folder) else folder
    return f"{folder}/{len(segments)}/{kind_of_name(segments[-1]) if segments else ''}?{names}"
