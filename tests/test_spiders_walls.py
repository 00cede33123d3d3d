"""Strangers' answers stay inside their bounds: redirects, addresses, credentials, bytes, time, certificates."""

import asyncio
import gzip
import ssl
from base64 import b64decode

import pytest
import trustme
from aiohttp import web
from small_web import NotingDesk, Site, crawl, crawl_of, hang, source, turn

from monitor.dial import DialPolicy, GuardedReactor, Lookups
from spiders.addresses import askable, own_origins
from spiders.handler import HEADER_LIMIT


@pytest.fixture
async def site():
    async with Site("127.0.0.41", {"/robots.txt": web.Response(text=""), "/feed": "x"}) as one:
        yield one


@pytest.fixture
async def other():
    async with Site("127.0.0.42", {"/robots.txt": web.Response(text=""), "/1": "other's"}) as one:
        yield one


@pytest.fixture
def dialled(monkeypatch):
    """Every address that passes the door, written down as it is dialled."""
    addresses: list[str] = []
    dial = GuardedReactor._dial
    monkeypatch.setattr(
        GuardedReactor, "_dial", lambda self, host, *rest: addresses.append(host) or dial(self, host, *rest)
    )
    return addresses


def to(url: str, status: int = 302, **headers: str) -> web.Response:
    return web.Response(status=status, headers={"Location": url} | headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_and_both_addresses_are_told(site, status):
    site.answers |= {"/1": to("/2#part", status), "/2": "second"}
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1")))
    [page] = desk.pages
    assert (page.entry.url, page.url, page.body.packed) == (site.url("/1"), site.url("/2"), b"second")


@pytest.mark.parametrize(("statuses", "moved"), [((301, 308), True), ((301, 302), False), ((), False)])
async def test_a_listing_that_moved_for_good_says_where_to(site, statuses, moved):
    for number, status in enumerate(statuses):
        site.answers[f"/{number}" if number else "/feed"] = to(f"/{number + 1}", status)
    site.answers[f"/{len(statuses)}"] = "x"
    desk = await crawl(turn(source("a", site.url("/feed"))))
    assert desk.listings[0].moved == (site.url(f"/{len(statuses)}") if moved else "")


async def test_p23_more_redirects_than_five_are_too_many(site):
    for number in range(20):
        site.answers[f"/{number}"] = to(f"/{number + 1}")
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/0")))
    assert desk.failures == {site.url("/0"): ("too many redirects", False, None)}
    assert site.paths()[2:] == ["/0", "/1", "/2", "/3", "/4", "/5"]


FORBIDDEN = [
    "file:///etc/passwd",
    "ftp://127.0.0.41/x",
    "data:text/html,x",
    "gopher://127.0.0.41/x",
    "javascript:alert(1)",
    "http://user:password@127.0.0.41/",
    "http://127.0.0.41:99999/",
    "https://[::1",
]


@pytest.mark.parametrize("target", FORBIDDEN)
async def test_p22_a_redirect_to_what_is_no_web_address_is_not_followed(site, target):
    site.answers["/1"] = to(target)
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1")))
    assert desk.reasons() == {site.url("/1"): "bad address"}
    assert site.paths() == ["/robots.txt", "/feed", "/1"]


PRIVATE = [
    "http://127.0.0.43:1/",
    "http://127.1:1/",
    "http://2130706475:1/",
    "http://0x7f00002b:1/",
    "http://0:1/",
    "http://localhost:1/",
    "http://[::1]:1/",
    "http://[::ffff:127.0.0.43]:1/",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/",
]


@pytest.mark.parametrize("target", PRIVATE)
async def test_p22_a_redirect_or_a_link_to_a_private_address_is_refused_before_it_is_dialled(site, dialled, target):
    site.answers["/1"] = to(target)
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1"), target))
    assert set(desk.reasons()) == {site.url("/1"), target}
    assert set(desk.reasons().values()) == {"refused address"}
    assert set(dialled) == {"127.0.0.41"}


async def test_p21_a_source_without_allow_private_reaches_no_private_address(site, dialled):
    desk = await crawl(turn(source("a", site.url("/feed"), allow_private=False), site.url("/1")))
    assert desk.listings[0].reason == "refused address"
    assert dialled == []
    assert site.asked == []


async def test_p22_one_source_s_private_host_is_not_reached_through_another_source(site, other):
    site.answers |= {"/1": to(other.url("/1"))}
    a, b = source("a", site.url("/feed")), source("b", other.url("/feed"))
    desk = await crawl(turn(a, site.url("/1"), other.url("/1")), policy=DialPolicy.of([a, b]))
    assert desk.reasons() == {site.url("/1"): "refused address", other.url("/1"): "refused address"}
    assert other.asked == []


@pytest.fixture
def names(reactor):
    """Names of our own, in place of DNS: each look-up takes the next of a name's answers."""
    answers: dict[str, list[str]] = {}

    def ask(host: str, port: int, *_: object):
        known = answers[host]
        return [(0, 0, 0, "", (known.pop(0) if len(known) > 1 else known[0], port))]

    Lookups(reactor, ask=ask).install_on_reactor()
    yield answers
    Lookups(reactor).install_on_reactor()


async def test_a_private_host_that_a_source_opened_is_reached_by_its_name(site, names, dialled):
    names["intranet.test"] = ["127.0.0.41"]
    site.answers["/1"] = "x"
    intranet = f"http://intranet.test:{site.port}"
    desk = await crawl(turn(source("a", f"{intranet}/feed"), f"{intranet}/1"))
    assert [page.url for page in desk.pages] == [f"{intranet}/1"]
    assert set(dialled) == {"127.0.0.41"}


async def test_p22_a_name_that_leads_to_another_source_s_private_address_is_refused(site, other, names, dialled):
    names["evil.test"] = ["127.0.0.42"]
    evil = f"http://evil.test:{other.port}/1"
    site.answers |= {"/1": to(evil)}
    a, b = source("a", site.url("/feed")), source("b", other.url("/feed"))
    other.answers["/feed"] = "x"
    desk = await crawl(turn(b), turn(a, site.url("/1"), evil), policy=DialPolicy.of([a, b]))
    assert desk.reasons() == {site.url("/1"): "refused address", evil: "refused address"}
    assert other.paths() == ["/robots.txt", "/feed"], "asked for by its owner alone"


async def test_p22_a_name_that_changes_its_answer_is_cut_off_at_the_next_dial(site, names, dialled):
    names["intranet.test"] = ["127.0.0.41", "169.254.169.254"]
    intranet = f"http://intranet.test:{site.port}"
    closing = web.Response(text="x", headers={"Connection": "close"})
    site.answers |= {"/robots.txt": web.Response(text="", headers={"Connection": "close"}), "/feed": closing}
    desk = await crawl(turn(source("a", f"{intranet}/feed")))
    assert desk.listings[0].reason == "refused address"
    assert dialled == ["127.0.0.41"]


async def test_p22_a_proxy_in_the_environment_is_not_used(site, monkeypatch, dialled):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.42:1")
    site.answers["/1"] = "x"
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1")))
    assert len(desk.pages) == 1
    assert set(dialled) == {"127.0.0.41"}


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://a.test/x", ("a.test", 80)),
        ("https://A.test:444", ("a.test", 444)),
        ("http://[::1]:81/", ("::1", 81)),
        ("http://a.test/ünï?ö", ("a.test", 80)),
        ("http://user@a.test/", None),
        ("http://a.test@evil.test/", None),
        ("http://a.test:80:80/", None),
        ("http://a.test:x/", None),
        ("http://a.test:/", ("a.test", 80)),
        ("http:///x", None),
        ("a.test/x", None),
        ("ftp://a.test/", None),
        ("", None),
    ],
)
def test_p21_what_is_asked_for_at_all(url, place):
    assert askable(url) == place


async def test_p28_a_source_s_headers_go_to_its_own_origins_only(site, other):
    site.answers |= {"/1": to(other.url("/1")), "/2": "x"}
    a = source("a", site.url("/feed"), headers=(("Authorization", "Bearer secret"), ("X-Key", "7")))
    policy = DialPolicy((("a", frozenset({("127.0.0.41", site.port), ("127.0.0.42", other.port)})),))
    desk = await crawl(turn(a, site.url("/1"), site.url("/2")), policy=policy)
    assert len(desk.pages) == 2
    assert {asked.headers.get("Authorization") for asked in site.asked} == {"Bearer secret"}
    for asked in other.asked:
        assert not {"Authorization", "X-Key", "Referer", "Cookie"} & set(asked.headers)


async def test_p28_user_and_password_go_to_the_source_s_own_origins_only(site, other, tmp_path):
    (tmp_path / "password").write_text("se:crét\n", encoding="utf-8")
    site.answers |= {"/1": to(other.url("/1")), "/2": "x"}
    a = source("a", site.url("/feed"), user="reader", password_file=tmp_path / "password")
    policy = DialPolicy((("a", frozenset({("127.0.0.41", site.port), ("127.0.0.42", other.port)})),))
    desk = await crawl(turn(a, site.url("/1"), site.url("/2")), policy=policy)
    assert len(desk.pages) == 2
    sent = {asked.headers.get("Authorization") for asked in site.asked}
    assert [b64decode(value.removeprefix("Basic ")).decode() for value in sent] == ["reader:se:crét"]
    assert not any("Authorization" in asked.headers for asked in other.asked)


async def test_p28_without_its_password_nothing_of_a_source_is_asked_for(site, tmp_path):
    a = source("a", site.url("/feed"), user="reader", password_file=tmp_path / "gone")
    desk = await crawl(turn(a))
    assert [answer.reason for answer in desk.listings] == ["password file cannot be read"]
    assert (site.asked, desk.kept) == ([], {})


def test_p28_an_own_origin_is_scheme_host_and_port():
    a = source("a", "https://a.test/feed")
    assert own_origins(a) == {"https://a.test"}


async def test_p28_what_a_server_says_of_referrers_and_cookies_has_no_effect(site):
    strange = {"Referrer-Policy": "os.system", "Set-Cookie": "id=1; Domain=test; Path=/", "Refresh": "0; url=/2"}
    site.answers |= {"/1": web.Response(text="x", headers=strange), "/2": "x"}
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1"), site.url("/2")))
    assert len(desk.pages) == 2
    assert site.paths() == ["/robots.txt", "/feed", "/1", "/2"]
    assert not {"Referer", "Cookie"} & set(site.asked[-1].headers)


async def endless(request):
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"x" * 65536)


async def test_p23_a_body_without_end_is_cut_and_named(site):
    site.answers["/1"] = endless
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1")))
    assert desk.failures == {site.url("/1"): ("too large", False, None)}


async def test_p23_a_body_that_says_it_is_too_large_is_not_read(site):
    async def large(request):
        response = web.StreamResponse(headers={"Content-Length": str(10**10)})
        await response.prepare(request)
        await response.write(b"x")
        return await hang(request)

    site.answers["/1"] = large
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1")))
    assert desk.reasons() == {site.url("/1"): "too large"}


async def test_p23_a_listing_may_be_twice_as_large_as_a_page(site):
    twelve = web.Response(body=b"x" * (12 * 1024 * 1024))
    site.answers |= {"/feed": twelve, "/1": twelve}
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1")))
    assert desk.listings[0].status == 200
    assert desk.reasons() == {site.url("/1"): "too large"}


async def test_p23_a_bomb_passes_packed_and_is_not_opened_here(site):
    bomb = gzip.compress(b"0" * 50_000_000)
    site.answers["/1"] = web.Response(body=bomb, headers={"Content-Encoding": "gzip"})
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1")))
    assert desk.pages[0].body.packed == bomb


async def raw(address: str, answer):
    """A server that writes what it likes; `answer` gets the writer."""

    async def serve(reader, writer):
        request = await reader.readuntil(b"\r\n\r\n")
        try:
            if b"GET /robots.txt" in request:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                await answer(writer)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    return await asyncio.start_server(serve, address, 0)


async def answered_by(answer, **options):
    server = await raw("127.0.0.44", answer)
    async with server:
        port = server.sockets[0].getsockname()[1]
        desk = await crawl(turn(source("a", f"http://127.0.0.44:{port}/feed")), **options)
    return desk.listings[0]


async def test_p23_headers_without_end_are_cut(site):
    written = 0

    async def headers(writer):
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: " + b"y" * 1000 + b"\r\n")
            written += 1010
            await writer.drain()

    answer = await answered_by(headers)
    assert answer.reason == "too large"
    assert written < 50 * HEADER_LIMIT, "what the sockets buffer, no more"


async def test_p23_fifty_thousand_cookies_are_too_many(site):
    async def cookies(writer):
        writer.write(b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: a=b\r\n" * 50_000 + b"Content-Length: 1\r\n\r\nx")

    assert (await answered_by(cookies)).reason == "too large"


async def test_p23_a_byte_at_a_time_ends_when_the_request_s_time_is_up(site):
    async def trickle(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    answer = await answered_by(trickle, request_seconds=0.1)
    assert answer.reason == "timeout"


async def test_p23_the_time_of_a_request_counts_over_all_its_redirects(site):
    async def slowly_on(request):
        await asyncio.sleep(0.08)
        return to(str(int(request.path[1:]) + 1))

    site.answers |= {f"/{number}": slowly_on for number in range(5)}
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/0")), request_seconds=0.2)
    assert desk.failures == {site.url("/0"): ("timeout", True, None)}
    assert site.paths()[2:] == ["/0", "/1", "/2"]


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\x00\x01\x02\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 999999999999 x\r\n\r\n", b"HTTP/1.1\r\n\r\n"],
)
async def test_an_answer_that_is_no_http_is_a_reason(site, garbage):
    async def write(writer):
        writer.write(garbage)

    answer = await answered_by(write)
    assert answer.status == 0
    assert answer.reason in ("connection", "bad answer")


async def test_p23_a_hanging_request_costs_its_host_no_more_than_its_time(site):
    site.answers |= {"/1": hang, "/2": "x"}
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1"), site.url("/2")), request_seconds=0.1)
    assert desk.reasons() == {site.url("/1"): "timeout"}
    assert [page.url for page in desk.pages] == [site.url("/2")]


@pytest.fixture
async def secure(tmp_path):
    """A site over TLS: its certificate is good for 127.0.0.45, not for 127.0.0.46, and only if its CA is trusted."""
    ca = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("127.0.0.45").configure_cert(context)
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")

    async def serve(reader, writer):
        while line := await reader.readline():
            if line == b"\r\n":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")
                await writer.drain()

    servers = [await asyncio.start_server(serve, host, 0, ssl=context) for host in ("127.0.0.45", "127.0.0.46")]
    yield [f"https://{host}:{port}/" for host, port in (server.sockets[0].getsockname() for server in servers)]
    for server in servers:
        server.close()


async def ends_with(url: str) -> str:
    desk = NotingDesk([turn(source("a", url))])
    await crawl_of(desk).run()
    return desk.listings[0].reason or desk.listings[0].body.packed.decode()


async def test_a_certificate_nobody_vouches_for_is_refused(secure):
    assert await ends_with(secure[0]) == "tls"


async def test_a_certificate_is_good_for_the_host_it_names_and_no_other(secure, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert await ends_with(secure[0]) == "good"
    assert await ends_with(secure[1]) == "tls"
