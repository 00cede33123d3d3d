"""Who wrote a story: names as the byline gives them, each once.

Takes what JSON-LD, meta tags, the lines around the text and the feed say; gives names without "By", roles, places or
dates. An agency or a desk that signs is an author; the outlet itself only where nobody else signs.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from monitor.extract import agencies
from monitor.extract.blocks import Layout, around
from monitor.extract.markup import Mark, mark
from monitor.extract.structured import Facts, strings
from monitor.extract.voices import fold
from monitor.extract.wording import sections
from monitor.records import Entry
from monitor.text import one_line

MAX_AUTHORS = 30
_LONGEST_NAME = 80
# A line that presents somebody names them this early.
_PRESENTED = 60
_METAS = ("author", "article:author", "articleauthor", "article:byline", "byl", "dc.creator", "dcterms.creator")
_MORE_METAS = ("parsely-author", "sailthru.author", "cxenseparse:author", "og:article:author", "citation_author")
# WordPress and Slack label what their cards show.
_WRITTEN_BY = re.compile(
    r"written by|verfasst von|geschrieben von|écrit par|escrito por|scritto da|geschreven door|автор|yazan|oleh",
    re.IGNORECASE,
)

_WORDS = sections("bylines.txt")
_LEAD = re.compile(rf"^\W*(?:{'|'.join(_WORDS['leads'])})(?:\s*[:：]\s*|\s+)(?=\S)", re.IGNORECASE)
_JOIN = re.compile(rf"\s+(?:{'|'.join(_WORDS['joins'])})\s+", re.IGNORECASE)
_LIST = re.compile(r"\s*[,;、，·•|]\s*")
_ROLE = re.compile(rf"\b(?:{'|'.join(_WORDS['roles'])})s?\b", re.IGNORECASE)
_DESK_LINE = re.compile(rf"^\W*(?:[\w.]+[ -])?(?:{'|'.join(_WORDS['desks'])})\W*$", re.IGNORECASE)
_DESK = re.compile(rf"\b(?:{'|'.join(_WORDS['desks'])})\b", re.IGNORECASE)
_ASIDE = re.compile(r"\s*[(\[（][^()\[\]（）]*[)\]）]")
_NOT_A_NAME = re.compile(r"https?:|www\.\w|@|^[\d\W]+$|^\W*(?:image|photo|foto|bild|credit|©)\b", re.IGNORECASE)
# "Seb Dumitru, Lille 05.08.2024, 20:59 Uhr": a byline ends where its date begins.
_FROM_DATE = re.compile(r"[\s,|·–-]*\b\d{1,4}[.:/\-年]\s?\d.*$|\s+(?:on|am|le|el|vor)\s+\d.*$", re.IGNORECASE)
_PARTICLES = frozenset(
    {
        *("von", "van", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "la", "le", "el", "al", "bin"),
        *("ibn", "ben", "du", "af", "zu", "zur", "y", "e", "und", "ter", "ten", "mc", "o"),
    }
)
_SLASH = re.compile(r"\s*/\s*")


def read_authors(
    facts: Facts, entry: Entry | None, layout: Layout, story: Sequence[int], sites: frozenset[str]
) -> tuple[tuple[str, ...], str]:
    """Return the authors' names and where they were found, or nothing twice.

    Origins are "json-ld", "meta", "text", "microdata" and "feed".
    `story` are the positions of the story's blocks, `sites` the folded names of the outlet.
    """
    signed = _signed(layout, story, sites)
    outlet: tuple[tuple[str, ...], str] = ((), "")
    for stated, origin in (*_stated_first(facts), (signed, "text"), *_stated_else(facts, entry)):
        names = clean_names(stated)
        persons = tuple(name for name in names if fold(name) not in sites)
        if persons:
            # A byline that names more people than a machine's field is the fuller truth.
            fuller = {fold(name) for name in signed} > {fold(name) for name in persons}
            return (signed, "text") if fuller else (persons, origin)
        outlet = outlet if outlet[0] or not names else (names, origin)
    return outlet


def _stated_first(facts: Facts) -> Iterator[tuple[Iterable[str], str]]:
    """Yield what is stated of the authors where publishers take care of it."""
    yield _stated(facts.article.get("author")), "json-ld"
    for name in _METAS:
        yield facts.metas.get(name, ()), "meta"
    yield _labelled(facts), "meta"


def _stated_else(facts: Facts, entry: Entry | None) -> Iterator[tuple[Iterable[str], str]]:
    """Yield what is stated elsewhere: by the account that published, by analytics, by the feed."""
    yield facts.signed, "microdata"
    for name in _MORE_METAS:
        yield facts.metas.get(name, ()), "meta"
    if entry:
        yield entry.authors, "feed"


def _stated(value: Any) -> tuple[str, ...]:
    """Return the names in a JSON-LD value; addresses that stand for a person are none."""
    return tuple(text for text in strings(value) if "://" not in text)


def _labelled(facts: Facts) -> tuple[str, ...]:
    """Return the author that a card's labelled lines name ("Written by")."""
    labels = {name.removeprefix("twitter:"): value for name, values in facts.metas.items() for value in values[:1]}
    found = [
        labels.get(name.replace("label", "data"), "")
        for name, value in labels.items()
        if "label" in name and _WRITTEN_BY.search(value)
    ]
    found += [value for name, value in labels.items() if name.startswith("misc:") and _WRITTEN_BY.search(name)]
    return tuple(found)


def _signed(layout: Layout, story: Sequence[int], sites: frozenset[str]) -> tuple[str, ...]:
    """Return the names in the lines that sign the story: those just before it, else those just after."""
    if not story:
        return ()
    before, after = around(story, len(layout.blocks))
    desks = [layout.blocks[i].text for i in after if _DESK_LINE.match(layout.blocks[i].text)]
    for lines in ([layout.blocks[i].text for i in places if _signs(layout, i)] for places in (before, after)):
        names = tuple(name for name in clean_names(lines) if fold(name) not in sites)
        if sure := tuple(name for name in names if _is_surely_name(name)):
            return sure
    return clean_names(desks)


def without_biography(text: str, authors: Iterable[str]) -> str:
    """Return a text without closing lines that only present its authors: their names stand nowhere else in it."""
    lines = text.split("\n")
    names = [name for name in authors if len(name.split()) > 1]
    while len(lines) > 2:
        presented = [name for name in names if name in lines[-1][:_PRESENTED]]
        if not presented or any(name in line for name in presented for line in lines[:-1]):
            break
        lines.pop()
    return "\n".join(lines)


def _is_surely_name(text: str) -> bool:
    return bool(agencies.shown(text)) or (_is_name(text) and not _ROLE.search(text))


def _signs(layout: Layout, i: int) -> bool:
    """Say whether a line signs the story: "By" and a name, a name in a byline's element, or a desk."""
    text = layout.blocks[i].text
    if len(text) > 120:
        return False
    if lead := _LEAD.match(text):
        return _is_name(_FROM_DATE.sub("", text[lead.end() :]))
    return _in_byline(layout, i) and _is_name(text) and not _ROLE.search(text)


def _in_byline(layout: Layout, i: int) -> bool:
    """Say whether a block or one of the three regions around it is named a byline."""
    number = layout.blocks[i].region
    for _ in range(4):
        region = layout.regions[number]
        names, claim = (region.element.get("class") or "").lower(), mark(region.element)
        if claim in {Mark.FURNITURE, Mark.HIDDEN}:
            return False
        if ("author" in names or "autor" in names or "byline" in names) and claim is Mark.BYLINE:
            return region.end - region.start <= 12
        number = region.parent
        if number < 0:
            break
    return False


def _is_name(text: str) -> bool:
    """Say whether a line begins like names of people: capitalised words, or a few letters of a script without case."""
    part = _LIST.split(_JOIN.split(_ASIDE.sub("", text).strip())[0])[0]
    words = part.split()
    if not words or len(part) > _LONGEST_NAME or any(char.isdigit() for char in part):
        return False
    if not any(char.isupper() or char.islower() for char in part):
        return 2 <= len(part) <= 20
    if not 2 <= len(words) <= 5 or words[-1].casefold() in _PARTICLES:
        return False
    return all(word[0].isupper() or word.casefold() in _PARTICLES for word in words)


def clean_names(stated: Iterable[str]) -> tuple[str, ...]:
    """Return the names in bylines, each once, in order."""
    found: dict[str, str] = {}
    for byline in stated:
        for name in _names(one_line(html.unescape(html.unescape(byline[:1000])))):
            found.setdefault(fold(name), name)
    return tuple(found.values())[:MAX_AUTHORS]


def _names(byline: str) -> Iterator[str]:
    """Yield the names in one byline."""
    text = _FROM_DATE.sub("", _ASIDE.sub("", _LEAD.sub("", byline)))
    parts = [part for listed in _LIST.split(text) for part in _joined(listed)]
    named = [part for part in parts if not _ROLE.search(part) or _DESK.search(part)]
    several = any(len(part.split()) > 1 for part in named)
    for part in named or parts:
        name = _LEAD.sub("", part).strip(" .,;:|·•-–—/*()（）")
        if name and len(name) <= _LONGEST_NAME and not _NOT_A_NAME.search(name) and not (several and _is_place(name)):
            yield name


def _is_place(name: str) -> bool:
    """Say whether one word among full names is where they wrote from, rather than an agency."""
    return len(name.split()) == 1 and name[0].isupper() and not name.isupper() and not agencies.shown(name)


def _joined(text: str) -> list[str]:
    """Split names joined by "and" or a slash: only where each side is a full name or an agency."""
    for separator in (_JOIN, _SLASH):
        sides = [side for side in separator.split(text) if side]
        full = all(len(side.split()) > 1 for side in sides)
        if len(sides) > 1 and (full or all(map(agencies.shown, sides))):
            return [part for side in sides for part in _joined(side)]
    return [text]
