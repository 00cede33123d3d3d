"""The killable processes: everything that parses bytes from outside, burns CPU or runs a user's code runs here.

Owns a pool of workers started by a forkserver that has the heavy modules loaded already, so a new worker costs
milliseconds. Takes a function and picklable arguments, gives back what the function returned or raised. A task over
its time, or a worker over its memory or crashed, costs that task alone. Does not care what the function does; it
must not write anything.
"""

import asyncio
import ctypes
import multiprocessing
import os
import resource
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TaskTimeout
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool
from pebble.common.types import CONSTS

from monitor.errors import WorkerLost

T = TypeVar("T")

MEMORY = 512 * 1024 * 1024
# A worker is replaced after this many tasks: libxml2 and the extractors' caches grow, processes that end do not.
TASKS_A_WORKER = 500
# Workers do not hear SIGTERM (only their owner decides when they end), so pebble's polite wait before its SIGKILL
# only holds up the other tasks.
CONSTS.term_timeout = 0.1

_PR_SET_PDEATHSIG = 1


def _prepare(memory: int) -> None:
    """Make a new worker deaf to the terminal, bounded in memory, and mortal with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # RLIMIT_DATA, not RLIMIT_AS: libraries map large areas that they never touch.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


class Workers:
    """A pool of killable processes; `preload` names modules that the forkserver loads before the first worker."""

    def __init__(self, count: int | None = None, preload: Sequence[str] = (), memory: int = MEMORY) -> None:
        self.count = count or cores()
        self._memory = memory
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(preload))
        forkserver.ensure_running()  # it loads its modules while its owner loads its own
        self._pool: ProcessPool | None = None
        self.lost = 0

    def _running(self) -> ProcessPool:
        # A pool whose workers die at their start is broken for ever: it is replaced, not mended.
        if self._pool is None or not self._pool.active:
            self._pool = ProcessPool(
                max_workers=self.count,
                max_tasks=TASKS_A_WORKER,
                initializer=_prepare,
                initargs=(self._memory,),
                context=self._context,
            )
        return self._pool

    def submit(self, function: Callable[..., T], *args: Any, seconds: float) -> "Future[T]":
        """Hand over a task; the future raises what the function raised, or pebble's own kinds (see `result_of`)."""
        try:
            future = self._running().schedule(function, args=args, timeout=seconds)
        except RuntimeError:  # it broke between the look and the call
            self._pool = None
            future = self._running().schedule(function, args=args, timeout=seconds)
        return future

    async def run(self, function: Callable[..., T], *args: Any, seconds: float = 10.0) -> T:
        """Run `function(*args)` in a worker and return its result.

        Raises WorkerLost where the worker was killed over `seconds` or its memory, or crashed; else what the
        function raised. A task cut short because the wall clock jumped (pebble counts by it) runs once more.
        """
        started = time.monotonic()
        try:
            return await self._attempt(function, args, seconds)
        except WorkerLost:
            if time.monotonic() - started > seconds / 2:
                raise
            return await self._attempt(function, args, seconds)

    async def _attempt(self, function: Callable[..., T], args: tuple[Any, ...], seconds: float) -> T:
        try:
            return await asyncio.wrap_future(self.submit(function, *args, seconds=seconds))
        except (TaskTimeout, ProcessExpired, BrokenProcessPool, MemoryError) as error:
            self.lost += 1
            raise WorkerLost(_why(error, seconds)) from error

    def map_ordered(
        self, function: Callable[[T], Any], items: Iterable[T], *, chunk: int = 16, seconds: float = 10.0
    ) -> Iterator[Any]:
        """Yield `function(item)` for every item, in order, over all workers; what fails is yielded as its exception.

        A chunk whose worker is lost is done again item by item, so only the item that kills a worker fails.
        """
        waiting: deque[tuple[list[T], Future[list[Any]]]] = deque()
        for batch in _batches(items, chunk):
            waiting.append((batch, self.submit(_each, function, batch, seconds=seconds * len(batch))))
            if len(waiting) >= self.count * 4:
                yield from self._finished(function, *waiting.popleft(), seconds)
        while waiting:
            yield from self._finished(function, *waiting.popleft(), seconds)

    def _finished(
        self, function: Callable[[T], Any], batch: list[T], future: "Future[list[Any]]", seconds: float
    ) -> Iterator[Any]:
        try:
            yield from future.result()
        except (TaskTimeout, ProcessExpired, BrokenProcessPool, MemoryError) as error:
            self.lost += 1
            if len(batch) == 1:
                yield WorkerLost(_why(error, seconds))
                return
            for item in batch:
                again = self.submit(_each, function, [item], seconds=seconds)
                yield from self._finished(function, [item], again, seconds)

    def stop(self) -> None:
        """End every worker at once; tasks that still run are lost to their callers."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None


def _each(function: Callable[[T], Any], batch: list[T]) -> list[Any]:
    """Run in the worker: one item's exception is that item's result."""
    results: list[Any] = []
    for item in batch:
        try:
            results.append(function(item))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - it is handed to the caller, item by item
            results.append(error)
    return results


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _why(error: BaseException, seconds: float) -> str:
    if isinstance(error, TaskTimeout):
        return f"took longer than {seconds:g} s"
    if isinstance(error, MemoryError):
        return "needed too much memory"
    return f"its worker process ended ({error})"
