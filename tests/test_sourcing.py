"""Finding a site's listings and exchanging lists of feeds: what is printed can be pasted and loads."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import typer
from aiohttp import web
from small_web import Site
from typer.testing import CliRunner

from monitor import finding
from monitor.cli import sourcing
from monitor.config import FetchConfig, load
from monitor.records import Kind, Source
from monitor.workers import Workers

NOW = datetime.now(UTC)
WATCHLISTS = "watchlists: {accords: {any: accord}}\n"
FRONT = """<html lang="fr"><head><title>Le Courrier : l'essentiel</title>
<link rel="alternate" type="application/rss+xml" href="/feed">
<link rel="alternate" type="application/rss+xml" href="/old">
<link rel="alternate" type="application/rss+xml" href="/forbidden">
</head><body><a href="/politique">Politique</a></body></html>"""


def rss(count, newest, hours):
    dates = [format_datetime(newest - n * hours) for n in range(count)]
    items = "".join(
        f"<item><title>Accord {n}</title><link>/{n}</link><pubDate>{date}</pubDate></item>"
        for n, date in enumerate(dates)
    )
    return web.Response(text=f'<rss version="2.0"><channel><language>fr-FR</language>{items}</channel></rss>')


@pytest.fixture(scope="module")
def workers():
    pool = Workers(1, preload=("monitor.jobs",))
    yield pool
    pool.stop()


@pytest.fixture
async def site():
    answers = {
        "/": FRONT,
        "/feed": rss(25, NOW, timedelta(hours=2)),
        "/old": rss(3, NOW - timedelta(days=400), timedelta(days=1)),
        "/robots.txt": web.Response(text="User-agent: *\nDisallow: /forbidden\nSitemap: /news.xml\n"),
        "/news.xml": web.Response(text="<urlset><url><loc>http://127.0.0.46/a-1</loc></url></urlset>"),
    }
    async with Site("127.0.0.46", answers) as one:
        yield one


async def visit(site, workers, path="/"):
    wanted = Source("found", "", site.url(path), allow_private=True, spacing=timedelta(0))
    return await finding.visit(wanted, workers, FetchConfig())


async def test_a_site_s_declared_feeds_and_sitemaps_are_found_each_asked_for_once(site, workers):
    visited = await visit(site, workers)
    found = {one.listing.url.removeprefix(site.url("/")): one for one in visited.listings}
    assert set(found) == {"", "feed", "old", "forbidden", "news.xml"}
    feed = found["feed"].survey
    assert (feed.items, feed.language) == (25, "fr")
    assert abs(feed.a_day - 12) < 0.01
    assert abs(feed.newest - NOW) < timedelta(seconds=2)
    assert found["forbidden"].reason == "robots.txt"
    assert found["news.xml"].named_by == "its robots.txt"
    assert [one.listing.url for one in finding.worth(visited, NOW)] == [site.url("/feed")]
    assert sorted(site.paths()) == ["/", "/feed", "/news.xml", "/old", "/robots.txt"]


async def test_what_is_printed_can_be_pasted_and_loads(site, workers, tmp_path):
    visited = await visit(site, workers)
    printed = sourcing._found_yaml(visited, finding.worth(visited, NOW))
    (tmp_path / "config.yaml").write_text(printed + "\n" + WATCHLISTS, encoding="utf-8")
    (source,) = load(tmp_path / "config.yaml").sources
    assert [listing.url for listing in source.listings] == [site.url("/feed")]
    assert source.name == "Le Courrier : l'essentiel"
    assert (source.url, source.language, source.allow_private) == (site.url("/"), "fr", True)
    assert "12.0 a day" in printed
    assert "# also there:" in printed
    found = json.loads(sourcing._found_json(visited, finding.worth(visited, NOW)))
    assert [row["url"] for row in found["listings"] if row["chosen"]] == [site.url("/feed")]


async def test_a_site_that_declares_nothing_is_tried_at_the_usual_places(site, workers):
    site.answers["/"] = "<html><body><a href='/a'>A</a></body></html>"
    site.answers["/robots.txt"] = web.Response(status=404)
    visited = await visit(site, workers)
    assert [one.listing.url for one in finding.worth(visited, NOW)] == [site.url("/feed")]
    assert len(site.asked) <= finding.MOST_LISTINGS + 2


async def test_the_newest_parts_of_a_sitemap_index_are_surveyed_and_the_index_is_what_is_pasted(site, workers):
    site.answers["/"] = "<html><body><a href='/a'>A</a></body></html>"
    site.answers["/news.xml"] = web.Response(
        text="<sitemapindex>"
        + "".join(f"<sitemap><loc>{site.url(f'/2026-{n:02}.xml')}</loc></sitemap>" for n in range(1, 12))
        + "</sitemapindex>"
    )
    for n in (10, 11):
        site.answers[f"/2026-{n}.xml"] = web.Response(
            text=f"<urlset><url><loc>http://127.0.0.46/accord-{n}-signed</loc></url></urlset>"
        )
    visited = await visit(site, workers)
    assert [one.listing.url for one in finding.worth(visited, NOW)] == [site.url("/news.xml")]
    assert [path for path in site.paths() if path.startswith("/2026")] == ["/2026-11.xml", "/2026-10.xml"]


async def test_a_site_closed_by_its_robots_txt_is_left_alone(site, workers):
    site.answers["/robots.txt"] = web.Response(status=503)
    visited = await visit(site, workers)
    assert visited.reason == "robots.txt unreachable"
    assert finding.worth(visited, NOW) == ()
    assert site.paths() == ["/robots.txt"]


def run(*arguments):
    app = typer.Typer()
    app.callback()(lambda: None)
    sourcing.register(app)
    return CliRunner().invoke(app, arguments)


async def test_find_of_a_site_that_is_not_there_says_why_and_ends_with_1():
    program = [sys.executable, "-c", "from monitor.cli import main; main()", "sources", "find", "--private"]
    done = await asyncio.to_thread(subprocess.run, [*program, "http://127.0.0.46:9/"], capture_output=True, check=False)
    assert done.returncode == 1
    assert "could not be read: connection" in done.stdout.decode()


def test_a_list_of_feeds_comes_in_and_goes_out_again(tmp_path):
    opml = (
        '<opml version="2.0"><body><outline text="Le Courrier: l\'essentiel" xmlUrl="https://a.example/feed"/>'
        '<outline text="Новости" xmlUrl="https://b.example/rss" htmlUrl="https://b.example/" language="ru"/>'
        "</body></opml>"
    )
    (tmp_path / "list.opml").write_text(opml, encoding="utf-8")
    printed = run("sources", "import", str(tmp_path / "list.opml"))
    assert printed.exit_code == 0
    (tmp_path / "config.yaml").write_text(printed.stdout + WATCHLISTS, encoding="utf-8")
    loaded = load(tmp_path / "config.yaml").sources
    assert [(one.name, one.language) for one in loaded] == [("Le Courrier: l'essentiel", None), ("Новости", "ru")]
    exported = run("sources", "export", "--config", str(tmp_path / "config.yaml")).stdout
    (tmp_path / "again.opml").write_text(exported, encoding="utf-8")
    again = run("sources", "import", str(tmp_path / "again.opml"))
    assert again.stdout == printed.stdout


def test_what_is_no_list_of_feeds_is_refused_in_plain_words(tmp_path):
    (tmp_path / "list.opml").write_text("<html>", encoding="utf-8")
    done = run("sources", "import", str(tmp_path / "list.opml"))
    assert done.exit_code == 1
    assert "no OPML" in str(done.exception)


def test_sources_alone_still_shows_how_they_do(tmp_path):
    (tmp_path / "config.yaml").write_text(
        "sources: {one: {url: 'http://a.example/', feeds: 'http://a.example/feed'}}\n" + WATCHLISTS, encoding="utf-8"
    )
    shown = run("sources", "--json", "--config", str(tmp_path / "config.yaml"))
    assert (shown.exit_code, json.loads(shown.stdout)) == (0, [])


def test_every_kind_of_listing_has_its_key_in_the_config():
    assert set(sourcing._KEYS) == {kind.value for kind in Kind}
