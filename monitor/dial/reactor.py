"""The reactor that Scrapy runs on: every connection, by whatever path, ends in `connectTCP` and is checked there.

There is no look-up after that check, so a changed DNS answer cannot slip through.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_address
from typing import Any, NoReturn, cast

from twisted.internet import address as endpoints
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from twisted.internet.main import installReactor
from zope.interface import implementer

from monitor.dial.lookups import Lookups
from monitor.dial.policy import Address, DialPolicy, Place, local, place, public
from monitor.errors import DialRefused, MonitorError

log = logging.getLogger(__name__)

# Handed on in place of refused answers: the door refuses it and says so, where an empty answer would read as a name
# that does not exist.
_NOWHERE = "0.0.0.0"  # noqa: S104


class GuardedReactor(AsyncioSelectorReactor):
    """The asyncio reactor whose every connection is checked on the very address dialled."""

    def __init__(self, eventloop: asyncio.AbstractEventLoop | None = None) -> None:
        super().__init__(eventloop)
        self.policy = DialPolicy()
        # Private addresses that a place's name was resolved to, and for whom: connectTCP sees addresses only.
        self._resolved: dict[Place, Place] = {}
        Lookups(self).install_on_reactor()

    @property
    def nameResolver(self) -> IHostnameResolver:
        """The resolver that every connection asks, literals included: the guard around whichever is installed."""
        return cast(IHostnameResolver, GuardedResolver(self, self._nameResolver))

    def is_on(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Return whether this reactor runs on a loop."""
        return self._asyncioEventloop is loop

    def connectTCP(
        self,
        host: str,
        port: int,
        factory: Any,
        timeout: float = 30,
        bindAddress: Any = None,
    ) -> Any:
        """Dial a literal address that may be dialled; raises `DialRefused` for every other and for any name."""
        return self._dial(str(self._admitted(host, port)), port, factory, timeout, bindAddress)

    def _dial(self, *args: Any) -> Any:
        return super().connectTCP(*args)

    def connectUNIX(self, address: str, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse: no news comes out of a Unix socket."""
        raise DialRefused(f"the Unix socket {address!r} is not the crawler's to dial")

    def connectUNIXDatagram(self, address: str, *_args: Any, **_options: Any) -> NoReturn:
        """Refuse likewise."""
        self.connectUNIX(address)

    def _admitted(self, host: str, port: int) -> Address:
        try:
            ip = ip_address(host)
        except ValueError:
            raise DialRefused(f"{host!r} is a name; only the address it was resolved to can be checked") from None
        if public(ip):
            return ip
        asked_as = self._resolved.get((str(ip), port), (str(ip), port))
        if not self.policy.opened(*asked_as) or not local(ip):
            raise DialRefused(f"{host} port {port} is not a public address")
        return ip

    def sift(self, host: str, port: int, answers: Sequence[Any]) -> Sequence[Any]:
        """Return those answers of a look-up that may be dialled: all of them, or none if any one may not.

        A name that mixes public and private answers is an attack or a fault; either way its answers are not used.
        """
        opened = self.policy.opened(host, port)
        ips = [ip_address(answer.host) for answer in answers]
        refused = [ip for ip in ips if not public(ip) and not (opened and local(ip))]
        if refused:
            log.warning("refused: %s port %d leads to %s", host, port, ", ".join(map(str, refused)))
            return [endpoints.IPv4Address("TCP", _NOWHERE, port)]
        self._resolved |= {(str(ip), port): place(host, port) for ip in ips if not public(ip)}
        return answers


@implementer(IHostnameResolver)
class GuardedResolver:
    """Any resolver, with the answers that may not be dialled taken out."""

    def __init__(self, guard: GuardedReactor, resolver: Any) -> None:
        self._guard = guard
        self._resolver = resolver

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        *args: Any,
        **options: Any,
    ) -> Any:
        """Resolve as the resolver inside does, then sift."""
        sieve = _Sieve(self._guard, resolutionReceiver, hostName, portNumber)
        return self._resolver.resolveHostName(sieve, hostName, portNumber, *args, **options)


@implementer(IResolutionReceiver)
class _Sieve:
    """Holds answers back until all are there, since one that is refused refuses them all."""

    def __init__(self, guard: GuardedReactor, receiver: Any, host: str, port: int) -> None:
        self._guard, self._receiver, self._host, self._port = guard, receiver, host, port
        self._answers: list[Any] = []

    def resolutionBegan(self, resolutionInProgress: Any) -> None:
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:
        self._answers.append(address)

    def resolutionComplete(self) -> None:
        for answer in self._guard.sift(self._host, self._port, self._answers):
            self._receiver.addressResolved(answer)
        self._receiver.resolutionComplete()


@implementer(IResolutionReceiver)
class _Collected:
    """All answers of one look-up, to be awaited."""

    def __init__(self) -> None:
        self._answers: list[Any] = []
        self.complete: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

    def resolutionBegan(self, resolutionInProgress: Any) -> None:
        pass

    def addressResolved(self, address: Any) -> None:
        self._answers.append(address)

    def resolutionComplete(self) -> None:
        self.complete.set_result(self._answers)


def install(eventloop: asyncio.AbstractEventLoop | None = None) -> None:
    """Make a `GuardedReactor` the process's reactor; Scrapy calls this by the name of the setting TWISTED_REACTOR."""
    installReactor(GuardedReactor(eventloop))  # type: ignore[no-untyped-call]


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[GuardedReactor]:
    """Run the guarded reactor on the running loop; the daemon, `monitor once` and the tests all stand inside this.

    Nothing may import `twisted.internet.reactor` before. A reactor runs once in a process and stays with its loop;
    raises `MonitorError` where another one is installed.
    """
    if "twisted.internet.reactor" in sys.modules:
        yield _installed()
        return
    install(asyncio.get_running_loop())
    reactor = _installed()
    reactor.startRunning(installSignalHandlers=False)
    try:
        yield reactor
    finally:
        # Not reactor.stop(): it would stop the loop, which is its owner's to end.
        if reactor.threadpool:
            reactor.threadpool.stop()


def _installed() -> GuardedReactor:
    reactor = sys.modules["twisted.internet.reactor"]
    if not isinstance(reactor, GuardedReactor) or not reactor.is_on(asyncio.get_running_loop()):
        raise MonitorError("another Twisted reactor is installed in this process; crawls run on the guarded one only")
    return reactor


def admit(policy: DialPolicy) -> None:
    """Put a policy in force from the next dial on. Stands inside `running()`, or under `scrapy crawl`."""
    _installed().policy = policy


async def address_of(host: str, port: int) -> str:
    """Return a literal address of a name that the configuration vouches for, private or not.

    For the proxy: a tunnel dials what it is given, and the door refuses names. Raises `MonitorError` where there is
    none.
    """
    answers = _Collected()
    Lookups(_installed()).resolveHostName(answers, host, port)
    for answer in await answers.complete:
        return str(answer.host)
    raise MonitorError(f"the proxy {host} has no address: no such name, or no name server answers")
