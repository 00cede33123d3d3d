"""Sources in, pages out: what a crawl brings to its desk, and that it loses nothing on the way."""

import asyncio
import functools
import gzip
import time

import pytest
from aiohttp import web
from small_web import NotingDesk, Site, crawl, crawl_of, hang, source, turn, wanted

from monitor.errors import StoreError
from monitor.records import Entry, Kind, Listing
from spiders.desk import Found, ListingState, Turn, Validators, Wanted
from spiders.turns import Backlog


@pytest.fixture
async def site():
    async with Site("127.0.0.11", {"/robots.txt": web.Response(text="")}) as one:
        yield one


@pytest.fixture
async def other():
    async with Site("127.0.0.12", {"/robots.txt": web.Response(text="")}) as one:
        yield one


async def test_a_listing_s_pages_come_to_the_desk_as_they_were_sent(site):
    packed = gzip.compress(b"<p>one</p>")
    site.answers |= {
        "/feed": web.Response(text="<rss/>", headers={"ETag": '"1"', "Cache-Control": "public, max-age=600"}),
        "/1": web.Response(body=packed, headers={"Content-Encoding": "gzip", "Content-Type": "text/html; charset=x"}),
        "/2": web.Response(text="two", headers={"Last-Modified": "Tue, 24 Nov 2026 10:00:00 GMT"}),
    }
    a = source("a", site.url("/feed"))
    desk = await crawl(turn(a), found={site.url("/feed"): [site.url("/1"), site.url("/2")]})

    [listing] = desk.listings
    assert (listing.status, listing.body.packed, listing.validators.etag) == (200, b"<rss/>", '"1"')
    assert listing.max_age.total_seconds() == 600
    pages = {page.url: page for page in desk.pages}
    assert pages[site.url("/1")].body.packed == packed
    assert pages[site.url("/1")].body.encoding == "gzip"
    assert pages[site.url("/1")].body.content_type == "text/html; charset=x"
    assert pages[site.url("/2")].validators.last_modified == "Tue, 24 Nov 2026 10:00:00 GMT"
    assert site.paths() == ["/robots.txt", "/feed", "/1", "/2"]
    assert desk.over == ["a"]


async def test_every_request_says_who_we_are_and_carries_nothing_else_of_us(site):
    site.answers |= {"/feed": "x", "/1": web.Response(text="x", headers={"Set-Cookie": "id=1; Path=/"}), "/2": "x"}
    a = source("a", site.url("/feed"), language="fr")
    await crawl(turn(a, site.url("/1"), site.url("/2")), contact="https://example.org/contact")
    for asked in site.asked:
        assert asked.headers["User-Agent"].startswith("news-monitor/")
        assert asked.headers["User-Agent"].endswith("(+https://example.org/contact)")
        assert asked.headers["Accept-Encoding"] == "gzip, deflate, br, zstd"
        assert asked.headers["Accept-Language"].startswith("fr")
        assert not {"Referer", "Cookie", "Authorization"} & set(asked.headers)


async def test_validators_go_back_word_for_word_and_304_is_brought_without_a_body(site):
    async def unchanged(request):
        same = request.headers.get("If-None-Match") == 'W/"7"' and request.headers.get("If-Modified-Since") == "then"
        return web.Response(status=304) if same else web.Response(text="changed")

    site.answers |= {"/feed": unchanged, "/1": unchanged}
    known = Validators('W/"7"', "then")
    a = source("a", site.url("/feed"))
    asked = Turn(a, (ListingState(a.listings[0], known),), (Wanted(Entry(site.url("/1")), known),))
    desk = await crawl(asked)
    assert [(each.status, each.body.packed) for each in (*desk.listings, *desk.pages)] == [(304, b""), (304, b"")]


async def test_a_full_poll_sends_no_validators(site):
    site.answers["/feed"] = "x"
    a = source("a", site.url("/feed"))
    desk = await crawl(Turn(a, (ListingState(a.listings[0], Validators('"7"', "then"), full=True),)))
    assert desk.listings[0].status == 200
    assert not {"If-None-Match", "If-Modified-Since"} & set(site.asked[-1].headers)


async def test_a_304_that_nobody_asked_for_is_a_failure(site):
    site.answers["/feed"] = web.Response(status=304)
    desk = await crawl(turn(source("a", site.url("/feed"))))
    assert (desk.listings[0].status, desk.listings[0].reason) == (0, "http 304")


async def test_further_listings_are_asked_for_once_each_however_they_point_at_each_other(site):
    parts = [Listing(Kind.SITEMAP, site.url(f"/part{number}")) for number in (1, 2)]
    site.answers |= {"/feed": "x", "/part1": "x", "/part2": "x"}
    a = source("a", site.url("/feed"))
    states = tuple(map(ListingState, (*parts, a.listings[0])))
    desk = NotingDesk(
        [turn(a)], {url: Found(listings=states) for url in (site.url("/feed"), parts[0].url, parts[1].url)}
    )
    await crawl_of(desk).run()
    assert sorted(site.paths()) == ["/feed", "/part1", "/part2", "/robots.txt"]
    assert len(desk.listings) == 3


@pytest.mark.parametrize(
    ("status", "retry"), [(404, False), (410, False), (403, False), (401, False), (500, True), (408, True), (502, True)]
)
async def test_a_failing_status_is_a_reason_and_says_whether_to_ask_again(site, status, retry):
    site.answers |= {"/feed": web.Response(status=status), "/1": web.Response(status=status)}
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1")))
    assert (desk.listings[0].status, desk.listings[0].reason) == (status, f"http {status}")
    assert desk.failures == {site.url("/1"): (f"http {status}", retry, None)}


async def test_a_host_that_refuses_connections_is_a_reason(site):
    gone = "http://127.0.0.11:1/feed"
    desk = await crawl(turn(source("a", gone), "http://127.0.0.11:1/1"))
    assert desk.listings[0].reason == "connection"
    assert desk.reasons() == {"http://127.0.0.11:1/1": "connection"}


async def test_an_answer_cut_short_is_no_page(site):
    async def short(request):
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half of it")
        request.transport.close()
        return response

    site.answers |= {"/feed": "x", "/1": short}
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1")))
    assert desk.failures == {site.url("/1"): ("connection", True, None)}
    assert desk.pages == []


async def test_sources_side_by_side_do_not_wait_for_each_other(site, other):
    site.answers |= {"/feed": hang}
    other.answers |= {"/feed": "x", "/1": "x"}
    desk = NotingDesk([turn(source("a", site.url("/feed"))), turn(source("b", other.url("/feed")), other.url("/1"))])
    crawling = crawl_of(desk)
    running = asyncio.create_task(crawling.run())
    while desk.over != ["b"]:
        await asyncio.sleep(0.005)
    crawling.stop()
    await running
    assert len(desk.pages) == 1


async def test_sources_join_a_crawl_that_runs(site, other):
    site.answers["/feed"] = other.answers["/feed"] = "x"
    a, b = source("a", site.url("/feed")), source("b", other.url("/feed"))

    class Joining(NotingDesk):
        async def next_turn(self):
            while self.turns and self.turns[0].source is b and self.over != ["a"]:
                await asyncio.sleep(0.005)
            return await super().next_turn()

    desk = Joining([turn(a), turn(b)])
    await crawl_of(desk).run()
    assert desk.over == ["a", "b"]


async def test_a_stop_cuts_whatever_hangs_and_leaves_the_rest_pending(site, other):
    site.answers |= {"/feed": "x", "/1": hang}
    other.answers |= {"/robots.txt": hang}
    waiting = [site.url(f"/{number}") for number in range(2, 500)]
    desk = NotingDesk(
        [turn(source("a", site.url("/feed")), site.url("/1"), *waiting), turn(source("b", other.url("/")))]
    )
    crawling = crawl_of(desk)
    running = asyncio.create_task(crawling.run())
    while "/1" not in site.paths() or not other.asked:
        await asyncio.sleep(0.005)
    before = time.monotonic()
    crawling.stop()
    await running
    assert time.monotonic() - before < 2, "the servers would hang for an hour"
    assert sorted(desk.over) == ["a", "b"]
    assert desk.calls == []
    await asyncio.sleep(0.02)
    assert all(asked.ended < float("inf") for asked in (*site.asked, *other.asked)), "no connection is left open"


async def test_a_crawl_stopped_before_it_began_does_nothing(site):
    desk = NotingDesk([turn(source("a", site.url("/feed")))])
    crawling = crawl_of(desk)
    crawling.stop()
    await crawling.run()
    assert site.asked == []


async def test_a_cancelled_crawl_leaves_nothing_running(site):
    site.answers["/feed"] = hang
    desk = NotingDesk([turn(source("a", site.url("/feed")))])
    running = asyncio.create_task(crawl_of(desk).run())
    while "/feed" not in site.paths():
        await asyncio.sleep(0.005)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.sleep(0.02)
    assert desk.over == ["a"]
    assert site.asked[-1].ended < float("inf")


async def test_a_turn_ends_after_its_time_and_what_is_left_stays_pending(site):
    site.answers |= {"/feed": "x"} | {f"/{number}": "x" for number in range(50)}
    pages = [site.url(f"/{number}") for number in range(50)]

    async def slow(_):
        await asyncio.sleep(0)

    desk = NotingDesk([turn(source("a", site.url("/feed")), *pages)], on_page=slow)
    site.answers["/3"] = web.Response(status=404)

    async def late(request):
        await asyncio.sleep(0.25)
        return web.Response(text="x")

    site.answers["/5"] = late
    await crawl_of(desk, turn_seconds=0.2).run()
    assert desk.over == ["a"]
    assert desk.calls == pages[:6], "the request under way is finished, none is begun after it"


async def test_what_a_listing_tells_of_goes_before_what_was_left_over(site):
    site.answers |= {"/feed": "x"} | {f"/{name}{number}": "x" for name in ("old", "new") for number in range(3)}
    old, new = ([site.url(f"/{name}{number}") for number in range(3)] for name in ("old", "new"))
    await crawl(turn(source("a", site.url("/feed")), *old), found={site.url("/feed"): new})
    pages = [path for path in site.paths() if path[1:4] in ("old", "new")]
    assert pages[-2:] == ["/old1", "/old2"], "one leftover was in line while the listing was read"
    assert [path for path in pages if path.startswith("/new")] == ["/new0", "/new1", "/new2"]


async def test_a_spider_never_reports_an_address_twice(site, other):
    urls = [site.url(f"/{number}") for number in range(40)] + [other.url(f"/{number}") for number in range(40)]
    site.answers |= {"/feed": "x"} | {
        f"/{number}": web.Response(status=200 + 100 * (number % 4)) for number in range(40)
    }
    desk = await crawl(turn(source("a", site.url("/feed")), *urls))
    assert sorted(desk.calls) == sorted(urls)


async def test_a_fault_in_one_turn_costs_the_others_nothing(site, other, caplog):
    site.answers |= {"/feed": "x", "/1": "x"}
    other.answers |= {"/feed": "x", "/1": "x"}

    class Faulty(NotingDesk):
        async def fetched(self, turn, page):
            if turn.source.id == "a":
                raise ZeroDivisionError
            await super().fetched(turn, page)

    a, b = source("a", site.url("/feed")), source("b", other.url("/feed"))
    desk = Faulty([turn(a, site.url("/1")), turn(b, other.url("/1"))])
    await crawl_of(desk).run()
    assert sorted(desk.over) == ["a", "b"]
    assert [page.url for page in desk.pages] == [other.url("/1")]
    assert "the turn of a ends early" in caplog.text


async def test_a_store_that_cannot_be_used_ends_the_crawl_and_is_told(site, other):
    site.answers |= {"/feed": "x", "/1": "x"}
    other.answers["/feed"] = hang

    class Broken(NotingDesk):
        async def fetched(self, turn, page):
            raise StoreError("the disk is full")

    a, b = source("a", site.url("/feed")), source("b", other.url("/feed"))
    desk = Broken([turn(a, site.url("/1")), turn(b)])
    with pytest.raises(ExceptionGroup) as raised:
        await crawl_of(desk).run()
    assert raised.group_contains(StoreError, match="disk is full")
    assert sorted(desk.over) == ["a", "b"]


async def test_fetching_waits_while_the_desk_is_behind(site, monkeypatch):
    """Bodies that nobody has taken yet are bounded; the desk's slowness slows fetching down."""
    monkeypatch.setattr("spiders.news.Backlog", functools.partial(Backlog, most=10_000))
    pages = [site.url(f"/{number}") for number in range(60)]
    site.answers |= {"/feed": "x"} | {f"/{number}": "x" * 1000 for number in range(60)}
    taken = asyncio.Event()

    async def wait(_):
        await taken.wait()

    desk = NotingDesk([turn(source("a", site.url("/feed")), *pages)], on_page=wait)
    running = asyncio.create_task(crawl_of(desk).run())
    while len(desk.calls) < 10:
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.1)
    assert len(desk.calls) in (10, 11), "one more was under way when the tenth came"
    taken.set()
    await running
    assert len(desk.pages) == 60


async def test_wanted_pages_of_many_hosts_go_side_by_side(site, other):
    site.answers |= {"/feed": "x", "/1": hang}
    other.answers |= {"/1": "x"}
    desk = NotingDesk([turn(source("a", site.url("/feed"), other.url("/1")), site.url("/1"), other.url("/1"))])
    desk.turns[0] = Turn(desk.turns[0].source, (), wanted([site.url("/1"), other.url("/1")]))
    crawling = crawl_of(desk)
    running = asyncio.create_task(crawling.run())
    while not desk.pages:
        await asyncio.sleep(0.005)
    crawling.stop()
    await running
    assert [page.url for page in desk.pages] == [other.url("/1")]
