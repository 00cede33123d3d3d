"""What every test stands on: Scrapy's reactor on pytest's own loop, and a witness that nothing leaves this machine."""

import ipaddress
import re
import sys

import pytest
import pytest_asyncio

from monitor import dial

ABROAD: list[str] = []

_NUMBERS = re.compile(r"[0-9a-fx.:%\[\]]*", re.IGNORECASE)


def _loopback(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    try:
        return ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback
    except ValueError:
        return address[0] == "localhost"


def _witness(event: str, args: tuple) -> None:
    """Refuse, in whatever library, to dial anything but loopback or to ask a name server."""
    if event == "socket.connect" and not _loopback(args[1]):
        ABROAD.append(f"dialled {args[1]}")
    elif event == "socket.getaddrinfo" and not _NUMBERS.fullmatch(_text(args[0])) and _text(args[0]) != "localhost":
        ABROAD.append(f"asked for the name {args[0]!r}")
    else:
        return
    raise AssertionError(f"a test {ABROAD[-1]}")


def _text(host: object) -> str:
    return host.decode("latin-1") if isinstance(host, bytes) else str(host or "")


sys.addaudithook(_witness)


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine():
    """Fail the test that dialled abroad, also where a library swallowed the refusal."""
    ABROAD.clear()
    yield
    assert ABROAD == []


@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def reactor():
    """The guarded reactor, running on the loop that all tests share."""
    async with dial.running() as guarded:
        yield guarded
