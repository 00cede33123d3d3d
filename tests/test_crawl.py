"""The crawl over the store: whose outage it is, what is asked for first, what a site taught us."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from small_web import Site, source

from monitor import jobs
from monitor.config import FetchConfig
from monitor.crawl import StoreDesk
from monitor.dial import DialPolicy
from monitor.health import Result, State, verdict
from monitor.records import Kind, Listing
from monitor.store import Store, addresses, sources
from monitor.workers import Workers
from spiders.run import CrawlRun

ITEM = "<item><title>Accord {0}</title><link>/{0}</link><description>Ministers met.</description></item>"


@pytest.fixture(scope="module")
def workers():
    pool = Workers(1, preload=("monitor.jobs",))
    yield pool
    pool.stop()


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


def feed(*names):
    items = "".join(ITEM.format(name) for name in names)
    return web.Response(text=f'<rss version="2.0"><channel>{items}</channel></rss>', content_type="application/rss+xml")


async def crawl(store, workers, *configured):
    """Give every source one turn, as `once` does."""
    await store.write(sources.adopt, configured, datetime.now(UTC))
    desk = StoreDesk(store, workers, configured, once=True)
    await CrawlRun(desk, DialPolicy.of(configured), contact=FetchConfig().contact).run()
    return desk.tally


def nobody(number):
    """A source at an address of this machine where nobody listens."""
    return source(f"nobody-{number}", f"http://127.0.0.{120 + number}:9/feed", every=timedelta(minutes=15))


async def state_of(store, name):
    history = await store.read(sources.history, name, datetime.now(UTC) - timedelta(days=1))
    return history, await store.read(sources.failures, name), (await store.read(sources.next_due))[name]


async def test_p29_when_every_host_fails_at_once_it_is_not_held_against_the_sources(store, workers):
    """Promise 29: cut off from the net, we ask again soon, and no source turns bad for it."""
    cut = [nobody(number) for number in range(4)]
    now = datetime.now(UTC)
    await store.write(sources.adopt, cut, now)
    for one in cut:
        for minutes in (50, 35, 20):
            poll = sources.Poll(one.id, one.url, now - timedelta(minutes=minutes), Result.FAILED, "connection")
            await store.write(sources.record_poll, poll)
        await store.write(sources.end_turn, one.id, now, now + timedelta(hours=2), read=False)
        assert verdict((await state_of(store, one.id))[0], now).state is State.FAILING
    await crawl(store, workers, cut[0])
    for one in cut:
        history, failures, next_due = await state_of(store, one.id)
        assert {attempt.result for attempt in history} == {Result.CUT_OFF}
        assert failures == 0
        assert next_due - datetime.now(UTC) < timedelta(minutes=5)
        assert verdict(history, datetime.now(UTC)).state is State.OK
        assert await store.read(sources.robots_of, one.url.removesuffix("/feed")) is None


async def test_p29_where_one_host_answers_the_others_are_down_themselves(store, workers):
    async with Site("127.0.0.45", {"/feed": feed()}) as site:
        cut = [nobody(number) for number in range(4)]
        for _ in range(3):
            await crawl(store, workers, *cut, source("well", site.url("/feed")))
    for one in cut:
        history, failures, _ = await state_of(store, one.id)
        assert {attempt.result for attempt in history} == {Result.FAILED}
        assert failures == 3
        assert verdict(history, datetime.now(UTC)).state is State.FAILING


async def test_p20_a_feed_that_shrinks_fails_or_comes_back_tells_nothing_twice(store, workers):
    """Promise 20: whatever becomes of a source, what was seen stays seen."""
    async with Site("127.0.0.45", {"/feed": feed("a", "b")}) as site:
        one = source("one", site.url("/feed"))
        first = await crawl(store, workers, one)
        for answer in (feed(), web.Response(status=500), web.Response(text="<html>"), feed("a", "b")):
            site.answers["/feed"] = answer
            tally = await crawl(store, workers, one)
            assert tally.outcomes == {}
        await store.write(sources.prune_polls, datetime.now(UTC) + timedelta(days=400))
        renamed = await crawl(store, workers, replace(one, id="two", name="two"))
    assert first.outcomes.total() == 2
    assert renamed.outcomes == {}
    assert [asked.path for asked in site.asked if asked.path in ("/a", "/b")] == ["/a", "/b"]


async def test_p31_what_is_new_is_decided_by_when_we_first_saw_it(store, workers):
    """Promise 31: 1970, 2099 and no date at all are stored like any other."""
    dates = ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2099 00:00:00 GMT", "31 Nov 2024", "")
    items = "".join(
        ITEM.format(f"story-{number}").replace("</item>", f"<pubDate>{date}</pubDate></item>")
        for number, date in enumerate(dates)
    )
    body = web.Response(text=f'<rss version="2.0"><channel>{items}</channel></rss>')
    before = datetime.now(UTC)
    async with Site("127.0.0.45", {"/feed": body}) as site:
        tally = await crawl(store, workers, source("one", site.url("/feed")))
    assert tally.outcomes.total() == len(dates)
    seen = await store.read(sources.published_lately, "one")
    assert len(seen) == len(dates)
    assert all(before <= moment <= datetime.now(UTC) for moment in seen)


async def test_what_a_turn_did_not_reach_comes_first_in_the_next_one(store):
    urls = [f"http://news.example/{name}" for name in "abc"]
    one = source("one", *urls)
    now = datetime.now(UTC)
    await store.write(sources.adopt, (one,), now)
    for minute, url in enumerate((urls[0], urls[2])):
        poll = sources.Poll("one", url, now + timedelta(minutes=minute), Result.NOTHING_NEW)
        await store.write(sources.record_poll, poll)
    turn = await store.write(sources.begin_turn, "one", now)
    assert [known.listing.url for known in turn.listings] == [urls[1], urls[0], urls[2]]


async def test_a_front_page_is_read_with_what_its_site_taught(store):
    """Links too plain to be told from sections are taken once their like turned out to be articles."""
    page = (
        "<html><body>"
        + "".join(f'<div><a href="/n/{n}">Accord signed in Caracas {n}</a></div>' for n in "abcdefg")
        + "</body></html>"
    )
    front = Listing(Kind.FRONT_PAGE, "http://news.example/")
    packed = jobs.Packed(page.encode(), "", "text/html", front.url)
    one = source("one", front.url)
    now = datetime.now(UTC)
    await store.write(sources.adopt, (one,), now)
    entries = [(f"news.example/n/{n}", jobs.Entry(f"http://news.example/n/{n}", title=n)) for n in "pqrst"]
    await store.write(addresses.learn, sources.Poll("one", front.url, now, Result.NOTHING_NEW), entries)
    for identity, entry in entries:
        told = jobs.Article(entry.url, title=f"A title of {identity}", text=identity, source="one")
        await store.write(addresses.store, identity, identity, told, now=now)
    taught = await store.read(sources.teachers, "one", now - timedelta(days=30))
    assert len(taught[0]) == 5
    read = jobs.read_list(Kind.FRONT_PAGE, packed, taught=taught)
    assert [entry.url for _, entry in read.found] == [f"http://news.example/n/{n}" for n in "abcdefg"]
    with pytest.raises(jobs.ListingRefused):
        jobs.read_list(Kind.FRONT_PAGE, packed)


async def test_quiet_polls_are_kept_whole_for_two_days_and_once_an_hour_after(store):
    now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    await store.write(sources.adopt, (source("one", "http://news.example/feed"),), now)
    for quarter in range(3 * 24 * 4):
        at = now - timedelta(minutes=15 * quarter)
        result = Result.FAILED if quarter == 250 else Result.UNCHANGED
        await store.write(sources.record_poll, sources.Poll("one", "http://news.example/feed", at, result))
    await store.write(sources.prune_polls, now)
    kept = await store.read(sources.history, "one", now - timedelta(days=30))
    recent = [attempt for attempt in kept if attempt.at >= now - timedelta(days=2)]
    assert len(recent) == 2 * 24 * 4 + 1
    assert len(kept) - len(recent) == 24 + 1
    assert [attempt.result for attempt in kept].count(Result.FAILED) == 1
