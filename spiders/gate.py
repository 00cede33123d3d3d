"""The gate every request passes: one at a time per registrable host, spaced, listings before pages.

Owns the lines in which requests wait for their host, and how long a host asked to be left alone. Takes a host, a rank
and a spacing; gives the turn. Does not care what is asked for, nor for which source: politeness is owed to the host.
Waiting costs a future, so it never uses up the downloads that may run at once.
"""

import asyncio
import contextlib
import heapq
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import IntEnum

# How many downloads run at once, over all hosts.
AT_ONCE = 64
# A host that asks for less patience than this is waited for; for longer, the turn goes to others.
PATIENCE = 5.0
# Hosts remembered after their spacing is over; more are forgotten at the next visit.
_REMEMBERED = 2048


class Rank(IntEnum):
    """Who goes first at one host."""

    ROBOTS = 0
    LISTING = 1
    PAGE = 2


class Held(Exception):  # noqa: N818 - no error of ours
    """The host asked to be left alone for `seconds` yet."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"asked to wait {seconds:.0f} s")


class TimeUp(Exception):  # noqa: N818 - no error of ours
    """The turn for which the request was meant ended while it waited."""


@dataclass(order=True, slots=True)
class _Waiter:
    rank: Rank
    number: int
    spacing: float = field(compare=False)
    granted: asyncio.Future[None] = field(compare=False)


class _Line:
    """Those who wait for one host, and when the next may go."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiters: list[_Waiter] = []
        self._busy = False
        self._spacing = 0.0
        self._left = float("-inf")
        self._held = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    def join(self, waiter: _Waiter) -> None:
        heapq.heappush(self._waiters, waiter)
        self._advance()

    def leave(self, spacing: float) -> None:
        """End a turn; the spacing runs from here, so that a slow host gets longer rests."""
        self._busy, self._left, self._spacing = False, self._loop.time(), spacing
        self._advance()

    def give_up(self, waiter: _Waiter) -> None:
        """Drop a waiter that was cancelled; where its turn had just come, the next one's comes."""
        if waiter.granted.done() and not waiter.granted.cancelled() and waiter.granted.exception() is None:
            self._busy = False
        waiter.granted.cancel()
        self._advance()

    def hold(self, seconds: float) -> None:
        self._held = max(self._held, self._loop.time() + seconds)
        if self.held() > PATIENCE:
            for waiter in self._waiters:
                if not waiter.granted.done():
                    waiter.granted.set_exception(Held(self.held()))
            self._waiters.clear()
        self._advance()

    def held(self) -> float:
        return self._held - self._loop.time()

    def idle(self) -> bool:
        now = self._loop.time()
        return not self._busy and not self._waiters and max(self._held, self._left + self._spacing) <= now

    def _advance(self) -> None:
        """Let the next one go, or come back when its time has come."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiters and self._waiters[0].granted.done():
            heapq.heappop(self._waiters)
        if self._busy or not self._waiters:
            return
        ready = max(self._held, self._left + max(self._spacing, self._waiters[0].spacing))
        if ready > self._loop.time():
            self._timer = self._loop.call_at(ready, self._advance)
            return
        self._busy = True
        heapq.heappop(self._waiters).granted.set_result(None)


class Gate:
    """All lines, and the bound on downloads that run at once."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._lines: dict[str, _Line] = {}
        self._numbers = itertools.count()
        self._downloads = asyncio.Semaphore(at_once)

    @contextlib.asynccontextmanager
    async def turn(self, host: str, rank: Rank, spacing: float, until: float | None = None) -> AsyncIterator[None]:
        """Wait for this host's next turn and hold it while inside; `until` is the loop's time to give up at.

        Raises `Held` where the host asked for more patience than we have, `TimeUp` where `until` comes first.
        """
        line = self._line(host)
        await self._wait(
            line, _Waiter(rank, next(self._numbers), spacing, asyncio.get_running_loop().create_future()), until
        )
        try:
            async with self._downloads:
                yield
        finally:
            line.leave(spacing)

    async def _wait(self, line: _Line, waiter: _Waiter, until: float | None) -> None:
        if until is not None and until <= asyncio.get_running_loop().time():
            raise TimeUp
        if line.held() > PATIENCE:
            raise Held(line.held())
        line.join(waiter)
        try:
            async with asyncio.timeout_at(until):
                await waiter.granted
        except TimeoutError:
            line.give_up(waiter)
            raise TimeUp from None
        except asyncio.CancelledError:
            line.give_up(waiter)
            raise

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for so long; those who wait for it are sent away where that is long."""
        self._line(host).hold(seconds)

    def _line(self, host: str) -> _Line:
        if host not in self._lines and len(self._lines) >= _REMEMBERED:
            self._lines = {name: line for name, line in self._lines.items() if not line.idle()}
        return self._lines.setdefault(host, _Line())
