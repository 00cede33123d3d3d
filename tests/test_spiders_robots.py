"""robots.txt is obeyed as RFC 9309 says it, failing closed, and asked for once a day."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from small_web import NotingDesk, Site, crawl, crawl_of, hang, source, turn

from spiders import robots
from spiders.desk import Robots

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ORIGIN = "https://a.test"


def rules(text: str) -> Robots:
    return robots.judge(ORIGIN, 200, text.encode(), NOW)


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /\nAllow: /news/", "/news/1", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: news-monitor\nAllow: /", "/a", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: News-Monitor\nDisallow: /", "/a", False),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("User-agent: other\nUser-agent: *\nDisallow: /x", "/x", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        ("User-agent: *\nDisallow: /a*z", "/abcz/1", False),
        ("User-agent: *\nDisallow: /кот", "/%D0%BA%D0%BE%D1%82", False),
        ("User-agent: *\nDisallow: /page?id=", "/page?id=3", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("User-agent: * # all\nDisallow: /a # here", "/a", False),
        ("<!DOCTYPE html><html><body>User-agent: nothing here</body></html>", "/a", True),
        ("\x00\x01\x02", "/a", True),
    ],
)
def test_p26_rules(text, path, allowed):
    assert robots.allows(rules(text), ORIGIN + path) is allowed


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_p26_a_site_without_robots_txt_allows_everything_for_a_day(status):
    judged = robots.judge(ORIGIN, status, b"User-agent: *\nDisallow: /", NOW)
    assert robots.allows(judged, ORIGIN + "/a")
    assert judged.until == NOW + timedelta(hours=24)


@pytest.mark.parametrize("status", [0, 429, 500, 502, 503, 599, 304, 302])
def test_p26_a_site_that_cannot_be_asked_allows_nothing_for_a_while(status):
    judged = robots.judge(ORIGIN, status, b"User-agent: *\nAllow: /", NOW)
    assert not robots.allows(judged, ORIGIN + "/a")
    assert NOW < judged.until < NOW + timedelta(hours=1)


def test_p26_what_stands_beyond_500_kib_is_not_read_nor_a_line_cut_in_two():
    filler = "# " + "x" * 97 + "\n"
    text = "User-agent: *\nDisallow: /a\n" + filler * 5119 + "Disallow: /private/but/not/b\n" + filler * 50
    judged = robots.judge(ORIGIN, 200, text.encode(), NOW)
    assert len(judged.text) <= 500 * 1024
    assert not robots.allows(judged, ORIGIN + "/a")
    assert robots.allows(judged, ORIGIN + "/private")


def test_crawl_delay_is_read_and_bounded():
    assert robots.delay(rules("User-agent: *\nCrawl-delay: 2.5")) == 2.5
    assert robots.delay(rules("User-agent: *\nCrawl-delay: 86400")) == 30
    assert robots.delay(rules("User-agent: *\nCrawl-delay: no")) == 0
    assert robots.delay(robots.judge(ORIGIN, 500, b"", NOW)) == 0


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.test/x?y#z", "https://a.test"),
        ("http://a.test:80/", "http://a.test"),
        ("https://A.test:443", "https://a.test"),
        ("http://a.test:443/", "http://a.test:443"),
        ("http://[::1]:8000/x", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, origin):
    assert robots.origin(url) == origin


@pytest.fixture
async def site():
    async with Site("127.0.0.31", {"/feed": "x", "/1": "x", "/2": "x"}) as one:
        yield one


@pytest.fixture
async def other():
    async with Site("127.0.0.32", {"/robots.txt": web.Response(text="")}) as one:
        yield one


async def test_p26_what_is_disallowed_is_not_asked_for(site):
    site.answers["/robots.txt"] = web.Response(text="User-agent: *\nDisallow: /1")
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1"), site.url("/2")))
    assert site.paths() == ["/robots.txt", "/feed", "/2"]
    assert desk.failures == {site.url("/1"): ("robots.txt", False, None)}


async def test_p26_a_disallowed_listing_is_told_with_its_reason(site):
    site.answers["/robots.txt"] = web.Response(text="User-agent: *\nDisallow: /feed")
    desk = await crawl(turn(source("a", site.url("/feed"))))
    assert desk.listings[0].reason == "robots.txt"
    assert site.paths() == ["/robots.txt"]


async def cut(request):
    request.transport.close()
    return web.Response()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (web.Response(status=500), "robots.txt unreachable"),
        (web.Response(status=503), "robots.txt unreachable"),
        (cut, "connection"),
    ],
)
async def test_p26_nothing_is_fetched_where_robots_txt_cannot_be_had(site, answer, why):
    site.answers["/robots.txt"] = answer
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1")))
    assert site.paths() == ["/robots.txt"]
    assert desk.listings[0].reason == why
    reason, retry, after = desk.failures[site.url("/1")]
    assert (reason, retry) == (why, True)
    assert timedelta(minutes=9) < after <= timedelta(minutes=10)


async def test_p26_nothing_is_fetched_where_robots_txt_never_comes(site):
    site.answers["/robots.txt"] = hang
    desk = await crawl(turn(source("a", site.url("/feed"))), request_seconds=0.1)
    assert site.paths() == ["/robots.txt"]
    assert desk.listings[0].reason == "timeout"


async def test_p26_robots_txt_is_asked_for_once_and_kept_beyond_the_crawl(site):
    site.answers["/robots.txt"] = web.Response(text="User-agent: *\nDisallow: /1")
    a, b = source("a", site.url("/feed")), source("b", site.url("/feed"))
    desk = await crawl(turn(a, site.url("/1")), turn(b, site.url("/2")))
    again = NotingDesk([turn(a, site.url("/1"))], kept=desk.kept)
    await crawl_of(again).run()
    assert site.paths().count("/robots.txt") == 1
    assert again.reasons() == {site.url("/1"): "robots.txt"}


async def test_p26_a_copy_past_its_day_is_asked_for_again(site):
    origin = site.url("")
    site.answers["/robots.txt"] = web.Response(text="")
    desk = NotingDesk([turn(source("a", site.url("/feed")))])
    desk.kept[origin] = Robots(origin, None, datetime.now(UTC) - timedelta(seconds=1))
    await crawl_of(desk).run()
    assert site.paths() == ["/robots.txt", "/feed"]
    assert desk.kept[origin].text == ""


async def test_p26_a_redirect_to_another_host_speaks_for_the_host_that_was_asked(site, other):
    site.answers["/robots.txt"] = web.Response(status=301, headers={"Location": other.url("/rules")})
    other.answers["/rules"] = web.Response(text="User-agent: *\nDisallow: /1")
    desk = await crawl(turn(source("a", site.url("/feed"), other.url("/")), site.url("/1")))
    assert desk.reasons() == {site.url("/1"): "robots.txt"}
    assert "/feed" in site.paths()


async def test_p26_more_redirects_than_five_are_no_robots_txt(site):
    for number in range(9):
        site.answers[f"/r{number}"] = web.Response(status=302, headers={"Location": f"/r{number + 1}"})
    site.answers["/robots.txt"] = web.Response(status=302, headers={"Location": "/r1"})
    await crawl(turn(source("a", site.url("/feed"))))
    assert site.paths() == ["/robots.txt", "/r1", "/r2", "/r3", "/r4", "/r5", "/feed"]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://127.0.0.32:1/robots.txt", "http://169.254.169.254/"])
async def test_p26_a_robots_txt_that_sends_us_where_we_must_not_go_shuts_the_site(site, target):
    site.answers["/robots.txt"] = web.Response(status=302, headers={"Location": target})
    desk = await crawl(turn(source("a", site.url("/feed"))))
    assert site.paths() == ["/robots.txt"]
    assert desk.listings[0].reason == "robots.txt unreachable"


async def test_p26_every_redirect_of_a_page_asks_the_robots_txt_of_where_it_leads(site, other):
    site.answers |= {
        "/robots.txt": web.Response(text=""),
        "/1": web.Response(status=302, headers={"Location": other.url("/1")}),
    }
    other.answers["/robots.txt"] = web.Response(text="User-agent: *\nDisallow: /1")
    desk = await crawl(turn(source("a", site.url("/feed"), other.url("/")), site.url("/1")))
    assert desk.reasons() == {site.url("/1"): "robots.txt"}
    assert "/1" not in other.paths()


async def test_p27_robots_txt_with_429_is_no_unreachable_site_but_one_that_asks_for_patience(site):
    site.answers["/robots.txt"] = web.Response(status=429, headers={"Retry-After": "7200"})
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1")))
    assert site.paths() == ["/robots.txt"]
    assert desk.holds["127.0.0.31"] > datetime.now(UTC) + timedelta(hours=1)


async def test_two_turns_that_need_the_same_robots_txt_ask_for_it_once(site):
    async def slow(_):
        await asyncio.sleep(0.05)
        return web.Response(text="")

    site.answers["/robots.txt"] = slow
    await crawl(*(turn(source(name, site.url("/feed"))) for name in "abcd"))
    assert site.paths() == ["/robots.txt", *["/feed"] * 4]
