"""The one spider: takes turns from its desk, side by side, until no more come.

A Scrapy crawl has one spider, and one crawl serves sources of every kind, so the kinds differ in their listings only;
`feed`, `sitemap` and `front_page` are this spider under three names for the command line.

Requests do not go out through Scrapy's scheduler but by `engine.download_async`, as inline requests do: what waits
for its host's turn must wait in our gate, where it takes no place among the concurrent requests, and a turn reads as
what it is, one thing after the other. Everything below, the downloader, its middlewares, signals and statistics, is
Scrapy's as usual; so are item pipelines and feed exports, which the pages of `scrapy crawl` pass.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import scrapy

from monitor import dial
from monitor.config import FetchConfig, load
from monitor.dial import DialPolicy
from monitor.errors import MonitorError, StoreError
from monitor.product import user_agent
from monitor.records import Kind, Listing, Page, Source
from spiders.desk import Desk, Turn
from spiders.fetch import REQUEST_SECONDS, Fetcher
from spiders.gate import Gate
from spiders.memory import MemoryDesk
from spiders.proxy import locate
from spiders.turns import TURN_SECONDS, Backlog, TurnTaker

log = logging.getLogger(__name__)

# `scrapy crawl` has one turn and waits for all of it: a week, in seconds.
_TO_THE_END = 7 * 24 * 3600.0


class NewsSpider(scrapy.Spider):
    """Fetches what its desk asks for.

    A service gives `desk` and `policy` (which private hosts its sources opened), and a `gate` that outlives the crawl.
    The command line gives `-a source=ID` of config.yaml (`-a config=FILE`), or `-a url=ADDRESS`; pages are then items.
    """

    kind = Kind.FRONT_PAGE

    def __init__(
        self,
        desk: Desk | None = None,
        policy: DialPolicy | None = None,
        gate: Gate | None = None,
        contact: str | None = None,
        proxy: str | None = None,
        turn_seconds: float = TURN_SECONDS,
        request_seconds: float = REQUEST_SECONDS,
        **arguments: Any,
    ) -> None:
        super().__init__(getattr(self, "name", "news"))
        if desk is None:
            source, fetch = _asked_for(self.kind, **arguments)
            contact, proxy = fetch.contact, fetch.proxy
            policy = DialPolicy.of([source])
            desk = MemoryDesk([source], keep=self._keep)
            turn_seconds = _TO_THE_END
        self.desk = desk
        self.fault: BaseException | None = None
        self._policy = policy or DialPolicy()
        self._gate = gate
        self._user_agent = user_agent(contact)
        self._proxy = proxy
        self._turn_seconds = turn_seconds
        self._request_seconds = request_seconds
        self._pages: asyncio.Queue[Page | None] = asyncio.Queue()
        self._work: asyncio.Task[None] | None = None
        self._stopped = False
        self.drained = asyncio.Event()

    async def start(self) -> AsyncIterator[Any]:
        """Yield the pages that a desk gives back as items, until every turn is over."""
        if self._stopped:
            self.drained.set()
            return
        self._work = asyncio.create_task(self._take_turns())
        try:
            while (page := await self._pages.get()) is not None:
                yield page
        finally:
            self._work.cancel()
            await asyncio.wait([self._work])
            self.drained.set()

    def stop(self) -> None:
        """End the crawl now: cut what is under way, end every turn, leave the rest pending."""
        self._stopped = True
        if self._work is not None:
            self._work.cancel()

    async def _take_turns(self) -> None:
        try:
            fetcher, backlog = await self._fetcher(), Backlog()
            async with asyncio.TaskGroup() as turns:
                while (turn := await self.desk.next_turn()) is not None:
                    turns.create_task(self._take(turn, fetcher, backlog))
        except Exception as fault:
            log.exception("the crawl ends early")
            self.fault = fault
        finally:
            self._pages.put_nowait(None)

    async def _fetcher(self) -> Fetcher:
        """Put the policy in force and return what fetches under it."""
        proxy = await locate(self._proxy) if self._proxy else None
        policy = replace(self._policy, proxy=proxy.place if proxy else None)
        dial.admit(policy)
        return Fetcher(
            download=self.crawler.engine.download_async,
            desk=self.desk,
            gate=self._gate or Gate(self.settings.getint("CONCURRENT_REQUESTS")),
            policy=policy,
            user_agent=self._user_agent,
            proxy=proxy,
            seconds=self._request_seconds,
        )

    async def _take(self, turn: Turn, fetcher: Fetcher, backlog: Backlog) -> None:
        """Take one turn; a fault in it costs the other sources nothing, unless nothing can be kept any more."""
        try:
            await TurnTaker(self.desk, fetcher, turn, backlog, self._turn_seconds).take()
        except* StoreError:
            raise
        except* Exception:
            log.exception("the turn of %s ends early", turn.source.id)
        finally:
            await self.desk.ended(turn)

    async def _keep(self, page: Page) -> None:
        await self._pages.put(page)


def _asked_for(
    kind: Kind, source: str = "", url: str = "", allow_private: str = "", **arguments: str
) -> tuple[Source, FetchConfig]:
    """Return the source that the command line asks for, with its listings of one kind, and how to fetch."""
    path = arguments.pop("config", "config.yaml")
    if arguments:
        raise MonitorError(f"unknown spider arguments: {', '.join(sorted(arguments))}")
    if url:
        listed = (Listing(kind, url),)
        return Source("command-line", url, url, listed, allow_private=bool(allow_private)), FetchConfig()
    loaded = load(Path(path))
    for each in loaded.sources:
        if each.id == source:
            return _only(each, kind), loaded.fetch
    known = ", ".join(each.id for each in loaded.sources)
    raise MonitorError(f"-a source={source}: {path} has no such source; it has {known}")


def _only(source: Source, kind: Kind) -> Source:
    listings = tuple(each for each in source.listings if each.kind is kind)
    if not listings:
        raise MonitorError(f"-a source={source.id}: it has no {kind} in its configuration")
    return replace(source, listings=listings)
