"""Sitemaps (sitemaps.org 0.9), their indexes, Google News sitemaps, and plain text lists of addresses.

An index's children come back as listings, newest first and bounded: a monitor wants today's shard, not the archive.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from monitor.discover.entries import MOST_ENTRIES, Raw, entry
from monitor.discover.languages import language
from monitor.discover.mending import mend
from monitor.discover.moments import moment
from monitor.errors import ListingRefused
from monitor.records import Entry, Kind, Listed, Listing
from monitor.text import one_line
from monitor.urls import absolute

# Of an index this many children are read; where they are dated, fewer do, since the older ones do not change.
MOST_CHILDREN = 50
MOST_DATED_CHILDREN = 10
_MOST_SEEN_CHILDREN = 50_000  # the protocol's own limit

_SHARD_DATE = re.compile(
    r"(?<!\d)(20\d\d)[-_/]?(0[1-9]|1[0-2])(?:[-_/]?(0[1-9]|[12]\d|3[01]))?(?!\d)|(?<!\d)(20\d\d)(?!\d)"
)
_NEWSY = re.compile(r"news|latest|today|recent|last|48h|aktuell|noticias|actualit", re.IGNORECASE)
_NOT_NEWS = re.compile(
    r"image|video|photo|gallery|tag|categor|author|autor|topic|page-sitemap|sitemap-pages|static|section|product|user",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Told:
    """What one `<url>` or `<sitemap>` element said so far."""

    loc: str = ""
    lastmod: str = ""
    news: dict[str, str] | None = None
    alternates: list[tuple[str, str]] | None = None


def read_sitemap(text: str, url: str) -> Listed:
    """Return what a sitemap or a sitemap index lists, in any namespace, as far as it can be read."""
    entries: list[Entry] = []
    children: list[_Told] = []
    title = ""
    for tag, told in _elements(text):
        if tag == "sitemap" and len(children) < _MOST_SEEN_CHILDREN:
            children.append(told)
        elif tag == "url" and len(entries) < MOST_ENTRIES:
            found = entry(_raw(told), url) if told.loc else None
            if found is not None:
                entries.append(found)
                title = title or (told.news or {}).get("name", "")
    return Listed(entries=tuple(entries), listings=_newest(children, url), title=one_line(title)[:300])


def read_plain_list(text: str, url: str) -> Listed:
    """Return the addresses of a text sitemap, one a line. Raises `ListingRefused` where no line is one."""
    lines = (line.strip() for line in text.splitlines()[:MOST_ENTRIES])
    found = tuple(made for line in lines if re.match(r"https?://\S+$", line) and (made := entry(Raw(link=line), url)))
    if not found:
        raise ListingRefused("not a feed", "text without a line that is an address")
    return Listed(entries=found)


def _elements(text: str) -> Iterator[tuple[str, _Told]]:
    """Yield every `<url>` and `<sitemap>` with what it holds, freeing each: a sitemap may be 50 MB of text."""
    events = etree.iterparse(
        io.BytesIO(mend(text).encode()),
        events=("end",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    told = _Told()
    try:
        for _, element in events:
            tag = _name(element)
            _note(told, tag, element)
            if tag in ("url", "sitemap"):
                yield tag, told
                told = _Told()
                _forget(element)
    except etree.XMLSyntaxError:
        # Even recovery ends where nothing is left to read ("no element found"); what was read before counts.
        return


def _note(told: _Told, tag: str, element: etree._Element) -> None:
    value = (element.text or "").strip()
    inside = _name(element.getparent())
    if tag == "loc" and inside in ("url", "sitemap"):  # an image has a loc too
        told.loc = told.loc or value
    elif tag == "lastmod":
        told.lastmod = value
    elif tag in ("title", "publication_date", "language", "name") and inside in ("news", "publication"):
        told.news = (told.news or {}) | {tag: value}
    elif tag == "link" and element.get("hreflang") and element.get("href"):
        told.alternates = [*(told.alternates or ())[:100], (element.get("href"), element.get("hreflang"))]


def _name(element: etree._Element | None) -> str:
    """Return a tag without namespace, also where its prefix was never declared."""
    return "" if element is None else str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _raw(told: _Told) -> Raw:
    news = told.news or {}
    own = next((tag for href, tag in told.alternates or () if href == told.loc), None)
    return Raw(
        link=told.loc,
        title=news.get("title", ""),
        language=language(news.get("language")) or language(own),
        published=moment(news.get("publication_date", "")),
        updated=moment(told.lastmod),
    )


def _newest(children: list[_Told], url: str) -> tuple[Listing, ...]:
    ranked: list[tuple[tuple[int, float], str, bool]] = []
    for child in children:
        address = absolute(child.loc, url) if child.loc else None
        if address is not None and address != url:
            when = _dated(child, address)
            ranked.append(((_newsiness(address), when.timestamp() if when else 0.0), address, when is not None))
    ranked.sort(key=lambda item: item[0], reverse=True)
    limit = MOST_DATED_CHILDREN if ranked and all(dated for _, _, dated in ranked) else MOST_CHILDREN
    addresses = dict.fromkeys(address for _, address, _ in ranked)
    return tuple(Listing(Kind.SITEMAP, address) for address in list(addresses)[:limit])


def _newsiness(address: str) -> int:
    name = address.partition("://")[2].partition("/")[2]
    return 2 if _NEWSY.search(name) else 0 if _NOT_NEWS.search(name) else 1


def _dated(child: _Told, address: str) -> datetime | None:
    """Return when a child changed last: as it says, else as its address does ("sitemap-2026-11.xml")."""
    said = moment(child.lastmod)
    if said is not None:
        return said if said.tzinfo else said.replace(tzinfo=UTC)
    match = _SHARD_DATE.search(address)
    if match is None:
        return None
    year, month, day = int(match[1] or match[4]), int(match[2] or 12), int(match[3] or 1)
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
