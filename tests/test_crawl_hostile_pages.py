"""Promise 25 through the whole crawl: what a page sends may cost its text, never the story that its feed told."""

import time
from datetime import UTC, datetime

import pytest
from aiohttp import web
from small_web import Site, source

from monitor import crawl, jobs
from monitor.config import FetchConfig
from monitor.crawl import StoreDesk
from monitor.dial import DialPolicy
from monitor.store import Store, sources, vitals
from monitor.store.audit import audit
from monitor.workers import Workers
from spiders.run import CrawlRun

# One headline for each page: unlike ones, for alike ones would be taken for revisions of one item.
HEADLINES = {
    "nested-254": "Marsala rebuilds its northern piers",
    "nested-20000": "Glass makers of Murano strike over gas",
    "rows": "Library of Coimbra opens its oldest vault",
    "attributes": "Rhine ferries run again after the flood",
    "line-of-10-mb": "Wolves return to the hills above Cahors",
    "unclosed": "Oslo lets trams turn every light green",
    "nuls": "A comet can be seen over Crete tonight",
    "script-only": "Beekeepers count their losses in Galicia",
    "empty": "Night trains to Lisbon are sold out",
    "pdf": "Court in Riga hears the case of the dam",
}


def story(name):
    headline = HEADLINES[name]
    paragraphs = (
        f"{headline}: what the council had promised for years begins this week, its speaker said on Tuesday.",
        f"Of all that was read aloud, one line stayed in mind, and it was about this: {headline.lower()}.",
        "The council expects a cost of ninety million euros, of which a fund pays a third in the first year.",
    )
    markup = f"<article><h1>{headline}</h1>{''.join(f'<p>{text}</p>' for text in paragraphs)}</article>"
    return "\n".join(paragraphs), markup


def page(name):
    _, markup = story(name)
    return {
        "nested-254": f"<html><body>{'<div>' * 254}{markup}",
        "nested-20000": f"<html><body>{'<div>' * 20_000}{markup}",
        "rows": f"<html><body>{markup}<table>{'<tr><td>' * 1_000_000}",
        "attributes": f"<html><body><div {' a=1' * 2_000_000}></div>{markup}",
        "line-of-10-mb": f"<html><body>{markup}<script>{'x' * 10_000_000}</script>",
        "unclosed": "<html><body><div><b><table><tr><td>" * 500 + markup.replace("</p>", ""),
        "nuls": "<html><body>\x00\x00" + markup.replace("</p>", "\x00</p>"),
        "script-only": "<html><body><script>render()</script>",
        "empty": "",
        "pdf": "%PDF-1.7\n%âãÏÓ\n1 0 obj",
    }[name]


# What is larger than a fetch may be, or holds no text: of these the feed's word is all there is.
WITHOUT_TEXT = {"line-of-10-mb", "script-only", "empty", "pdf"}


@pytest.fixture(scope="module")
def workers():
    pool = Workers(2, preload=("monitor.jobs",))
    yield pool
    pool.stop()


@pytest.fixture
def store(tmp_path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


def feed(names):
    told = "<item><title>{}</title><link>/{}.html</link><description>All on {}.</description></item>"
    items = "".join(told.format(HEADLINES[name], name, name) for name in names)
    return web.Response(text=f'<rss version="2.0"><channel>{items}</channel></rss>', content_type="application/rss+xml")


def site_of(names):
    return {f"/{name}.html": page(name) for name in names} | {"/feed.xml": feed(names)}


async def read_everything(site, store, workers):
    configured = (source("hostile", site.url("/feed.xml")),)
    await store.write(sources.adopt, configured, datetime.now(UTC))
    await CrawlRun(
        StoreDesk(store, workers, configured, once=True), DialPolicy.of(configured), contact=FetchConfig().contact
    ).run()
    rows = store.read_now(lambda c: c.exec_driver_sql("SELECT url, title, summary, text, marks FROM articles").all())
    return {row.url.rpartition("/")[2].removesuffix(".html"): row for row in rows}


async def test_p25_every_hostile_page_is_a_stored_story(store, workers):
    async with Site("127.0.0.61") as site:
        site.answers = site_of(HEADLINES)
        kept = await read_everything(site, store, workers)
    assert kept.keys() == HEADLINES.keys()
    books = store.read_now(audit)
    assert (books.addresses["stored"], books.faults) == (len(HEADLINES), ())
    for name, headline in HEADLINES.items():
        row = kept[name]
        assert (row.title, row.summary) == (headline, f"All on {name}.")
        if name in WITHOUT_TEXT:
            assert (row.text, "text unavailable" in row.marks) == ("", True), name
        else:
            assert (row.text, row.marks) == (story(name)[0], "[]"), name


def stall(*_):
    """Stand in for a page that no parser ever comes to the end of."""
    time.sleep(60)


async def test_p25_a_page_that_hangs_costs_its_text_alone(store, workers, monkeypatch):
    monkeypatch.setattr(jobs, "read_page", stall)
    monkeypatch.setattr(crawl, "PAGE_SECONDS", 2.0)
    async with Site("127.0.0.62") as site:
        site.answers = site_of(["rows"])
        kept = await read_everything(site, store, workers)
    row = kept["rows"]
    assert (row.title, row.summary, row.text) == (HEADLINES["rows"], "All on rows.", "")
    assert row.marks == '["text unavailable"]'
    assert store.read_now(audit).faults == ()


async def test_the_crawl_notes_what_each_page_gave_and_which_gave_nothing(store, workers):
    """It is by these figures that a changed layout is noticed."""
    async with Site("127.0.0.63") as site:
        site.answers = site_of(["nested-254", "script-only", "pdf"])
        await read_everything(site, store, workers)
    noted = store.read_now(vitals.histories)["hostile"]
    assert sorted(page.length for page in noted) == [0, 0, len(story("nested-254")[0])]
