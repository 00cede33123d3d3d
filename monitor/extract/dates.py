"""When a story was published and last changed: the moment, where it was found, and how far it is to be believed.

Takes what feed, JSON-LD, meta tags, text and address say; gives moments. A moment keeps the offset it was stated with
(the outlet's own day); one without offset stays naive. A date that does not exist is no date, nor is one later than a
day after the fetch: a date is evidence, it never decides what is new.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml.html import HtmlElement

from monitor.extract.moments import find_moment, read_moment
from monitor.extract.phrases import is_label
from monitor.extract.structured import Facts, strings
from monitor.records import Entry

# Before this nothing was published on the web: such dates are unset clocks.
_EARLIEST = datetime(1991, 8, 6, tzinfo=UTC)
_LATEST_AFTER_FETCH = timedelta(days=1)
_ADDRESS_DAY = re.compile(r"/((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2])[/-]?([0-2]\d|3[01])(?:/|[-_.]|$|\d{0,6}\b)")

# Meta names are compared by their letters: publishers write "article:published_time" in a dozen ways.
_PUBLISHED = (
    "articlepublishedtime", "ogarticlepublishedtime", "datepublished", "ogpublishedtime", "parselypubdate",
    "sailthrudate", "articlepublished", "dateofpublication", "datepublication", "publicationdate", "publishdate",
    "publisheddate", "publisheddatetime", "pubdate", "publishedtime", "publishtime", "articleposttime",
    "cxenseparserecspublishtime", "cxenseparsepublishtime", "ogpubdate", "published", "dcdateissued", "dctermsissued",
    "dctermsavailable", "citationpublicationdate", "citationdate", "articledateoriginal", "originalpublicationdate",
    "articlecreated", "dcdate", "dctermsdate", "dctermscreated", "dcdatecreated", "datecreated", "date", "displaydate",
    "releasedate", "firstpublished", "analyticsattributespageitempubdate",
)  # fmt: skip
_MODIFIED = (
    "articlemodifiedtime", "ogupdatedtime", "datemodified", "dctermsmodified", "dcdatemodified", "lastmodified",
    "lastmod", "articlemodified", "ogmodifiedtime", "revised", "articleupdated", "dateupdated", "updatedtime",
)  # fmt: skip
_LETTERS = re.compile(r"[^a-z]")

# How far a moment is to be believed, by where it was found: what machines read, what readers read, what only hints.
_BELIEF = {"json-ld": 0.95, "meta": 0.9, "feed": 0.9, "microdata": 0.85, "text": 0.7, "address": 0.6}


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment, where it was found, and how far it is to be believed (0 to 1); no moment is believed 0."""

    moment: datetime | None = None
    origin: str = ""
    belief: float = 0.0


def believable(moment: datetime | None, fetched: datetime) -> bool:
    """Say whether a moment can be a publication's: after the web began, at most a day after the fetch."""
    if moment is None:
        return False
    try:
        return _EARLIEST <= _aware(moment) <= fetched + _LATEST_AFTER_FETCH
    except OverflowError:
        return False


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def published(
    tree: HtmlElement, facts: Facts, entry: Entry | None, lines: Sequence[str], url: str, fetched: datetime
) -> Dated:
    """Return when the story was first published; `lines` are those around the story, nearest first."""
    for moments in (_stated(tree, facts, entry), _guessed(tree, facts, lines, url)):
        if found := [(moment, origin) for moment, origin in moments if believable(moment, fetched)]:
            return _settled(found)
    return Dated()


def modified(facts: Facts, entry: Entry | None, first: Dated, fetched: datetime) -> Dated:
    """Return when the story was last changed, as the publisher states it; never before it was published."""
    told = _told(facts, "dateModified", _MODIFIED)
    found = [(moment, origin) for moment, origin in told if moment and believable(moment, fetched)]
    if entry and entry.updated and believable(entry.updated, fetched):
        found.append((entry.updated, "feed"))
    last = _settled(found)
    if last.moment and first.moment and _aware(last.moment) < _aware(first.moment):
        return Dated()
    return last


def _settled(found: list[tuple[datetime, str]]) -> Dated:
    """Return the first moment, made more exact by a later one that says the same: a time of day, an offset."""
    if not found:
        return Dated()
    moment, origin = found[0]
    for other, source in found[1:]:
        same_day = other.date() == moment.date()
        if (same_day and _is_day(moment) and not _is_day(other)) or (
            same_day and moment.tzinfo is None and other.tzinfo and other.time() == moment.time()
        ):
            moment, origin = other, source
    belief = _BELIEF[origin]
    apart = [abs(_aware(other) - _aware(moment)) for other, _ in found]
    # Sources that speak of different days: one of them is wrong.
    return Dated(moment, origin, belief / 2 if max(apart) > timedelta(days=2) else belief)


def _is_day(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)


def _told(facts: Facts, key: str, metas: tuple[str, ...]) -> Iterator[tuple[datetime | None, str]]:
    for text in strings(facts.article.get(key)):
        yield read_moment(text), "json-ld"
    by_letters: dict[str, list[str]] = {}
    for name, values in facts.metas.items():
        by_letters.setdefault(_LETTERS.sub("", name), []).extend(values)
    for name in metas:
        for text in by_letters.get(name, ()):
            yield read_moment(text), "meta"


def _stated(tree: HtmlElement, facts: Facts, entry: Entry | None) -> Iterator[tuple[datetime, str]]:
    """Yield the moments that are stated to be the publication's, for machines to read."""
    for moment, origin in _told(facts, "datePublished", _PUBLISHED):
        if moment:
            yield moment, origin
    if entry and entry.published:
        yield entry.published, "feed"
    for element in tree.iter("time", "span", "abbr", "div", "meta"):
        if element.get("itemprop") == "datePublished" or (element.tag == "time" and element.get("pubdate") is not None):
            stated = element.get("datetime") or element.get("content") or "".join(element.itertext())[:80]
            if moment := read_moment(stated):
                yield moment, "microdata"


def _guessed(tree: HtmlElement, facts: Facts, lines: Sequence[str], url: str) -> Iterator[tuple[datetime, str]]:
    """Yield the moments that only hint at a publication: in lines around the story, in <time>, in the address."""
    month_first = facts.language.lower() in {"en-us", "en_us"}
    for text in lines:
        # A date inside a sentence or a caption is a date of the story, not of its publication.
        if (len(text) <= 32 or is_label(text)) and (moment := find_moment(text, month_first=month_first)):
            yield moment, "text"
    for element in tree.iter("time"):
        if moment := read_moment(element.get("datetime") or ""):
            yield moment, "text"
    for text in strings(facts.article.get("dateCreated")):
        if moment := read_moment(text):
            yield moment, "json-ld"
    if (match := _ADDRESS_DAY.search(url)) and (moment := read_moment("-".join(match.groups()))):
        yield moment, "address"
