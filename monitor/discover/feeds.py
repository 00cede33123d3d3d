"""RSS in all its versions, RDF and Atom, by feedparser, which alone reads every broken feed of the field right.

Takes text (already decoded) and gives `Listed`. Traps: feedparser opens *any* bytes it is given as a file name first,
so it gets a stream; it takes a millisecond for seven items, so what is too long is cut before it sees it.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import feedparser

from monitor.discover.entries import MOST_ENTRIES, Raw, entry, without_shared_guids
from monitor.discover.languages import language
from monitor.discover.markup import heading
from monitor.discover.mending import is_entity_bomb, mend
from monitor.discover.moments import moment
from monitor.errors import ListingRefused
from monitor.records import Entry, Listed
from monitor.text import shorten
from monitor.urls import absolute

_ROOT = re.compile(r"https?://[^/?#]+/?", re.IGNORECASE)
_ROOT_TAG = re.compile(r"<([A-Za-z][\w:.-]*)")
_ITEM_START = re.compile(r"<(?:\w+:)?(?:item|entry)(?=[\s>])", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_TABLE_OF_CONTENTS = re.compile(r"<items>.*?</items>", re.DOTALL | re.IGNORECASE)  # RDF's, as long as the feed
_PART = 1_000  # items
_LONGEST_HEAD = 50_000  # characters
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
    raws: list[Raw] = []
    head: Any = None
    for part in _parts(_bounded(text)):
        parsed = _parsed(part)
        head = head or parsed
        raws += [_raw(item) for item in parsed.entries]
    if not raws and not head.version:
        raise ListingRefused("not a feed", f"it begins with {shorten(' '.join(text[:200].split()), 60)!r}")
    feed_language = language(head.feed.get("language"))
    return Listed(
        entries=tuple(_entries(raws, url, _base(head, url), feed_language)),
        title=shorten(heading(_text(head.feed.get("title"))), 300),
        language=feed_language,
        ttl=_ttl(head.feed),
    )


def _bounded(text: str) -> str:
    """Return the text up to where an item too many begins, which also stops items that never end."""
    beyond = next(islice(_ITEM_START.finditer(text), MOST_ENTRIES, None), None)
    return text[: beyond.start()] if beyond else text


def _parts(text: str) -> Iterator[str]:
    """Yield a feed as feeds of a thousand items at most.

    feedparser keeps six kilobytes for each item it has read: fifty thousand of them at once are no worker's to hold.
    """
    ends = [match.end() for match in _ITEM_END.finditer(text)]
    first = _ITEM_START.search(text)
    head = _TABLE_OF_CONTENTS.sub("", text[: first.start()]) if first else ""
    if first is None or len(ends) <= _PART or len(head) > _LONGEST_HEAD:
        yield text
        return
    start, close = first.start(), _closing(head)
    for end in ends[_PART - 1 :: _PART]:
        yield f"{head}{text[start:end]}{close}"
        start = end
    yield f"{head}{text[start:]}"


def _closing(head: str) -> str:
    """Return the end tags of what stands open where a feed's first item begins."""
    root = _ROOT_TAG.search(head)
    channel = "</channel>" if head.count("<channel") > head.count("</channel") else ""
    return channel + (f"</{root[1]}>" if root else "")


def _parsed(text: str) -> Any:
    # Without the feed's address: feedparser would join every element's base to it, which takes as long as all else,
    # and we could not tell any more which links were relative.
    headers = {"content-type": "application/xml; charset=utf-8"}
    stream = io.BytesIO(mend(text).encode())
    return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)


def _base(head: Any, url: str) -> str:
    """Return what relative links are joined to.

    Atom says it is the feed's own address. RSS names nothing; what its writers mean is the channel's `<link>`, which
    matters where the feed is served from another host than the site.
    """
    site = absolute(_text(head.feed.get("link"))) if head.version.startswith("rss") else None
    return site or url


def _entries(raws: Sequence[Raw], url: str, base: str, feed_language: str | None) -> Iterator[Entry]:
    shared = _shared(raws)
    for raw in without_shared_guids(raws):
        own_language = raw.language if raw.language != feed_language else None
        found = entry(replace(raw, language=own_language, paged=raw.link not in shared), url, base)
        if found is not None:
            yield found


def _raw(item: Mapping[str, Any]) -> Raw:
    published, updated = _date(item, "published") or _date(item, "created"), _date(item, "updated")
    return Raw(
        link=_link(item),
        title=_text(item.get("title")),
        summary=_text(item.get("summary")),
        body=_body(item),
        guid=_text(item.get("id")),
        language=language(item.get("language")) or language(item.get("title_detail", {}).get("language")),
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


def _shared(raws: Sequence[Raw]) -> frozenset[str]:
    """Return the links that are no article's page: several items bear one, under different titles.

    Two are enough for a site's root; any other page must bear three, since the best of outlets list an article twice,
    under two titles. With three it is a page of notes or a live blog, whose every post is news of its own.
    """
    titles: dict[str, set[str]] = {}
    for raw in raws:
        titles.setdefault(_page_of(raw.link), set()).add(raw.title)
    shared = {page for page, those in titles.items() if len(those) > 2}
    shared |= {page for page, those in titles.items() if len(those) > 1 and _ROOT.fullmatch(page)}
    return frozenset(raw.link for raw in raws if raw.link and _page_of(raw.link) in shared)


def _page_of(link: str) -> str:
    return link if "#!" in link or "#/" in link else link.partition("#")[0]


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
