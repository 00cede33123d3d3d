"""Names to addresses: getaddrinfo in daemon threads, bounded in number and in time."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, NoReturn, cast

from twisted.internet import address as endpoints
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer

from monitor.dial.policy import in_ascii

log = logging.getLogger(__name__)

LOOKUP_SECONDS = 10.0
# Names whose servers never answer hold a thread each until the C library gives up (half a minute by default).
LOOKUPS_AT_ONCE = 128


@implementer(IHostResolution)
@dataclass(frozen=True, slots=True)
class _Resolution:
    name: str

    def cancel(self) -> NoReturn:
        """Refuse, as Twisted's own resolver does: getaddrinfo cannot be called back."""
        raise NotImplementedError


@implementer(IHostnameResolver)
class Lookups:
    """getaddrinfo in daemon threads, bounded in number and in time.

    Twisted's own resolver shares ten threads with everything else and waits for ever; there, ten dead names stop the
    whole crawl, and the threads hold up the exit. `ask` is getaddrinfo or stands in for it.
    """

    def __init__(
        self,
        reactor: Any,
        ask: Callable[..., Sequence[Any]] = socket.getaddrinfo,
        seconds: float = LOOKUP_SECONDS,
        at_once: int = LOOKUPS_AT_ONCE,
    ) -> None:
        self._reactor = reactor
        self._ask = ask
        self._seconds = seconds
        self._free = threading.BoundedSemaphore(at_once)

    @classmethod
    def from_crawler(cls, _crawler: Any, reactor: Any) -> "Lookups":
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
        answer.expire(self._reactor.callLater(self._seconds, answer.give, []))
        threading.Thread(target=self._look_up, args=(answer, host, port), name=f"look up {host}", daemon=True).start()

    def _look_up(self, answer: "_Answer", host: str, port: int) -> None:
        """Run in a thread of its own: getaddrinfo blocks for as long as the name's servers are silent."""
        try:
            found = self._ask(in_ascii(host), port, socket.AF_UNSPEC, socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        finally:
            self._free.release()
        addresses = [_tcp(str(each[4][0]), port) for each in found]
        # The loop is closed where a name's servers outlasted the program.
        with contextlib.suppress(RuntimeError):
            self._reactor.callFromThread(answer.give, addresses)


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
