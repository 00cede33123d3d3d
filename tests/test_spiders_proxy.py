"""A configured proxy is used for everything, and is no way round the door."""

import asyncio

import pytest
from small_web import NotingDesk, crawl, crawl_of, source, turn

from monitor.dial import DialPolicy, GuardedReactor
from monitor.errors import MonitorError


class Proxy:
    """A real proxy that notes what it is asked for and answers by itself."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.heads: list[str] = []

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.48", 0)
        self.address = f"127.0.0.48:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader, writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        method, target, _ = head.split(" ", 2)
        self.asked.append(f"{method} {target}")
        status = "403 Forbidden" if method == "CONNECT" else "404 Not Found" if "robots" in target else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok".encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def proxy():
    async with Proxy() as one:
        yield one


def stranger(url: str, *pages: str):
    return turn(source("a", url, allow_private=False), *pages)


async def test_every_request_goes_through_the_proxy_and_names_are_left_to_it(proxy):
    desk = await crawl(stranger("http://news.test/feed", "http://news.test/1"), proxy=f"http://{proxy.address}")
    assert proxy.asked == [f"GET http://news.test/{path}" for path in ("robots.txt", "feed", "1")]
    assert desk.pages[0].body.packed == b"ok"


async def test_a_tunnel_that_the_proxy_refuses_is_a_reason(proxy):
    desk = await crawl(stranger("https://news.test/feed"), proxy=f"http://{proxy.address}")
    assert proxy.asked == ["CONNECT news.test:443"]
    assert desk.listings[0].reason == "connection"


async def test_the_proxy_may_be_named_and_may_want_a_password(proxy, monkeypatch):
    port = proxy.address.rpartition(":")[2]
    asked = f"http://us%40:er@proxy.test:{port}"

    def ask(host: str, port: int, *_: object):
        assert host == "proxy.test"
        return [(0, 0, 0, "", ("127.0.0.48", port))]

    monkeypatch.setattr("monitor.dial.reactor.Lookups", _Lookups(ask))
    await crawl(stranger("http://news.test/feed"), proxy=asked)
    assert "Proxy-Authorization: Basic dXNAOmVy" in proxy.heads[0]
    assert "us%40" not in proxy.heads[0]


class _Lookups:
    def __init__(self, ask) -> None:
        from monitor.dial import Lookups

        self._make = lambda reactor: Lookups(reactor, ask=ask)

    def __call__(self, reactor):
        return self._make(reactor)


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://127.0.0.49:1/", "http://[::1]/", "http://169.254.169.254/"]
)
async def test_p21_the_proxy_is_not_asked_for_private_addresses(proxy, target):
    desk = await crawl(stranger("http://news.test/feed", target), proxy=f"http://{proxy.address}")
    assert desk.reasons() == {target: "refused address"}
    assert not any(target.removesuffix("/") in asked for asked in proxy.asked)


async def test_p21_no_source_reaches_the_proxy_itself(proxy):
    desk = await crawl(stranger("http://news.test/feed", f"http://{proxy.address}/"), proxy=f"http://{proxy.address}")
    assert desk.reasons() == {f"http://{proxy.address}/": "refused address"}


async def test_p22_without_a_proxy_in_the_config_its_private_place_is_shut_again(proxy, reactor: GuardedReactor):
    await crawl(stranger("http://news.test/feed"), proxy=f"http://{proxy.address}")
    before = len(proxy.asked)
    await crawl(stranger(f"http://{proxy.address}/feed"), policy=DialPolicy())
    assert len(proxy.asked) == before


async def test_a_proxy_that_does_not_exist_is_told_in_plain_words(monkeypatch):
    def ask(*_: object):
        raise OSError

    monkeypatch.setattr("monitor.dial.reactor.Lookups", _Lookups(ask))
    desk = NotingDesk([stranger("http://news.test/feed")])
    with pytest.raises(MonitorError, match=r"proxy\.test has no address"):
        await crawl_of(desk, proxy="http://proxy.test:3128").run()
