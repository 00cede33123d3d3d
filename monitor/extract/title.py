"""The headline of a story, without the site's name or section.

Takes what the page states (meta tags, JSON-LD, headings, <title>) and what the feed said; gives one line. What an
outlet hands to others for showing (og:title) comes first: the page's own heading is often cut for its place.
"""

import html
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from monitor.extract.structured import Facts, strings
from monitor.extract.voices import fold
from monitor.records import Entry
from monitor.text import one_line, shorten
from monitor.urls import brand

MAX_LENGTH = 500
# What sites put between a headline and their own name; a hyphen only between spaces.
_SEPARATOR = re.compile(r"\s+[-–—·•»«›:/~]{1,2}\s+|\s*[|｜：]\s*|\s+[«»]\s*")
_DATE = re.compile(r"[\d.\s/年月日-]+")
# What stands between a kicker ("Middle East:", "Riots live -") and the headline itself.
_KICKER_END = re.compile(r"\s?[:：]\s+|\s+[-–—|/]\s+")
_WORD = re.compile(r"\w+")
# With less in common than two words of some length, og:title is no other wording of the headline but a line about it.
_FEWEST_SHARED = 2
# What is left behind a kicker is a headline only from this many letters on ("Live: Tickets" is none).
_FEWEST_BEHIND = 20
_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_MEDIUM = re.compile(r"(?:news|online|digital|tv|radio|web|magazine|newspaper|com)$")
# A headline in an address line ("Home", "News") says nothing.
_FEWEST_LETTERS = 4


def read_title(tree: HtmlElement, facts: Facts, entry: Entry | None, url: str) -> tuple[str, str]:
    """Return the title and where it was found ("meta", "json-ld", "heading", "feed", "title"), or two empty strings."""
    sites = site_names(facts, url)
    stated = [(text, origin) for raw, origin in _candidates(tree, facts, entry) if (text := _cleaned(raw))]
    said = Counter(fold(text) for text, _ in stated)
    candidates = []
    for text, origin in stated:
        title = _without_site(text, sites, said)
        if len(fold(title)) >= _FEWEST_LETTERS and not _is_site(title, sites):
            candidates.append((shorten(title, MAX_LENGTH), origin))
    return _settled(candidates, facts)


def _settled(candidates: list[tuple[str, str]], facts: Facts) -> tuple[str, str]:
    """Return the first candidate, unless the others bear witness against it.

    Where the page's heading and <title> disagree with each other, og:title is as often a variant under trial: then
    the JSON-LD decides. Where both follow the JSON-LD, an og:title that differs was written on purpose.
    """
    if not candidates:
        return "", ""
    first = candidates[0]
    headline = next((candidate for candidate in candidates if candidate[1] == "json-ld"), first)
    if fold(headline[0]) != fold(first[0]) and _overruled(first[0], headline[0], candidates, facts):
        return headline
    heading = next((text for text, origin in candidates if origin == "heading"), "")
    return _behind_kickers(first[0], heading), first[1]


def _overruled(offered: str, headline: str, candidates: list[tuple[str, str]], facts: Facts) -> bool:
    """Say whether the JSON-LD's headline is to be believed rather than what is offered first."""
    if fold(offered) in _tails(headline) | {fold(_cleaned(name)) for name in strings(facts.article.get("name"))}:
        return False  # the headline is the same with a kicker in front, or the JSON-LD itself says both
    by_origin: dict[str, set[str]] = defaultdict(set)
    for text, origin in candidates:
        by_origin[origin].add(fold(text))
    followers = [origin for origin in ("heading", "title") if fold(headline) in by_origin[origin]]
    if len(followers) == 2:
        shared = _words(offered) & _words(headline)
        return sum(len(word) > 3 for word in shared) < _FEWEST_SHARED
    return len(followers) == 1


def _tails(title: str) -> set[str]:
    """Return what stands behind each mark that may end a kicker, folded."""
    return {fold(title[match.end() :]) for match in _KICKER_END.finditer(title)}


def _behind_kickers(title: str, heading: str) -> str:
    """Return what title and heading have in common behind kickers that differ in every word, else the title."""
    for match in _KICKER_END.finditer(title):
        behind = fold(title[match.end() :])
        for other in _KICKER_END.finditer(heading) if len(behind) >= _FEWEST_BEHIND else ():
            kickers = (_words(title[: match.start()]), _words(heading[: other.start()]))
            if kickers[0].isdisjoint(kickers[1]) and fold(heading[other.end() :]) == behind:
                return title[match.end() :]
    return title


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _cleaned(stated: str) -> str:
    # Twice: JSON-LD and meta tags often carry entities that were escaped once more.
    return one_line(html.unescape(html.unescape(stated[: MAX_LENGTH * 4]))).strip(" |")


def _candidates(tree: HtmlElement, facts: Facts, entry: Entry | None) -> Iterator[tuple[str, str]]:
    offered = facts.meta("og:title")
    if not offered.rstrip().endswith(("...", "…")):
        yield offered, "meta"
    yield from ((text, "json-ld") for text in strings(facts.article.get("headline")))
    yield facts.meta("twitter:title"), "meta"
    headings = [" ".join(heading.itertext()) for heading in tree.iter("h1")]
    distinct = {fold(heading): heading for heading in headings if fold(heading)}
    if len(distinct) == 1:
        yield from ((heading, "heading") for heading in distinct.values())
    if entry:
        yield entry.title, "feed"
    # Inside a drawing, <title> is a label.
    titles = (element.text or "" for element in tree.iter("title") if getattr(element.getparent(), "tag", "") != "svg")
    yield next(titles, ""), "title"
    yield from ((heading, "heading") for heading in list(distinct.values())[:3])
    yield offered, "meta"


def _plain(text: str) -> str:
    """Return a name as it would stand in a host name: ASCII letters and digits."""
    spelt = text.casefold().translate(_LETTERS)
    return "".join(char for char in unicodedata.normalize("NFKD", spelt) if char.isascii() and char.isalnum())


def site_names(facts: Facts, url: str) -> frozenset[str]:
    """Return how the site calls itself, folded: by its statements and by its host."""
    stated = [facts.meta("og:site_name"), facts.meta("application-name"), facts.meta("apple-mobile-web-app-title")]
    stated += [*strings(facts.article.get("publisher")), *strings(facts.article.get("isPartOf"))]
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = [] if brand(host) == host else host.split(".")
    # "news.example.co.uk": the whole, each label that is long enough to be a name, and the name with its ending.
    hosts = [
        host,
        *(label for label in labels[:-1] if len(label) > 3),
        *labels[-2:-1],
        *(".".join(labels[i:]) for i in range(len(labels))),
    ]
    return frozenset(name for name in map(fold, [*stated, *hosts]) if len(name) > 1)


def _is_site(text: str, sites: frozenset[str]) -> bool:
    """Say whether a text is only the site's name, perhaps with what it publishes ("News", "Online")."""
    folded = fold(text)
    return any(name in sites for name in (folded, _plain(text), _MEDIUM.sub("", folded)))


def _without_site(title: str, sites: frozenset[str], said: Counter[str]) -> str:
    """Return a title without leading and trailing parts that are the site's name, a date, or left out elsewhere.

    `said` counts how often the page says each text, folded: what it says twice as it is stays as it is.
    """
    while parts := list(_SEPARATOR.finditer(title)):
        last, first = parts[-1], parts[0]
        head, tail = title[: last.start()], title[last.end() :]
        rare = said[fold(title)] < 3
        if _is_site(tail, sites) or _DATE.fullmatch(tail) or (rare and said[fold(head)] and len(tail) < 40):
            title = head
        elif _is_site(title[: first.start()], sites) or ("|" in first.group() and said[fold(title[first.end() :])]):
            title = title[first.end() :]
        else:
            break
    return title.strip()
