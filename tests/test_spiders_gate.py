"""Politeness: one request at a time per registrable host, spaced, and silence where silence is asked for."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web
from scrapy.http import Response
from small_web import NotingDesk, Site, crawl, crawl_of, source, turn

from spiders.answers import max_age, retry_after
from spiders.gate import Gate, Held, Rank, TimeUp

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
async def site():
    async with Site("127.0.0.21", {"/robots.txt": web.Response(text=""), "/feed": "x"}) as one:
        yield one


def starts_after_ends(site: Site) -> list[float]:
    """The pauses between the end of each request and the start of the next, in the server's own time."""
    return [after.began - before.ended for before, after in zip(site.asked, site.asked[1:], strict=False)]


async def test_p27_one_request_at_a_time_and_spaced_for_all_sources_of_a_host(site):
    async def slow(_):
        await asyncio.sleep(0.01)
        return web.Response(text="x")

    site.answers |= {f"/{number}": slow for number in range(6)}
    spacing = timedelta(seconds=0.05)
    a, b = (source(name, site.url("/feed"), spacing=spacing) for name in "ab")
    pages = [site.url(f"/{number}") for number in range(6)]
    await crawl(turn(a, *pages[:3]), turn(b, *pages[3:]))
    assert len(site.asked) == 9
    assert min(starts_after_ends(site)) >= 0.045


async def test_p27_the_longer_of_two_sources_spacings_holds_between_them(site):
    site.answers |= {"/1": "x", "/2": "x"}
    quick = source("quick", site.url("/feed"), spacing=timedelta(0))
    calm = source("calm", site.url("/feed"), spacing=timedelta(seconds=0.08))
    await crawl(turn(quick, site.url("/1")), turn(calm, site.url("/2")))
    calm_ones = [number for number, path in enumerate(site.paths()) if path == "/2"]
    assert min(starts_after_ends(site)[number - 1] for number in calm_ones) >= 0.075


async def test_p27_a_crawl_delay_is_kept_where_it_is_longer_than_the_spacing(site):
    site.answers |= {"/robots.txt": web.Response(text="User-agent: *\nCrawl-delay: 0.08"), "/1": "x", "/2": "x"}
    await crawl(turn(source("a", site.url("/feed")), site.url("/1"), site.url("/2")))
    assert min(starts_after_ends(site)[1:]) >= 0.075


async def test_p27_listings_go_before_pages_at_one_host(site):
    site.answers |= {f"/{number}": "x" for number in range(5)} | {"/late": "x"}
    first = source("first", site.url("/feed"), spacing=timedelta(seconds=0.02))
    late = source("late", site.url("/late"), spacing=timedelta(seconds=0.02))

    class LateDesk(NotingDesk):
        async def next_turn(self):
            while self.turns and self.turns[0].source is late and "/0" not in site.paths():
                await asyncio.sleep(0.001)
            return await super().next_turn()

    desk = LateDesk([turn(first, *[site.url(f"/{number}") for number in range(5)]), turn(late)])
    await crawl_of(desk).run()
    assert site.paths().index("/late") <= site.paths().index("/2")


async def test_p27_sources_of_one_host_take_turns(site):
    site.answers |= {f"/{name}{number}": "x" for name in "ab" for number in range(5)}
    turns = [
        turn(source(name, site.url("/feed")), *[site.url(f"/{name}{number}") for number in range(5)]) for name in "ab"
    ]
    await crawl(*turns)
    order = [path[1] for path in site.paths() if path[1] in "ab"]
    assert order == ["a", "b"] * 5


@pytest.mark.parametrize("status", [429, 503])
async def test_p27_a_host_that_asks_for_patience_gets_it(site, status):
    site.answers |= {"/1": web.Response(status=status, headers={"Retry-After": "3600"}), "/2": "x", "/3": "x"}
    desk = await crawl(turn(source("a", site.url("/feed")), site.url("/1"), site.url("/2"), site.url("/3")))
    assert site.paths() == ["/robots.txt", "/feed", "/1"]
    assert desk.failures == {site.url("/1"): (f"http {status}", True, timedelta(hours=1))}
    assert desk.calls == [site.url("/1")], "what was not asked for stays pending"
    left = desk.holds["127.0.0.21"] - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)


async def test_p27_patience_outlives_the_crawl(site):
    desk = NotingDesk([turn(source("a", site.url("/feed")), site.url("/1"))])
    desk.holds["127.0.0.21"] = datetime.now(UTC) + timedelta(hours=1)
    await crawl_of(desk).run()
    assert site.asked == []
    assert desk.listings[0].reason == "asked to wait"
    assert timedelta(minutes=59) < desk.listings[0].after <= timedelta(hours=1)
    assert desk.calls == []


async def test_p27_a_gate_handed_on_spaces_the_next_crawl_too(site):
    gate = Gate()
    a = source("a", site.url("/feed"), spacing=timedelta(seconds=0.1))
    desk = await crawl(turn(a), gate=gate)
    again = NotingDesk([turn(a)], kept=desk.kept)
    await crawl_of(again, gate=gate).run()
    assert site.paths() == ["/robots.txt", "/feed", "/feed"]
    assert min(starts_after_ends(site)) >= 0.095


async def test_p27_429_without_a_time_means_some_minutes(site):
    site.answers["/feed"] = web.Response(status=429)
    desk = await crawl(turn(source("a", site.url("/feed"))))
    assert desk.holds["127.0.0.21"] > datetime.now(UTC) + timedelta(minutes=4)


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(0)),
        ("1000000000", timedelta(hours=24)),
        ("9" * 5000, timedelta(hours=24)),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), timedelta(minutes=5)),
        (format_datetime(NOW - timedelta(days=5), usegmt=True), timedelta(0)),
        (format_datetime(NOW + timedelta(days=500), usegmt=True), timedelta(hours=24)),
        ("Tue, 24 Nov 2026 12:05:00 -0000", timedelta(minutes=5)),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("Tue, 99 Nov 99999 12:00:00 GMT", None),
    ],
)
def test_p27_retry_after_is_read_as_seconds_or_date_and_bounded(sent, understood):
    assert retry_after(Response("http://a.test", headers={"Retry-After": sent}), NOW) == understood


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        ("max-age=60", timedelta(seconds=60)),
        ('public, Max-Age="90", immutable', timedelta(seconds=90)),
        ("max-age=99999999999", timedelta(hours=24)),
        ("s-maxage=60", None),
        ("no-cache", None),
        ("max-age=soon", None),
    ],
)
def test_cache_control_is_read_and_bounded(sent, understood):
    assert max_age(Response("http://a.test", headers={"Cache-Control": sent})) == understood


async def passing(gate: Gate, host: str, log: list[str], name: str, rank: Rank = Rank.PAGE, **options: float) -> None:
    async with gate.turn(host, rank, 0, **options):
        log.append(name)
        await asyncio.sleep(0)


async def test_p27_the_rest_owed_after_a_request_is_kept_by_whoever_comes_next():
    gate, loop = Gate(), asyncio.get_running_loop()
    async with gate.turn("host", Rank.PAGE, 0.05):
        pass
    left = loop.time()
    async with gate.turn("host", Rank.PAGE, 0):
        assert loop.time() - left >= 0.045


async def test_waiting_at_one_host_takes_no_place_from_others():
    gate, log = Gate(at_once=1), []
    gate.hold("slow", 3)
    waiting = [asyncio.create_task(passing(gate, "slow", log, "slow")) for _ in range(100)]
    await asyncio.sleep(0)
    await passing(gate, "quick", log, "quick")
    assert log == ["quick"]
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)


async def test_downloads_at_once_are_bounded_over_all_hosts():
    gate, inside, most = Gate(at_once=3), 0, 0

    async def pass_through(host: str) -> None:
        nonlocal inside, most
        async with gate.turn(host, Rank.PAGE, 0):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(*(pass_through(f"host{number}") for number in range(20)))
    assert most == 3


async def test_a_waiter_that_gives_up_holds_nobody_up():
    gate, log = Gate(), []
    async with gate.turn("host", Rank.PAGE, 0):
        gone = asyncio.create_task(passing(gate, "host", log, "gone"))
        next_one = asyncio.create_task(passing(gate, "host", log, "next"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
    await next_one
    assert log == ["next"]


async def test_a_waiter_cancelled_in_the_moment_its_turn_comes_passes_it_on():
    gate, log = Gate(), []
    async with gate.turn("host", Rank.PAGE, 0):
        gone = asyncio.create_task(passing(gate, "host", log, "gone"))
        next_one = asyncio.create_task(passing(gate, "host", log, "next"))
        await asyncio.sleep(0)
    gone.cancel()  # its turn was granted when the other left; it has not run yet
    await asyncio.wait_for(next_one, 1)
    assert log == ["next"]


async def test_a_turn_s_end_ends_the_waiting():
    gate, log = Gate(), []
    loop = asyncio.get_running_loop()
    async with gate.turn("host", Rank.PAGE, 0):
        with pytest.raises(TimeUp):
            await passing(gate, "host", log, "late", until=loop.time() + 0.01)
    with pytest.raises(TimeUp):
        await passing(gate, "host", log, "later still", until=loop.time() - 1)
    await passing(gate, "host", log, "in time", until=loop.time() + 1)
    assert log == ["in time"]


async def test_those_who_wait_when_a_host_asks_for_patience_are_sent_away():
    gate, log = Gate(), []
    async with gate.turn("host", Rank.PAGE, 0):
        waiting = asyncio.create_task(passing(gate, "host", log, "waiting"))
        await asyncio.sleep(0)
        gate.hold("host", 3600)
    with pytest.raises(Held) as held:
        await waiting
    assert held.value.seconds == pytest.approx(3600, abs=5)
    with pytest.raises(Held):
        await passing(gate, "host", log, "next")


async def test_a_short_wait_is_waited_out():
    gate, log = Gate(), []
    gate.hold("host", 0.02)
    await passing(gate, "host", log, "after it")
    assert log == ["after it"]


async def test_hosts_whose_time_is_over_are_forgotten():
    gate, log = Gate(), []
    for number in range(5000):
        await passing(gate, f"host{number}", log, "")
    assert len(gate._lines) < 2100
