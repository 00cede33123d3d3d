"""Which outlet or agency a text credits as its origin.

Takes the page's blocks, where the story stands in them, and what the page states; gives the credits, and says which
lines are nothing but credit. So a republication or a translation points to its original.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urljoin, urlsplit

from monitor.extract import agencies
from monitor.extract.blocks import Layout
from monitor.extract.markup import Mark, mark
from monitor.extract.structured import Facts, strings
from monitor.extract.voices import fold
from monitor.extract.wording import sections
from monitor.records import Credit
from monitor.text import one_line
from monitor.urls import brand, registrable_host

MOST_CREDITS = 8
_LONGEST_LINE, _LONGEST_NAMES, _LONGEST_SIGNATURE = 200, 80, 40
_SENTENCE = re.compile(r"[.!?。]\s+\S")
_LISTS = {name: "|".join(lines) for name, lines in sections("credits.txt").items()}
_LINE = re.compile(
    rf"^\W*(?:(?:{_LISTS['line leads']})\s*[:：]\s*|(?:{_LISTS['line leads without colon']})\s*[:：]?\s+)"
    r"(?P<named>\S.*)$",
    re.IGNORECASE,
)
_REPORTING = re.compile(rf"(?<!\w)(?:{_LISTS['reporting']})", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'()]+|(?<![\w.@])(?:[a-z0-9-]+\.)+[a-z]{2,12}(?![\w.])(?:/[^\s<>\"'()]*)?"
)
_BETWEEN = re.compile(r"\s*(?:[,;/|]|\s[-–—]\s|\s(?:and|und|et|y|e|i|и|та|và|ve|en|og|och|&)\s)\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"^[\s(\[«\"“'*_–—-]+|[\s)\].,;:»\"”'*_–—-]+$")
_EDITION = re.compile(r"^(?:www\d?|m|amp|mobile|[a-z]{2})\.(?=[^.]+\.)")
# How far from an agency's name a word of reporting may stand.
_NEAR = 40
# Meta tags that name where a text was first published.
_METAS = (
    "original-source",
    "syndication-source",
    "article:source",
    "dc.source",
    "dcterms.source",
    "source",
    "news:source",
)
_STATED = ("isBasedOn", "isBasedOnUrl", "translationOfWork", "sourceOrganization")


def named_in(line: str) -> str:
    """Return what a line names, where it is nothing but a credit ("Source : Thanh Niên"), else an empty string."""
    named = line
    while len(line) <= _LONGEST_LINE and (match := _LINE.match(named)):
        named = match["named"].strip()
    # "Theo ông Lavrov, …": a sentence goes on, a name does not.
    whole = len(_ADDRESS.sub("", named)) <= _LONGEST_NAMES and not _SENTENCE.search(named)
    return named if named is not line and whole else ""


def without_credits(text: str) -> str:
    """Return a text without the lines at its end and its beginning that are nothing but a credit."""
    lines = text.split("\n")
    first, last = 2, len(lines) - 6
    return "\n".join(line for i, line in enumerate(lines) if not ((i < first or i >= last) and named_in(line)))


def read_credits(
    layout: Layout, story: Sequence[int], facts: Facts, url: str, sites: frozenset[str], authors: Iterable[str]
) -> tuple[Credit, ...]:
    """Return what the story credits, each once; the outlet itself (`sites`, folded names) is none."""
    found: dict[str, Credit] = {}
    here = registrable_host(url)
    for credit in _all(layout, story, facts, url, authors):
        key = fold(credit.name)
        # "Daily Wave Online" is the Daily Wave; 127.0.0.12 is not 127.0.0.1.
        own = key in sites or any(len(site) > 2 and not site.isdigit() and key.startswith(site) for site in sites)
        if not key or own or (credit.url and _same_owner(registrable_host(credit.url), here)):
            continue
        if key not in found or (credit.url and not found[key].url):
            found[key] = credit
    return tuple(found.values())[:MOST_CREDITS]


def _all(layout: Layout, story: Sequence[int], facts: Facts, url: str, authors: Iterable[str]) -> Iterator[Credit]:
    yield from _by_lines(layout, story, url)
    yield from _by_statement(facts, url)
    for name in authors:
        if agency := agencies.shown(name):
            yield Credit(agency)
    for i in story:
        text = layout.blocks[i].text
        yield from (Credit(name) for name in agencies.signatures(text))
        for name, start, end in agencies.mentions(text):
            if _REPORTING.search(text[max(0, start - _NEAR) : end + _NEAR]):
                yield Credit(name)


def _by_lines(layout: Layout, story: Sequence[int], url: str) -> Iterator[Credit]:
    """Yield what credit lines name, with the address they link to."""
    if not story:
        return
    first, last = story[0], story[-1]
    near = {*story[:2], *story[-8:], *range(max(0, first - 6), first), *range(last + 1, last + 12)}
    for i in sorted(place for place in near if place < len(layout.blocks)):
        text = layout.blocks[i].text
        if (named := named_in(text)) and not _in_caption(layout, i):
            yield from _credits(named, _links(layout, i, url))
        elif len(text) < _LONGEST_SIGNATURE and not _in_caption(layout, i):
            signed = [agencies.shown(part) for part in _BETWEEN.split(_BRACKETS.sub("", text))]
            yield from (Credit(name) for name in signed if name)


def _in_caption(layout: Layout, i: int) -> bool:
    """Say whether a line stands with a picture: it names the picture's source, not the text's."""
    number = layout.blocks[i].region
    for _ in range(3):
        if number < 0:
            break
        if mark(layout.regions[number].element) is Mark.CAPTION:
            return True
        number = layout.regions[number].parent
    return False


def _credits(named: str, links: Sequence[tuple[str, str]]) -> Iterator[Credit]:
    """Yield the outlets in a credit line's words."""
    addresses = [_absolute(match.group()) for match in _ADDRESS.finditer(named)]
    words = _BRACKETS.sub("", one_line(_ADDRESS.sub(" ", named)))
    targets = [*addresses, *(target for _, target in links)]
    parts = [part for part in (_BRACKETS.sub("", part) for part in _BETWEEN.split(words)) if len(part) > 1]
    if not parts and targets:
        yield Credit(registrable_host(targets[0]) or targets[0], targets[0])
    for part in parts:
        # "ino/dpa": an editor's letters beside the agency
        if part.islower() and len(part) <= 4 and not agencies.shown(part):
            continue
        linked = next((target for text, target in links if fold(text) and fold(text) == fold(part)), None)
        target = linked or (targets[0] if targets and len(parts) == 1 else None)
        named_agency = agencies.shown(part) or next((name for name, *_ in agencies.mentions(part)), "")
        yield Credit(named_agency or part, target)


def _absolute(address: str) -> str:
    address = address.rstrip(".,;)")
    return address if "://" in address else f"https://{address}"


def _links(layout: Layout, i: int, url: str) -> list[tuple[str, str]]:
    """Return the links in a block's region, as (text, address)."""
    found = []
    for anchor in layout.regions[layout.blocks[i].region].element.iter("a"):
        try:
            target = urljoin(url, (anchor.get("href") or "").strip())
        except ValueError:
            continue
        if target.startswith(("http://", "https://")):
            found.append((one_line("".join(anchor.itertext())), target))
    return found[:10]


def _by_statement(facts: Facts, url: str) -> Iterator[Credit]:
    """Yield what the page states of its origin: canonical and translated addresses elsewhere, meta tags, JSON-LD."""
    here = registrable_host(url)
    stated = [facts.canonical, *(target for _, target in facts.alternates[:3]), *(facts.meta(name) for name in _METAS)]
    stated += [text for key in _STATED for text in strings(facts.article.get(key))]
    for text in stated:
        if text.startswith(("http://", "https://")):
            host = registrable_host(text)
            # The front page of another host is that host's owner, not this text's origin.
            if host and not _same_owner(host, here) and urlsplit(text).path not in {"", "/"}:
                yield Credit(host, text)
        elif 1 < len(text) <= _LONGEST_NAMES and text[0].isalnum():
            name = one_line(named_in(text) or text)
            yield Credit(agencies.shown(name) or name)


def _same_owner(host: str, here: str) -> bool:
    """Say whether two hosts bear one name: an outlet's editions often differ in nothing but the ending."""
    first, second = (brand(_EDITION.sub("", name)) for name in (host, here))
    # A numeric address is its own brand, and 10.0.0.1 is not the owner of 10.0.0.12.
    if first in (second, host) or here == second:
        return first == second
    return min(len(first), len(second)) > 2 and (first in second or second in first)
