"""Running the spiders: which source's turn it is, pages to the workers, what they gave to the store.

Owns the desk that the spiders report to and the life of a crawl. Takes sources that fall due, gives outcomes. There
is one crawl at a time: sources join it while it runs, so spacing per host holds across all of them, and it ends when
none is left. Does not care how a page is fetched (`spiders`) or read (`monitor.jobs`).
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog

from monitor import dial, drift, due, jobs
from monitor.config import Config, FetchConfig
from monitor.dial import DialPolicy
from monitor.errors import Refused, WorkerLost
from monitor.health import Result, lies_on_the_way, outage_is_ours
from monitor.lines import Fetched
from monitor.records import Article, Entry, Fate, Kind, Listing, Outcome, Page, Source
from monitor.store import Store, addresses, furniture, sources, vitals
from monitor.urls import has_page, identity, registrable_host
from monitor.workers import Workers
from spiders.desk import FetchedPage, Found, ListingAnswer, ListingState, Robots, Turn, Validators, Wanted
from spiders.gate import Gate
from spiders.memory import MemoryDesk
from spiders.run import CrawlRun

log = structlog.get_logger(__name__)

# How often the desk looks for sources that have fallen due while a crawl runs.
LOOK = timedelta(seconds=1)
PAGE_SECONDS = 10.0
LISTING_SECONDS = 20.0
# How far back an outage of ours is looked for, and for how long a lesson about a front page's links holds.
OUTAGE_WITHIN = timedelta(hours=1)
TAUGHT_FOR = timedelta(days=30)

# Earlier addresses of a source: those whose pages held an article, those whose held none.
Taught = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(slots=True)
class Tally:
    """What a crawl has done so far, for progress and for the summary."""

    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    listings: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)
    turns: int = 0

    def count(self, outcome: Outcome) -> None:
        """Count an address that now has a fate, or was put off."""
        self.outcomes[outcome.fate.value] += 1
        if outcome.reason:
            self.reasons[outcome.reason] += 1


@dataclass(slots=True)
class _Open:
    """A turn under way: what it needs to remember until it ends."""

    baseline: bool
    repeated: frozenset[int]
    look: bool
    full: frozenset[str]
    read: bool = False
    unreached: bool = False
    wish: timedelta | None = None
    after: timedelta | None = None
    blocks: Counter[int] = field(default_factory=Counter)
    vitals: list[drift.Vitals] = field(default_factory=list)


class StoreDesk:
    """The spiders' desk, standing on the store and the workers.

    `once` gives every source one turn, due or not, and then no more; else turns come as sources fall due, until
    none is due and none is under way.
    """

    def __init__(
        self,
        store: Store,
        workers: Workers,
        configured: Iterable[Source],
        *,
        once: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        progress: Callable[[Tally], None] = lambda _tally: None,
    ) -> None:
        self._store = store
        self._workers = workers
        self._sources = {source.id: source for source in configured}
        self._left = list(self._sources) if once else None
        self._now = now
        self._progress = progress
        self._turns: dict[str, _Open] = {}
        self._ended = asyncio.Event()
        self.tally = Tally()

    async def anything_due(self) -> bool:
        """Say whether a crawl would find a source to begin with."""
        return bool(await self._store.read(sources.due, list(self._sources), self._now()))

    async def next_turn(self) -> Turn | None:
        """Wait for the next source whose turn it is; None when there is none and nothing is under way."""
        while True:
            source = await self._next_source()
            if source is not None:
                return await self._begin(source)
            if not self._turns:
                return None
            self._ended.clear()
            try:
                async with asyncio.timeout(LOOK.total_seconds()):
                    await self._ended.wait()
            except TimeoutError:
                continue

    async def _next_source(self) -> Source | None:
        if self._left is not None:
            return self._sources[self._left.pop(0)] if self._left else None
        idle = [name for name in self._sources if name not in self._turns]
        ready = await self._store.read(sources.due, idle, self._now())
        return self._sources[ready[0]] if ready else None

    async def _begin(self, source: Source) -> Turn:
        state = await self._store.write(sources.begin_turn, source.id, self._now())
        known = state.listings
        look = not source.listings
        if look and not known:
            known = (sources.KnownListing(Listing(Kind.FRONT_PAGE, source.url)),)
        asked = tuple(_asked(listing) for listing in known)
        self._turns[source.id] = _Open(
            baseline=state.baseline,
            repeated=await self._store.read(furniture.repeated, _site(source)),
            look=look,
            full=frozenset(one.listing.url for one in asked if one.full or not any(_pair(one.validators))),
        )
        pending = []
        for one in state.pending:
            if has_page(one.entry.url):
                pending.append(Wanted(one.entry, Validators(one.etag, one.last_modified)))
            else:  # a crash came between learning of it and keeping it
                await self._without_page(source, one.entry, "nothing but a title", "feed only")
        return Turn(source, asked, tuple(pending))

    async def robots(self, origin: str) -> Robots | None:
        """Return what is kept of an origin's robots.txt."""
        kept = await self._store.read(sources.robots_of, origin)
        return None if kept is None else Robots(origin, *kept)

    async def keep_robots(self, robots: Robots) -> None:
        """Keep it."""
        await self._store.write(sources.keep_robots, robots.origin, robots.text, robots.until)

    async def held(self, host: str) -> datetime | None:
        """Return until when a host asked to be left alone."""
        return await self._store.read(sources.held, host)

    async def hold(self, host: str, until: datetime) -> None:
        """Keep it."""
        await self._store.write(sources.hold, host, until)

    async def listed(self, turn: Turn, answer: ListingAnswer) -> Found:
        """Read what a listing answered; keep its validators and new addresses in one transaction, then give them."""
        source, state = turn.source, self._turns[turn.source.id]
        full = answer.listing.url in state.full
        poll = sources.Poll(source.id, answer.listing.url, answer.fetched, Result.FAILED, full=full)
        if answer.after is not None:
            state.after = max(state.after or timedelta(0), answer.after)
        if answer.status == 304:
            state.read = True
            return await self._note(poll, Result.UNCHANGED)
        if answer.status != 200:
            state.unreached |= lies_on_the_way(answer.reason)
            return await self._note(poll, Result.FAILED, answer.reason)
        front = answer.listing.kind is Kind.FRONT_PAGE
        look = state.look and front
        taught: Taught = ((), ())
        if front:
            taught = await self._store.read(sources.teachers, source.id, self._now() - TAUGHT_FOR)
        packed = jobs.Packed(answer.body.packed, answer.body.encoding, answer.body.content_type, answer.url)
        try:
            read = await self._workers.run(
                _read_list, answer.listing.kind, packed, look, taught, seconds=LISTING_SECONDS
            )
        except (Refused, WorkerLost) as error:
            return await self._note(poll, Result.FAILED, str(error))
        state.read = True
        state.wish = max(filter(None, (state.wish, read.ttl, answer.max_age)), default=None)
        new = await self._store.write(
            addresses.learn,
            replace(poll, result=Result.NOTHING_NEW, items=len(read.found), newest=read.newest),
            read.found,
            looked_for=read.looked_for,
            parts=read.parts,
            etag=answer.validators.etag,
            last_modified=answer.validators.last_modified,
            baseline=state.baseline,
        )
        self.tally.listings["read"] += 1
        further = await self._store.read(sources.known_listings, source.id, (*read.parts, *read.looked_for))
        pages = []
        for entry in new:
            if has_page(entry.url):
                pages.append(Wanted(entry))
            else:
                await self._without_page(source, entry, "nothing but a title", "feed only")
        return Found(tuple(pages), tuple(_asked(one) for one in further))

    async def _note(self, poll: sources.Poll, result: Result, detail: str = "") -> Found:
        noted = replace(poll, result=result, detail=detail)
        await self._store.write(sources.record_poll, noted)
        self.tally.listings[result.value] += 1
        if result is Result.FAILED:
            self.tally.failed[poll.source] = detail
            log.warning("listing not read", source=poll.source, url=poll.url, reason=detail)
        return Found()

    async def fetched(self, turn: Turn, page: FetchedPage) -> None:
        """Extract a page's article and keep it; returns when the page may be forgotten."""
        asked = identity(page.entry.url)
        if page.status == 304:
            return self._count(await self._store.write(addresses.unchanged, asked))
        state = self._turns[turn.source.id]
        packed = jobs.Packed(page.body.packed, page.body.encoding, page.body.content_type, page.url)
        try:
            read = await self._workers.run(
                jobs.read_page, packed, turn.source, page.entry, page.fetched, state.repeated, seconds=PAGE_SECONDS
            )
        except (Refused, WorkerLost) as error:
            state.vitals.append(drift.Vitals(page.fetched))
            reason = error.reason if isinstance(error, Refused) else f"extraction {error}"
            return await self._without_page(turn.source, page.entry, reason, "text unavailable")
        outcome = await self._store.write(
            addresses.store,
            asked,
            read.identity,
            read.extraction.article,
            now=page.fetched,
            etag=page.validators.etag,
            last_modified=page.validators.last_modified,
        )
        state.vitals.append(drift.vitals(read.extraction, page.fetched))
        if outcome.fate is Fate.STORED:
            state.blocks.update(set(read.extraction.blocks))
        return self._count(outcome)

    async def failed(self, turn: Turn, entry: Entry, reason: str, *, retry: bool, after: timedelta | None) -> None:
        """Put off a page that cannot be had just now, or settle one that never will be."""
        if not retry:
            return await self._without_page(turn.source, entry, reason, "feed only")
        now = self._now()
        asked = identity(entry.url)
        tried = await self._store.read(addresses.attempts, asked)
        ours = lies_on_the_way(reason) and await self._cut_off() is not None
        outcome = await self._store.write(
            addresses.postpone,
            asked,
            reason,
            due.page_retry(now, tried, after),
            now,
            await self._told(turn.source, entry, "feed only"),
            counted=not ours,
        )
        return self._count(outcome)

    async def _cut_off(self) -> datetime | None:
        """Return since when nothing at all answers, where that is because we are cut off; else None."""
        now = self._now()
        silence = await self._store.read(sources.silence, now - OUTAGE_WITHIN)
        ours = outage_is_ours(silence.failures, now - silence.since, silence.watched)
        return silence.since if ours else None

    async def _without_page(self, source: Source, entry: Entry, reason: str, mark: str) -> None:
        """Keep what the listing tells of a page that gave nothing; where that is nothing too, refuse the address.

        A page that is gone is not kept: its publisher took it back.
        """
        told = None if reason in ("http 404", "http 410") else await self._told(source, entry, mark)
        asked = identity(entry.url)
        if told is None:
            return self._count(await self._store.write(addresses.refuse, asked, reason, self._now()))
        return self._count(await self._store.write(addresses.store, asked, *told, now=self._now()))

    async def _told(self, source: Source, entry: Entry, mark: str) -> tuple[str, Article] | None:
        try:
            return await self._workers.run(jobs.read_entry, source, entry, mark, seconds=PAGE_SECONDS)
        except (Refused, WorkerLost) as error:
            log.warning("entry not read", source=source.id, url=entry.url, reason=str(error))
            return None

    async def ended(self, turn: Turn) -> None:
        """Note when the source is due next, and what its pages had in common."""
        source = turn.source
        state = self._turns.pop(source.id)
        now = self._now()
        next_due = await self._next_due(source, state, now)
        await self._store.write(furniture.learn, _site(source), dict(state.blocks), now)
        await self._store.write(vitals.note, source.id, state.vitals)
        await self._store.write(sources.end_turn, source.id, now, next_due, read=state.read)
        self.tally.turns += 1
        self._progress(self.tally)
        self._ended.set()

    async def _next_due(self, source: Source, state: _Open, now: datetime) -> datetime:
        jitter = random.random()  # noqa: S311 - no secret
        if state.unreached and not state.read and (since := await self._cut_off()) is not None:
            soon = due.poll_after_outage(now, jitter)
            await self._store.write(sources.forgive, since, soon)
            log.warning("nothing answers: we seem to be cut off", since=since.isoformat(), source=source.id)
            return soon
        return due.next_poll(
            now,
            every=source.every,
            random=jitter,
            seen=await self._store.read(sources.published_lately, source.id),
            wish=state.wish,
            retry_after=state.after,
            failures=await self._store.read(sources.failures, source.id),
        )

    def _count(self, outcome: Outcome) -> None:
        self.tally.count(outcome)
        self._progress(self.tally)


def _read_list(kind: Kind, packed: jobs.Packed, look: bool, taught: Taught) -> jobs.ListingRead:
    return jobs.read_list(kind, packed, look=look, taught=taught)


def _asked(known: sources.KnownListing) -> ListingState:
    full = due.asks_in_full(known.since_full, validators_lied=known.lies)
    return ListingState(known.listing, Validators(known.etag, known.last_modified), full=full)


def _pair(validators: Validators) -> tuple[str, str]:
    return validators.etag, validators.last_modified


def _site(source: Source) -> str:
    return registrable_host(source.url)


def crawl_run(desk: StoreDesk, config: Config, gate: Gate | None = None) -> CrawlRun:
    """Return a crawl of the configured sources, to be run or stopped; `gate` remembers spacing between two crawls."""
    policy = DialPolicy.of(config.sources)
    return CrawlRun(desk, policy, contact=config.fetch.contact, proxy=config.fetch.proxy, gate=gate)


class FetchDesk(MemoryDesk):
    """A desk that wants some pages once and keeps nothing: for `extract` and `explain` of an address."""

    def __init__(self, wanted: Iterable[tuple[Source, str]]) -> None:
        super().__init__((), self._never)
        self._left = [Turn(source, pending=(Wanted(Entry(url)),)) for source, url in wanted]
        self.got: dict[str, Fetched] = {}

    async def _never(self, page: Page) -> None:
        raise AssertionError(f"{page.url} was unpacked in the wrong place")

    async def next_turn(self) -> Turn | None:
        """Give the next page that is wanted."""
        return self._left.pop(0) if self._left else None

    async def fetched(self, turn: Turn, page: FetchedPage) -> None:  # noqa: ARG002 - all turns are alike
        """Keep the page, packed."""
        body = page.body
        self.got[page.entry.url] = Fetched(jobs.Packed(body.packed, body.encoding, body.content_type, page.url))

    async def failed(self, turn: Turn, entry: Entry, reason: str, *, retry: bool, after: timedelta | None) -> None:  # noqa: ARG002
        """Keep the reason."""
        self.got[entry.url] = Fetched(error=f"not fetched: {reason}")

    async def ended(self, turn: Turn) -> None:
        """Note pages that were not reached in time."""
        for wanted in turn.pending:
            self.got.setdefault(wanted.entry.url, Fetched(error="not fetched: no time was left"))


def _owner(configured: Iterable[Source], url: str) -> Source:
    """Return the source whose address a page's shares most of; a page of no source stands for itself."""
    stranger = Source("page", "page", url)
    here = [source for source in configured if registrable_host(source.url) == registrable_host(url)]
    return max(here, key=lambda source: _in_common(source.url, url), default=stranger)


def _in_common(one: str, other: str) -> int:
    """Return how many characters two addresses begin alike with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


async def fetch_pages(urls: Iterable[str], config: Config | None = None) -> dict[str, Fetched]:
    """Fetch pages politely, each by itself, and return what each address gave.

    A page of a configured source is fetched as that source is: with its headers, and from its private host.
    """
    configured = config.sources if config else ()
    wanted = [(replace(_owner(configured, url), id=f"page-{number}"), url) for number, url in enumerate(urls)]
    desk = FetchDesk(wanted)
    policy = DialPolicy.of(source for source, _ in wanted)
    fetch = config.fetch if config else FetchConfig()
    async with dial.running():
        await CrawlRun(desk, policy, contact=fetch.contact, proxy=fetch.proxy).run()
    return desk.got
