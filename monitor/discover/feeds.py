"""RSS in all its versions, RDF and Atom, by feedparser, which alone reads every broken feed of the field right.

Takes text (already decoded) and gives `Listed`. Traps: feedparser opens *any* bytes it is given as a file name first,
so it gets a stream; it takes a millisecond for seven items, so what is too long is cut before it sees it.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import feedparser

from monitor.discover.entries import MOST_ENTRIES, Raw, entry
from monitor.discover.languages import language
from monitor.discover.markup import heading
from monitor.discover.mending import is_entity_bomb, mend
from monitor.discover.moments import moment
from monitor.errors import ListingRefused
from monitor.records import Entry, Listed
from monitor.text import shorten
from monitor.urls import absolute

_ROOT = re.compile(r"https?://[^/?#]+/?", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3}|[가-힣]")
# feedparser dates that our own reading does not know still help; these say that an offset stood there.
_HAS_ZONE = re.compile(r"(?:[+-]\d{2}:?\d{2}|\b(?:Z|UTC?|GMT))\s*$")

_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}  # hours
_LONGEST_TTL = timedelta(days=7)


def read_feed(text: str, url: str) -> Listed:
    """Return what an RSS, RDF or Atom feed lists.

    Raises `ListingRefused`: "entity bomb", or "not a feed" where no item and no mark of a feed is found.
    """
    if is_entity_bomb(text):
        raise ListingRefused("entity bomb", "the feed declares entities that expand into one another")
    parsed = _parsed(text, url)
    if not parsed.entries and not parsed.version:
        raise ListingRefused("not a feed", _start(text))
    site = _site_of_relative_links(parsed, text, url)
    feed_language = language(parsed.feed.get("language"))
    return Listed(
        entries=tuple(_entries(parsed.entries[:MOST_ENTRIES], url, site, feed_language)),
        title=shorten(heading(_text(parsed.feed.get("title"))), 300),
        language=feed_language,
        ttl=_ttl(parsed.feed),
    )


def _parsed(text: str, url: str) -> Any:
    stream = io.BytesIO(mend(_bounded(text)).encode())
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)


def _bounded(text: str) -> str:
    """Return the text up to the last item that counts; a feed cut there is read like any that was cut on its way."""
    for number, match in enumerate(_ITEM_END.finditer(text), start=1):
        if number == MOST_ENTRIES:
            return text[: match.end()]
    return text


def _start(text: str) -> str:
    return f"it begins with {shorten(' '.join(text[:200].split()), 60)!r}"


def _entries(items: Sequence[Mapping[str, Any]], url: str, site: str, feed_language: str | None) -> Iterator[Entry]:
    links = [_link(item) for item in items]
    shared = _shared(items, links)
    for item, link in zip(items, links, strict=True):
        raw = _raw(item, _moved(link, url, site), feed_language)
        found = entry(replace(raw, paged=False) if link in shared else raw, url)
        if found is not None:
            yield found


def _raw(item: Mapping[str, Any], link: str, feed_language: str | None) -> Raw:
    published, updated = _date(item, "published") or _date(item, "created"), _date(item, "updated")
    own_language = language(item.get("language")) or language(item.get("title_detail", {}).get("language"))
    return Raw(
        link=link,
        title=_text(item.get("title")),
        summary=_text(item.get("summary")),
        body=_body(item),
        guid=_text(item.get("id")),
        language=own_language if own_language != feed_language else None,
        authors=_authors(item),
        # dc:date is all that RDF has, and feedparser calls it "updated".
        published=published or updated,
        updated=updated if published else None,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _link(item: Mapping[str, Any]) -> str:
    """Return an item's own page. A proxy's feed keeps the publisher's address beside its own."""
    links = [link for link in item.get("links", ()) if isinstance(link, Mapping) and link.get("href")]
    chosen = [_text(item.get("feedburner_origlink")), _text(item.get("link"))]
    chosen += [_text(link["href"]) for link in links if link.get("rel") == "alternate"]
    chosen += [_text(link["href"]) for link in links if link.get("rel") in ("self", "related", "via")]
    return next((link for link in chosen if link.strip()), "")


def _shared(items: Sequence[Mapping[str, Any]], links: Sequence[str]) -> frozenset[str]:
    """Return the links that are no article's page: several items bear one, under different titles.

    Two are enough for a site's root; any other page must bear three, since the best of outlets list an article twice,
    under two titles. With three it is a page of notes or a live blog, whose every post is news of its own.
    """
    titles: dict[str, set[str]] = {}
    for item, link in zip(items, links, strict=True):
        titles.setdefault(_page_of(link), set()).add(_text(item.get("title")))
    shared = {page for page, those in titles.items() if len(those) > 2}
    shared |= {page for page, those in titles.items() if len(those) > 1 and _ROOT.fullmatch(page)}
    return frozenset(link for link in links if _page_of(link) in shared)


def _page_of(link: str) -> str:
    return link if "#!" in link or "#/" in link else link.partition("#")[0]


def _site_of_relative_links(parsed: Any, text: str, url: str) -> str:
    """Return the site's own address where an RSS feed served from another host writes its links without a host.

    RSS names no base for relative links; what its writers mean is the channel's `<link>`.
    """
    site = absolute(_text(parsed.feed.get("link")))
    host = urlsplit(url).netloc
    if not parsed.version.startswith("rss") or site is None or urlsplit(site).netloc == host or f"//{host}" in text:
        return ""
    return site


def _moved(link: str, url: str, site: str) -> str:
    """Return a link that feedparser joined to the feed's own host, joined to the site's instead."""
    whole = absolute(link) if site else None
    if whole is None or urlsplit(whole).netloc != urlsplit(url).netloc:
        return link
    home = urlsplit(site)
    return urlunsplit(urlsplit(whole)._replace(scheme=home.scheme, netloc=home.netloc))


def _body(item: Mapping[str, Any]) -> str:
    contents = item.get("content")
    values = [_text(part.get("value")) for part in contents if isinstance(part, Mapping)] if contents else []
    return max(values, key=len, default="")


def _authors(item: Mapping[str, Any]) -> list[str]:
    people = item.get("authors") or ()
    names = [_text(person.get("name")) for person in people if isinstance(person, Mapping)]
    return [name for name in names if name] or [_text(item.get("author"))]


def _date(item: Mapping[str, Any], name: str) -> datetime | None:
    # FeedParserDict answers "updated" with "published" where it is missing; membership does not.
    if name not in item:
        return None
    written = _text(item.get(name))
    found = moment(written)
    if found is not None:
        return found
    fields = item.get(f"{name}_parsed")
    # Months in Greek, Korean, Hungarian. What is only figures we have read already, and feedparser rolls 11-31 over.
    if not fields or not _WORD.search(written):
        return None
    try:
        read = datetime(*fields[:6])  # noqa: DTZ001 -- the zone is next
    except (ValueError, TypeError):
        return None
    if not 1990 <= read.year <= 2100:
        return None
    return read.replace(tzinfo=UTC) if _HAS_ZONE.search(written) else read


def _ttl(feed: Mapping[str, Any]) -> timedelta | None:
    minutes = _number(feed.get("ttl"))
    period = _PERIODS.get(_text(feed.get("sy_updateperiod")).strip().lower())
    if minutes is None and period is not None:
        minutes = period * 60 / (_number(feed.get("sy_updatefrequency")) or 1)
    if minutes is None or minutes <= 0:
        return None
    return min(timedelta(minutes=minutes), _LONGEST_TTL)


def _number(value: object) -> float | None:
    match = re.fullmatch(r"\s*(\d{1,7}(?:\.\d+)?)\s*", value) if isinstance(value, str) else None
    return float(match[1]) if match else None
