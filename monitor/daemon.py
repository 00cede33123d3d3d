"""The running service: one process, one loop, in which APScheduler wakes the rounds until a signal ends it.

Owns the life of the process: start, the wake-ups, stop within ten seconds with nothing lost. APScheduler only wakes;
what is due is decided by rows in the store, so a missed tick or a jump of the clock neither skips nor repeats
anything. Does not care what a round does.
"""

import asyncio
import contextlib
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor import alarm, dial, rounds, web
from monitor.config import Config
from monitor.crawl import StoreDesk, Tally, crawl_run
from monitor.outbox import Transport, transport
from monitor.records import Message
from monitor.rounds import Shop
from monitor.store import Store
from monitor.web import Pulse
from monitor.workers import Workers
from spiders.gate import Gate
from spiders.run import CrawlRun

log = structlog.get_logger(__name__)

# How often each round is woken. Finding nothing to do costs one query.
CRAWL_EVERY = 2
THINK_EVERY = 3
COMPOSE_EVERY = 10
DELIVER_EVERY = 10
MAINTAIN_EVERY = 3600
# Judging a thousand sources reads a million rows of their history; a source takes three polls to turn bad.
ALARM_EVERY = 600
WATCH_EVERY = 5
# Wall clock and monotonic clock may drift apart by this much between two looks before it counts as a jump.
JUMP = 30.0
# What a stop may take: the crawl's cut, then the round under way, then the rest.
GRACE = 3.0

PRELOAD = ("monitor.jobs",)


@dataclass(slots=True)
class Done:
    """What one full cycle did."""

    tally: Tally
    flags: int = 0
    stories: int = 0
    composed: tuple[Message, ...] = ()
    mail: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


@contextlib.asynccontextmanager
async def shop(config: Config, store: Store, workers: Workers | None = None) -> AsyncIterator[Shop]:
    """Open what the rounds work with on the running loop, and bring the store in line with the config.

    Workers that are handed in stay their owner's to stop.
    """
    async with dial.running():
        own = workers is None
        workers = workers or Workers(preload=PRELOAD)
        try:
            opened = Shop(config, store, workers)
            await rounds.adopt(opened)
            yield opened
        finally:
            if own:
                workers.stop()


def mail_transport(config: Config) -> Transport:
    """Return the way mail leaves by, as the config says; folder mail lies in the data folder."""
    return transport(config.mail, config.data / "mail")


async def once(
    opened: Shop, *, progress: Callable[[str, Tally], None] = lambda _stage, _tally: None, compose_all: bool = False
) -> Done:
    """Do one full cycle: every source, due or not; match, group; the digests that are due, or all; deliver."""
    started = time.monotonic()
    config = opened.config
    desk = StoreDesk(
        opened.store,
        opened.workers,
        config.sources,
        once=True,
        progress=lambda tally: progress("crawling", tally),
    )
    await crawl_run(desk, config).run()
    done = Done(desk.tally)
    progress("matching", done.tally)
    done.flags = await rounds.match(opened)
    progress("grouping", done.tally)
    done.stories = await rounds.group(opened)
    progress("composing", done.tally)
    done.composed = await (rounds.compose_everything(opened) if compose_all else rounds.compose(opened, settled=True))
    progress("delivering", done.tally)
    done.mail = await rounds.deliver(opened, mail_transport(config), everything=True)
    done.seconds = time.monotonic() - started
    return done


class Service:
    """The rounds, woken until `stop`."""

    def __init__(self, opened: Shop) -> None:
        self._shop = opened
        self._transport = mail_transport(opened.config)
        self._stopping = asyncio.Event()
        self._crawl: CrawlRun | None = None
        self._gate = Gate()
        # Rounds that are woken by the hour are no sign of life.
        self._beats = {name: datetime.now(UTC) for name in ("crawl_round", "think", "compose", "deliver")}
        self._running: set[asyncio.Task[None]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def _set_wakes(self) -> None:
        """Wake every round now and from now on."""
        wakes: tuple[tuple[Callable[[], Awaitable[None]], int], ...] = (
            (self._crawl_round, CRAWL_EVERY),
            (self._think, THINK_EVERY),
            (self._compose, COMPOSE_EVERY),
            (self._deliver, DELIVER_EVERY),
            (self._alarm, ALARM_EVERY),
            (self._maintain, MAINTAIN_EVERY),
        )
        for wake, seconds in wakes:
            self._scheduler.add_job(
                self._guarded(wake),  # `async def`: a plain function would run in a thread, without a loop
                "interval",
                seconds=seconds,
                id=wake.__name__,
                next_run_time=datetime.now(UTC),
                replace_existing=True,
            )

    def pulse(self) -> Pulse:
        """Return when each round last got somewhere, and how many workers were lost."""
        return Pulse(dict(self._beats), self._shop.workers.lost)

    def _beat(self, name: str) -> None:
        self._beats[name] = datetime.now(UTC)

    def stop(self) -> None:
        """Ask the service to end; safe to call from a signal handler, and twice."""
        self._stopping.set()

    async def run(self) -> None:
        """Run until `stop`, then end within seconds: what was not committed stays due."""
        self._set_wakes()
        self._scheduler.start()
        log.info("service started", sources=len(self._shop.config.sources), workers=self._shop.workers.count)
        watch = asyncio.create_task(self._watch_clock())
        await self._stopping.wait()
        log.info("service stopping")
        watch.cancel()
        self._scheduler.pause()  # its shutdown cancels what runs; what runs may first come to its end
        if self._crawl is not None:
            self._crawl.stop()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=GRACE)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=GRACE)
        self._scheduler.shutdown(wait=False)
        log.info("service stopped")

    def _guarded(self, wake: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """Run a round so that its fault is logged and the next wake-up comes all the same."""

        async def run() -> None:
            task = asyncio.current_task()
            assert task is not None
            if self._stopping.is_set():
                return
            self._running.add(task)
            try:
                await wake()
            except asyncio.CancelledError:
                if not self._stopping.is_set():
                    raise
            except Exception:
                log.exception("round failed", round=wake.__name__.strip("_"))
            else:
                if (name := wake.__name__.strip("_")) in self._beats:
                    self._beat(name)
            finally:
                self._running.discard(task)

        return run

    async def _crawl_round(self) -> None:
        shop = self._shop
        desk = StoreDesk(
            shop.store, shop.workers, shop.config.sources, progress=lambda _tally: self._beat("crawl_round")
        )
        if not await desk.anything_due():
            return
        self._crawl = crawl_run(desk, shop.config, self._gate)
        try:
            await self._crawl.run()
        finally:
            self._crawl = None
        pages = {f"pages_{fate}": count for fate, count in desk.tally.outcomes.items()}
        log.info("crawl ended", turns=desk.tally.turns, **pages)

    async def _think(self) -> None:
        if await rounds.match(self._shop) or await rounds.anything_to_group(self._shop):
            await rounds.group(self._shop)

    async def _compose(self) -> None:
        await rounds.compose(self._shop)

    async def _deliver(self) -> None:
        await rounds.deliver(self._shop, self._transport)

    async def _alarm(self) -> None:
        await alarm.tell(self._shop, rounds.now())

    async def _maintain(self) -> None:
        await rounds.maintain(self._shop)

    async def _watch_clock(self) -> None:
        """Start the wake-ups anew when the wall clock jumps: set back a day, APScheduler would sleep a day."""
        offset = time.time() - time.monotonic()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            now = time.time() - time.monotonic()
            if abs(now - offset) > JUMP:
                log.warning("the clock jumped", seconds=round(now - offset))
                self._set_wakes()
            offset = now


async def serve(config: Config, store: Store) -> None:
    """Run the service until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    async with shop(config, store) as opened:
        service = Service(opened)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, service.stop)
        async with contextlib.AsyncExitStack() as around:
            if config.web.listen is not None:
                await around.enter_async_context(web.serving(config.web.listen, store, service.pulse))
            await service.run()
