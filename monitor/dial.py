"""The one door for the crawler's outgoing connections: which addresses may be dialled, checked as they are dialled.

Owns the reactor that Scrapy runs on. Every connection Twisted makes, by whatever path (feed, page, redirect,
robots.txt), ends in `GuardedReactor.connectTCP` with the literal address that is dialled; there is no look-up after
it, so a changed DNS answer cannot slip through. Only public addresses pass, and those private ones that a source of
its own accord opened (`allow_private`), for its own hosts and ports and nobody else's.

It does not cover sockets outside Twisted (SMTP, the database), nor what a proxy dials on our behalf.
"""

import asyncio
import contextlib
import logging
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, NoReturn, cast
from urllib.parse import urlsplit

import idna
from twisted.internet import address as endpoints
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from twisted.internet.main import installReactor
from zope.interface import implementer

from monitor.errors import DialRefused, MonitorError
from monitor.records import Source

log = logging.getLogger(__name__)

Address = IPv4Address | IPv6Address
Place = tuple[str, int]

# IPv6 is public only inside the one block that is given out, and there not where IPv4 hides (Teredo and ORCHID in
# 2001::/23, 6to4) or where documentation stands. Python's own `is_global` lets 13 of the addresses in the tests pass.
_GIVEN_OUT = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_NEVER = tuple(
    map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "192.88.99.0/24", "192.0.0.0/24"))
)
# What `allow_private` may open. Link-local addresses stay shut: cloud machines keep their secrets there.
_LOCAL = tuple(
    map(
        ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "::1/128", "fc00::/7"),
    )
)
# Handed on in place of refused answers: the door refuses it and says so, where an empty answer would read as a name
# that does not exist.
_NOWHERE = "0.0.0.0"  # noqa: S104
_DEFAULT_PORTS = frozenset((80, 443))

LOOKUP_SECONDS = 10.0
# Names whose servers never answer hold a thread each until the C library gives up (half a minute by default).
LOOKUPS_AT_ONCE = 128


def public(ip: Address) -> bool:
    """Return whether an address belongs to the internet at large, whatever hides inside it."""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return public(ip.ipv4_mapped)
        if ip in _NAT64:
            return public(IPv4Address(int(ip) & 0xFFFFFFFF))
        if ip not in _GIVEN_OUT:
            return False
    return ip.is_global and not ip.is_multicast and not _among(ip, _NEVER)


def local(ip: Address) -> bool:
    """Return whether an address is one that `allow_private` may open: an intranet's or this machine's own."""
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        return local(ip.ipv4_mapped)
    return _among(ip, _LOCAL)


def _among(ip: Address, networks: Iterable[Any]) -> bool:
    return any(ip in network for network in networks if network.version == ip.version)


def place(host: str, port: int) -> Place:
    """Return one key for all spellings of a host and port that reach the same resolver answer."""
    host = host.strip("[]").rstrip(".").lower()
    return _ascii(host), port


def _ascii(host: str) -> str:
    """Return a name in the letters DNS knows; Python's own codec follows the older standard (ß becomes ss)."""
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return host


def places(url: str) -> frozenset[Place]:
    """Return the host and port an address names; where the port is a default one, http's and https's alike."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return frozenset()
    ports = _DEFAULT_PORTS if port in _DEFAULT_PORTS else {port}
    return frozenset(place(host, each) for each in ports) if host else frozenset()


@dataclass(frozen=True, slots=True)
class DialPolicy:
    """Which places each source opened for itself, as (source id, its places) pairs."""

    private: tuple[tuple[str, frozenset[Place]], ...] = ()

    @classmethod
    def of(cls, sources: Iterable[Source]) -> "DialPolicy":
        """Return the policy of configured sources: those with `allow_private` open their own hosts."""
        return cls(
            tuple(
                (source.id, frozenset().union(*map(places, (source.url, *(each.url for each in source.listings)))))
                for source in sources
                if source.allow_private
            )
        )

    def opened(self, host: str, port: int) -> bool:
        """Return whether any source opened this place, so that a private answer for it may be dialled."""
        key = place(host, port)
        return any(key in own for _, own in self.private)

    def may_ask(self, source: str, host: str, port: int) -> bool:
        """Return False for a place that other sources opened for themselves and this one did not."""
        key = place(host, port)
        owners = [owner for owner, own in self.private if key in own]
        return not owners or source in owners


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
        asked_as = self._resolved.get((str(ip), port))
        if asked_as is None or not self.policy.opened(*asked_as) or not local(ip):
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


@implementer(IHostResolution)
@dataclass(frozen=True, slots=True)
class _Resolution:
    name: str

    def cancel(self) -> NoReturn:
        raise NotImplementedError


@implementer(IHostnameResolver)
class Lookups:
    """getaddrinfo in daemon threads, bounded in number and in time.

    Twisted's own resolver shares ten threads with everything else and waits for ever; there, ten dead names stop the
    whole crawl, and the threads hold up the exit. `ask` is getaddrinfo or stands in for it.
    """

    def __init__(
        self,
        reactor: GuardedReactor,
        ask: Callable[..., Sequence[Any]] = socket.getaddrinfo,
        seconds: float = LOOKUP_SECONDS,
        at_once: int = LOOKUPS_AT_ONCE,
    ) -> None:
        self._reactor = reactor
        self._ask = ask
        self._seconds = seconds
        self._free = threading.BoundedSemaphore(at_once)

    @classmethod
    def from_crawler(cls, _crawler: Any, reactor: GuardedReactor) -> "Lookups":
        """Serve as Scrapy's TWISTED_DNS_RESOLVER, so that `scrapy crawl` looks up names as the service does."""
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Become the resolver inside the guard."""
        self._reactor.installNameResolver(cast(IHostnameResolver, self))

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        *_args: Any,
        **_options: Any,
    ) -> _Resolution:
        """Tell the receiver every TCP address of a name; none where it has none or nobody answers in time."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        answer = _Answer(resolutionReceiver)
        try:
            ip = ip_address(hostName.strip("[]"))
        except ValueError:
            self._in_a_thread(answer, hostName, portNumber)
        else:
            answer.give([_tcp(str(ip), portNumber)])
        return resolution

    def _in_a_thread(self, answer: "_Answer", host: str, port: int) -> None:
        if not self._free.acquire(blocking=False):
            log.warning("%s not looked up: too many names wait for an answer", host)
            answer.give([])
            return
        answer.expire(self._reactor.callLater(self._seconds, answer.give, []))  # type: ignore[no-untyped-call]
        threading.Thread(target=self._look_up, args=(answer, host, port), name=f"look up {host}", daemon=True).start()

    def _look_up(self, answer: "_Answer", host: str, port: int) -> None:
        """Run in a thread of its own: getaddrinfo blocks for as long as the name's servers are silent."""
        try:
            found = self._ask(_ascii(host), port, socket.AF_UNSPEC, socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        finally:
            self._free.release()
        addresses = [_tcp(str(each[4][0]), port) for each in found]
        # The loop is closed where a name's servers outlasted the program.
        with contextlib.suppress(RuntimeError):
            self._reactor.callFromThread(answer.give, addresses)  # type: ignore[no-untyped-call]


class _Answer:
    """The first answer counts, be it the name's or the clock's."""

    def __init__(self, receiver: Any) -> None:
        self._receiver = receiver
        self._clock: Any = None

    def expire(self, clock: Any) -> None:
        self._clock = clock

    def give(self, addresses: Sequence[Any]) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is None:
            return
        if self._clock is not None and self._clock.active():
            self._clock.cancel()
        for address in addresses:
            receiver.addressResolved(address)
        receiver.resolutionComplete()


def _tcp(host: str, port: int) -> Any:
    kind = endpoints.IPv6Address if ":" in host else endpoints.IPv4Address
    return kind("TCP", host, port)


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
