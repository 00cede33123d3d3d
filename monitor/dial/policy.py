"""Which addresses may be dialled, and which private ones a source opened for itself. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any
from urllib.parse import urlsplit

import idna

from monitor.records import Source

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
_DEFAULT_PORTS = frozenset((80, 443))


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
    return in_ascii(host), port


def in_ascii(host: str) -> str:
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
    """Which places each source opened for itself, as (source id, its places) pairs, and where the proxy stands."""

    private: tuple[tuple[str, frozenset[Place]], ...] = ()
    proxy: Place | None = None

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
        return key == self.proxy or any(key in own for _, own in self.private)

    def may_ask(self, source: str, host: str, port: int) -> bool:
        """Return False for the proxy's own place, and for one that others opened for themselves and this did not."""
        key = place(host, port)
        if key == self.proxy:
            return False
        owners = [owner for owner, own in self.private if key in own]
        return not owners or source in owners
