"""A small real web on loopback for the spiders' tests: sites that answer as told, and remember who asked when."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from monitor.dial import DialPolicy
from monitor.records import Entry, Kind, Listing, Source
from spiders.desk import FetchedPage, Found, ListingAnswer, ListingState, Robots, Turn, Wanted
from spiders.gate import Gate
from spiders.run import CrawlRun

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    began: float
    ended: float = float("inf")


@dataclass
class Site:
    """A site at an address of its own; what it does not know it answers with 404."""

    address: str
    answers: dict[str, Handler | web.Response | str] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _runner: web.ServerRunner | None = None

    async def __aenter__(self) -> "Site":
        self._runner = web.ServerRunner(web.Server(self._answer, handler_cancellation=True), shutdown_timeout=0)
        await self._runner.setup()
        listener = web.TCPSite(self._runner, self.address, self.port)
        await listener.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        asked = Asked(request.path_qs, dict(request.headers), time.monotonic())
        self.asked.append(asked)
        try:
            answer = self.answers.get(request.path, web.Response(status=404))
            if callable(answer):
                return await answer(request)
            if isinstance(answer, str):
                return web.Response(text=answer, content_type="text/html")
            return web.Response(body=answer.body, status=answer.status, headers=answer.headers)
        finally:
            asked.ended = time.monotonic()

    def url(self, path: str = "/") -> str:
        return f"http://{self.address}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


async def hang(_: web.BaseRequest) -> web.StreamResponse:
    """Never answer."""
    await asyncio.sleep(3600)
    raise AssertionError


def source(name: str, *listings: str, **options: object) -> Source:
    defaults = {"spacing": timedelta(0), "allow_private": True}
    return Source(name, name, listings[0], tuple(Listing(Kind.FEED, url) for url in listings), **(defaults | options))


@dataclass
class NotingDesk:
    """Hands out the turns it is given, finds the pages it is told, and notes every call."""

    turns: list[Turn]
    found: dict[str, Found] = field(default_factory=dict)
    listings: list[ListingAnswer] = field(default_factory=list)
    pages: list[FetchedPage] = field(default_factory=list)
    failures: dict[str, tuple[str, bool, timedelta | None]] = field(default_factory=dict)
    kept: dict[str, Robots] = field(default_factory=dict)
    holds: dict[str, datetime] = field(default_factory=dict)
    over: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    on_page: Callable[[FetchedPage], Awaitable[None]] | None = None

    async def next_turn(self) -> Turn | None:
        return self.turns.pop(0) if self.turns else None

    async def robots(self, origin: str) -> Robots | None:
        return self.kept.get(origin)

    async def keep_robots(self, robots: Robots) -> None:
        self.kept[robots.origin] = robots

    async def held(self, host: str) -> datetime | None:
        return self.holds.get(host)

    async def hold(self, host: str, until: datetime) -> None:
        self.holds[host] = until

    async def listed(self, turn: Turn, answer: ListingAnswer) -> Found:
        self.listings.append(answer)
        return self.found.get(answer.listing.url, Found())

    async def fetched(self, turn: Turn, page: FetchedPage) -> None:
        self.calls.append(page.entry.url)
        if self.on_page:
            await self.on_page(page)
        self.pages.append(page)

    async def failed(self, turn: Turn, entry: Entry, reason: str, *, retry: bool, after: timedelta | None) -> None:
        self.calls.append(entry.url)
        self.failures[entry.url] = reason, retry, after

    async def ended(self, turn: Turn) -> None:
        self.over.append(turn.source.id)

    def reasons(self) -> dict[str, str]:
        return {url: reason for url, (reason, _, _) in self.failures.items()}


def turn(of: Source, *pending: str) -> Turn:
    return Turn(of, tuple(ListingState(each) for each in of.listings), wanted(pending))


def wanted(urls: Iterable[str]) -> tuple[Wanted, ...]:
    return tuple(Wanted(Entry(url)) for url in urls)


def crawl_of(desk: NotingDesk, **options: object) -> CrawlRun:
    policy = DialPolicy.of(each.source for each in desk.turns)
    return CrawlRun(desk, options.pop("policy", policy), **options)


async def crawl(*turns: Turn, found: dict[str, Iterable[str]] | None = None, **options: object) -> NotingDesk:
    """Run a whole crawl over these turns; `found` says which pages a listing tells of."""
    desk = NotingDesk(list(turns), {url: Found(wanted(pages)) for url, pages in (found or {}).items()})
    await crawl_of(desk, **options).run()
    return desk


__all__ = ["Gate", "NotingDesk", "Site", "crawl", "crawl_of", "hang", "source", "turn", "wanted"]
