"""Health and metrics over HTTP, on loopback only and read-only.

Takes the store and what the service knows of itself; gives `/healthz` (this process's loop turns), `/readyz` (the store
answers and the rounds come to their end) and `/metrics` (Prometheus). Every number is read from the store when it is
asked for, so none is kept twice. Requests for another host's name are refused: a page in a browser may reach loopback
by a name of its own.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from monitor.store import Store
from monitor.store.audit import Audit, audit
from monitor.store.engine import answers

# A round that has not ended for this long is stuck, whatever it is waiting for.
STUCK = timedelta(minutes=30)
HOSTS = frozenset(("localhost", "127.0.0.1", "[::1]", "::1"))


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the service knows of itself: when each round last came to its end, and how many workers were lost."""

    rounds: dict[str, datetime]
    workers_lost: int


@asynccontextmanager
async def serving(listen: tuple[str, int], store: Store, pulse: Callable[[], Pulse]) -> AsyncIterator[int]:
    """Serve until the block ends; gives the port. Raises OSError where the address is taken."""
    application = web.Application(middlewares=[_own_host_only])
    pages = _Pages(store, pulse)
    application.router.add_get("/healthz", pages.health)
    application.router.add_get("/readyz", pages.ready)
    application.router.add_get("/metrics", pages.metrics)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, *listen)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@web.middleware
async def _own_host_only(request: web.Request, handler: Callable[..., object]) -> web.StreamResponse:
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    if host not in HOSTS:
        return web.Response(status=421, text="this service answers to loopback names only\n")
    response = await handler(request)  # type: ignore[misc]
    assert isinstance(response, web.StreamResponse)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


class _Pages:
    def __init__(self, store: Store, pulse: Callable[[], Pulse]) -> None:
        self._store = store
        self._pulse = pulse

    async def health(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def ready(self, _request: web.Request) -> web.Response:
        await self._store.read(answers)
        late = [name for name, ended in self._pulse().rounds.items() if datetime.now(UTC) - ended > STUCK]
        if late:
            return web.Response(status=503, text=f"stuck: {', '.join(sorted(late))}\n")
        return web.Response(text="ready\n")

    async def metrics(self, _request: web.Request) -> web.Response:
        found = await self._store.read(audit)
        registry = CollectorRegistry()
        registry.register(_Numbers(found, self._pulse()))
        return web.Response(body=generate_latest(registry), content_type="text/plain", charset="utf-8")


class _Numbers:
    """The ledger's counts in Prometheus's form."""

    def __init__(self, found: Audit, pulse: Pulse) -> None:
        self._found = found
        self._pulse = pulse

    def collect(self) -> list[GaugeMetricFamily]:
        """Return every family."""
        found, now = self._found, datetime.now(UTC)
        fates = {fate: count for fate, count in found.addresses.items() if fate != "total"}
        ages = {name: (now - ended).total_seconds() for name, ended in self._pulse.rounds.items()}
        return [
            _family("addresses", "Addresses by what became of them.", "fate", fates),
            _family("refused", "Refused addresses by reason.", "reason", found.reasons),
            _family("articles", "Articles kept.", "state", {"kept": found.articles, "unmatched": found.unmatched}),
            _family("flags", "Flags by verdict.", "verdict", found.flags),
            _family("stories", "Stories.", "state", {"kept": found.stories}),
            _family("owed", "Flags owed to recipients, by state.", "state", found.owed),
            _family("messages", "Mails by state.", "state", found.messages),
            _family("audit_faults", "Ways in which the books do not balance.", "state", {"found": len(found.faults)}),
            _family("round_age_seconds", "Seconds since a round last came to its end.", "round", ages),
            _family("workers_lost", "Worker processes killed or crashed.", "state", {"lost": self._pulse.workers_lost}),
        ]


def _family(name: str, words: str, label: str, values: dict[str, int] | dict[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"news_monitor_{name}", words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
