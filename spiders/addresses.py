"""Which addresses are asked for at all, and which are a source's own. Pure; the dial checks what they lead to."""

from urllib.parse import urlsplit

from twisted.web.client import URI
from w3lib.url import safe_url_string

from monitor.dial import Place
from monitor.records import Source
from spiders.robots import origin


def askable(url: str) -> Place | None:
    """Return the host and port a web address will be dialled at, or None where it must not be asked for.

    Only http and https, and no `user@`, which serves to disguise a host. The address is read twice, by Python and by
    the client that dials; where they differ, one of them is being deceived.
    """
    try:
        safe = safe_url_string(url)
        parts = urlsplit(safe)
        host, port = parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]
        dialled = URI.fromBytes(safe.encode("ascii"))  # type: ignore[no-untyped-call]
    except (ValueError, KeyError):
        return None
    if not host or "@" in parts.netloc:
        return None
    if (dialled.host.decode("ascii").strip("[]").lower(), dialled.port) != (host, port):
        return None
    return host, port


def own_origins(source: Source) -> frozenset[str]:
    """Return the origins that may see a source's headers: exactly those its config names."""
    return frozenset(origin(url) for url in (source.url, *(listing.url for listing in source.listings)))
