"""One source's turn: its listings first, then the pages they tell of, until all are had or the time is up.

Takes a `Turn`, brings everything to the desk: each listing and each page in exactly one call, or in none where the
turn ended first. Pages of one host are asked for one after the other, those of several hosts side by side, so that a
feed that points all over the web is not slowed down by its slowest host.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from monitor.records import Entry
from monitor.urls import registrable_host
from spiders.answers import NotFetched
from spiders.desk import Body, Desk, FetchedPage, ListingAnswer, ListingState, Reason, Turn, Validators, Wanted
from spiders.fetch import Answer, Clock, Errand, Fetcher
from spiders.gate import Rank, TimeUp

# A turn starts no request after so long, counted from its first one; what is left stays pending.
TURN_SECONDS = 60.0
# Requests of one turn under way at once, over all its hosts: no feed may take all downloads for itself.
HOSTS_AT_ONCE = 8
# A sitemap index may name thousands of parts; more than these wait for a later turn.
LISTINGS_A_TURN = 200


class Backlog:
    """How many bytes were fetched and not yet taken by the desk. Fetching waits while there are too many."""

    def __init__(self, most: int = 16 * 1024 * 1024) -> None:
        self._most = most
        self._bytes = 0
        self._room = asyncio.Event()
        self._room.set()

    async def room(self) -> None:
        """Wait until something more may be fetched."""
        await self._room.wait()

    @contextlib.contextmanager
    def holding(self, body: Body) -> Iterator[None]:
        """Count a body while inside."""
        self._add(len(body.packed))
        try:
            yield
        finally:
            self._add(-len(body.packed))

    def _add(self, size: int) -> None:
        self._bytes += size
        if self._bytes < self._most:
            self._room.set()
        else:
            self._room.clear()


class TurnTaker:
    """Takes one turn."""

    def __init__(self, desk: Desk, fetcher: Fetcher, turn: Turn, backlog: Backlog, seconds: float) -> None:
        self._desk = desk
        self._fetcher = fetcher
        self._turn = turn
        self._backlog = backlog
        self._clock = Clock(seconds)
        self._tasks = asyncio.TaskGroup()
        self._at_once = asyncio.Semaphore(HOSTS_AT_ONCE)
        self._listings: set[str] = set()
        self._pages: dict[str, deque[Wanted]] = {}

    async def take(self) -> None:
        """Return when all was brought to the desk or the time is up; raises what the desk raises, in a group."""
        async with self._tasks:
            self._ask_for(self._turn.listings)
            self._want(self._turn.pending, at_once=False)

    def _ask_for(self, states: Iterable[ListingState]) -> None:
        for state in states:
            if state.listing.url not in self._listings and len(self._listings) < LISTINGS_A_TURN:
                self._listings.add(state.listing.url)
                self._tasks.create_task(self._listing(state))

    def _want(self, pages: Iterable[Wanted], *, at_once: bool) -> None:
        """Line pages up behind what is wanted of their hosts already, or before it: news goes before leftovers."""
        by_host: dict[str, list[Wanted]] = {}
        for wanted in pages:
            by_host.setdefault(registrable_host(wanted.entry.url), []).append(wanted)
        for host, wanted_there in by_host.items():
            if host not in self._pages:
                self._pages[host] = deque()
                self._tasks.create_task(self._host(host))
            if at_once:
                self._pages[host].extendleft(reversed(wanted_there))
            else:
                self._pages[host].extend(wanted_there)

    async def _listing(self, state: ListingState) -> None:
        """Ask for one listing, and go on with what the desk finds in it."""
        try:
            answer = await self._listing_answer(state)
        except TimeUp:
            return
        with self._backlog.holding(answer.body):
            found = await self._desk.listed(self._turn, answer)
        self._ask_for(found.listings)
        self._want(found.pages, at_once=True)

    async def _listing_answer(self, state: ListingState) -> ListingAnswer:
        listing = state.listing
        try:
            answer = await self._fetch(listing.url, Rank.LISTING, Validators() if state.full else state.validators)
        except NotFetched as end:
            return ListingAnswer(listing, listing.url, _now(), end.status, end.reason, after=end.after)
        return ListingAnswer(
            listing,
            answer.url,
            _now(),
            answer.status,
            body=answer.body,
            validators=answer.validators,
            moved=answer.moved,
            max_age=answer.max_age,
        )

    async def _host(self, host: str) -> None:
        """Ask for one host's pages in their order; reading one does not hold up fetching the next."""
        pages = self._pages[host]
        try:
            while pages:
                await self._page(pages.popleft())
        except TimeUp:
            return
        finally:
            del self._pages[host]

    async def _page(self, wanted: Wanted) -> None:
        try:
            answer = await self._fetch(wanted.entry.url, Rank.PAGE, wanted.validators)
        except NotFetched as end:
            # A page that was not asked for, because its host wants to be left alone, stays as it is.
            if end.reason != Reason.ASKED_TO_WAIT:
                await self._desk.failed(self._turn, wanted.entry, end.reason, retry=end.retry, after=end.after)
        else:
            self._tasks.create_task(self._bring(wanted.entry, answer))

    async def _bring(self, entry: Entry, answer: Answer) -> None:
        page = FetchedPage(entry, answer.url, _now(), answer.status, answer.body, answer.validators)
        with self._backlog.holding(answer.body):
            await self._desk.fetched(self._turn, page)

    async def _fetch(self, url: str, rank: Rank, validators: Validators) -> Answer:
        async with self._at_once:
            await self._backlog.room()
            return await self._fetcher.fetch(Errand(self._turn.source, url, rank, self._clock, validators))


def _now() -> datetime:
    return datetime.now(UTC)
