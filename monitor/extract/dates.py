"""When a story was published and last changed: the moment, where it was found, and how far it is to be believed.

Takes what feed, JSON-LD, meta tags, text and address say; gives moments. A moment keeps the offset it was stated with
(the outlet's own day); one without offset stays naive. A date that does not exist is no date, nor is one later than a
day after the fetch.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from lxml.html import HtmlElement

from monitor.extract.structured import Facts, strings
from monitor.records import Entry

# Before this nothing was published on the web: such dates are unset clocks.
_EARLIEST = datetime(1991, 8, 6, tzinfo=UTC)
_LATEST_AFTER_FETCH = timedelta(days=1)

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)
_ADDRESS_DAY = re.compile(r"/(20\d{2}|19\d{2})[/-]?(0[1-9]|1[0-2])[/-]?([0-2]\d|3[01])(?:/|[-_.]|$|\d{0,6}\b)")

_PUBLISHED_METAS = (
    "article:published_time", "og:article:published_time", "datepublished", "og:published_time", "parsely-pub-date",
    "sailthru.date", "article.published", "date.publication", "dc.date.issued", "dcterms.created", "dcterms.issued",
    "dc.date", "dcterms.date", "publication_date", "publish-date", "publishdate", "pubdate", "publishedtime",
    "article:post_time", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "date", "og:pubdate", "published",
    "last-published", "citation_publication_date", "article_date_original", "originalpublicationdate", "datecreated",
    "datepublisheddate", "article:created", "release_date", "dc.date.created",
)  # fmt: skip
_MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified", "last-modified",
    "lastmod", "article:modified", "og:modified_time", "revised",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dated:
    """A moment and where it was found."""

    moment: datetime | None = None
    origin: str = ""


def read_moment(text: str) -> datetime | None:
    """Return the moment an ISO-like string states, aware where it names an offset; None where it states none."""
    match = _ISO.search(text.strip())
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        zone = _zone(offset)
        return datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            int((fraction or "0")[:6].ljust(6, "0")), tzinfo=zone,
        )  # fmt: skip
    except ValueError:
        return None


def _zone(offset: str | None) -> timezone | None:
    if not offset:
        return None
    if offset.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(shift if offset[0] == "+" else -shift)


def believable(moment: datetime | None, fetched: datetime) -> bool:
    """Say whether a moment can be a publication's: after the web began, at most a day after the fetch."""
    if moment is None:
        return False
    try:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return _EARLIEST <= aware <= fetched + _LATEST_AFTER_FETCH
    except OverflowError:
        return False


def published(tree: HtmlElement, facts: Facts, entry: Entry | None, url: str, fetched: datetime) -> Dated:
    """Return when the story was first published."""
    candidates = [
        *((text, "json-ld") for text in strings(facts.article.get("datePublished"))),
        *((text, "meta") for name in _PUBLISHED_METAS for text in facts.metas.get(name, ())),
        *((text, "json-ld") for text in strings(facts.article.get("dateCreated"))),
    ]
    for text, origin in candidates:
        if believable(moment := read_moment(text), fetched):
            return Dated(moment, origin)
    if entry and entry.published and believable(entry.published, fetched):
        return Dated(entry.published, "feed")
    for element in tree.iter("time"):
        if believable(moment := read_moment(element.get("datetime") or ""), fetched):
            return Dated(moment, "text")
    if match := _ADDRESS_DAY.search(url):
        moment = read_moment("-".join(match.groups()))
        if believable(moment, fetched):
            return Dated(moment, "address")
    return Dated()


def modified(facts: Facts, entry: Entry | None, fetched: datetime) -> Dated:
    """Return when the story was last changed, as the publisher states it."""
    candidates = [
        *((text, "json-ld") for text in strings(facts.article.get("dateModified"))),
        *((text, "meta") for name in _MODIFIED_METAS for text in facts.metas.get(name, ())),
    ]
    for text, origin in candidates:
        if believable(moment := read_moment(text), fetched):
            return Dated(moment, origin)
    if entry and entry.updated and believable(entry.updated, fetched):
        return Dated(entry.updated, "feed")
    return Dated()
