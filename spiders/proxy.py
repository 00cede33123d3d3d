"""The configured proxy: where it stands, what it is told of us, and what it must not be asked for."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from monitor import dial
from spiders.credentials import basic


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy by its literal address; `authorization` is the header it wants, "" where it wants none."""

    url: str
    place: dial.Place
    authorization: str = ""


async def locate(url: str) -> Proxy:
    """Return a proxy ready for use; raises `MonitorError` where its name leads nowhere."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = await dial.address_of(parts.hostname or "", port)
    shown = f"[{host}]" if ":" in host else host
    return Proxy(
        f"{parts.scheme}://{shown}:{port}", dial.place(host, port), _authorization(parts.username, parts.password)
    )


def _authorization(user: str | None, password: str | None) -> str:
    if user is None:
        return ""
    return basic(unquote(user), unquote(password or ""))


def may_pass_on(host: str) -> bool:
    """Return False for a private literal address: the proxy would dial it, and our door could not see it."""
    try:
        return dial.public(ip_address(host))
    except ValueError:
        return True
