"""A desk without a store: every source once, everything new, forgotten at the end.

For `scrapy crawl`, where the pages are the items, and for whoever wants to see what a spider tells its desk.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from monitor import bodies
from monitor.discover import read_listing
from monitor.errors import Refused
from monitor.records import Entry, Page, Source
from monitor.urls import has_page, identity
from spiders.desk import FetchedPage, Found, ListingAnswer, ListingState, Robots, Turn, Wanted

log = logging.getLogger(__name__)


class MemoryDesk:
    """Keeps the crawl's own knowledge in memory and gives every page to `keep`."""

    def __init__(self, sources: Iterable[Source], keep: Callable[[Page], Awaitable[None]]) -> None:
        self._waiting = list(sources)
        self._keep = keep
        self._robots: dict[str, Robots] = {}
        self._held: dict[str, datetime] = {}
        self._seen: set[str] = set()

    async def next_turn(self) -> Turn | None:
        """Give each source once."""
        if not self._waiting:
            return None
        source = self._waiting.pop(0)
        return Turn(source, tuple(ListingState(listing) for listing in source.listings))

    async def robots(self, origin: str) -> Robots | None:
        """Return what this crawl learned."""
        return self._robots.get(origin)

    async def keep_robots(self, robots: Robots) -> None:
        """Keep it for this crawl."""
        self._robots[robots.origin] = robots

    async def held(self, host: str) -> datetime | None:
        """Return until when a host asked to be left alone."""
        return self._held.get(host)

    async def hold(self, host: str, until: datetime) -> None:
        """Keep it for this crawl."""
        self._held[host] = until

    async def listed(self, turn: Turn, answer: ListingAnswer) -> Found:
        """Read a listing here and now, and give what this crawl has not seen yet."""
        if answer.status != 200:
            log.warning("%s: %s not read: %s", turn.source.id, answer.url, answer.reason)
            return Found()
        try:
            body = bodies.unpack(answer.body.packed, answer.body.encoding, bodies.FEED_LIMIT)
            listed = read_listing(answer.listing.kind, body, answer.url, answer.body.content_type)
        except Refused as refused:
            log.warning("%s: %s not read: %s", turn.source.id, answer.url, refused)
            return Found()
        pages = tuple(Wanted(entry) for entry in listed.entries if self._is_new(entry))
        return Found(pages, tuple(ListingState(listing) for listing in listed.listings))

    def _is_new(self, entry: Entry) -> bool:
        key = identity(entry.url)
        if key in self._seen or not has_page(entry.url):
            return False
        self._seen.add(key)
        return True

    async def fetched(self, turn: Turn, page: FetchedPage) -> None:
        """Unpack a page and give it away."""
        try:
            body = bodies.unpack(page.body.packed, page.body.encoding, bodies.PAGE_LIMIT)
        except Refused as refused:
            await self.failed(turn, page.entry, refused.reason, retry=False, after=None)
            return
        await self._keep(
            Page(page.url, body, page.fetched, page.entry.url, page.body.content_type, turn.source.id, page.entry)
        )

    async def failed(self, turn: Turn, entry: Entry, reason: str, *, retry: bool, after: timedelta | None) -> None:
        """Tell it; there is no later in which to ask again."""
        again = f", worth asking again in {after}" if retry and after else ", worth asking again" if retry else ""
        log.warning("%s: %s not fetched: %s%s", turn.source.id, entry.url, reason, again)

    async def ended(self, turn: Turn) -> None:
        """Tell it."""
        log.info("%s: done", turn.source.id)
