"""For people who know Scrapy: `scrapy list` and `scrapy crawl` from the checkout, the guards included."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest
from aiohttp import web
from scrapy.spiderloader import SpiderLoader
from small_web import Site, hang

from monitor.errors import MonitorError
from spiders.front_page import FrontPage
from spiders.run import scrapy_settings

HERE = Path(__file__).parent.parent
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>
<item><title>One</title><link>{}</link></item><item><title>Two</title><link>{}</link></item></channel></rss>"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>{}</loc></url><url><loc>{}</loc></url></urlset>"""


@pytest.fixture
async def site():
    async with Site("127.0.0.51", {"/robots.txt": web.Response(text="")}) as one:
        pages = one.url("/2026/11/24/one.html"), one.url("/2026/11/24/two.html")
        one.answers |= {
            "/feed": web.Response(text=RSS.format(*pages), content_type="application/rss+xml"),
            "/sitemap.xml": web.Response(text=SITEMAP.format(*pages), content_type="application/xml"),
            "/2026/11/24/one.html": "<p>one</p>",
            "/2026/11/24/two.html": "<p>two</p>",
        }
        yield one


async def scrapy(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "scrapy",
        *arguments,
        cwd=HERE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


def config(folder: Path, site: Site) -> Path:
    file = folder / "config.yaml"
    file.write_text(
        "sources:\n  harbour:\n    name: Harbour\n"
        f"    url: {site.url()}\n    feeds: [{site.url('/feed')}]\n    sitemaps: [{site.url('/sitemap.xml')}]\n"
        f"    allow_private: true\n    spacing: 0s\n"
        "watchlists:\n  any:\n    name: Any\n    any: |\n      word\n"
        "fetch: {contact: desk@example.org}\n"
    )
    return file


def test_scrapy_list_shows_the_three_kinds():
    assert sorted(SpiderLoader.from_settings(scrapy_settings()).list()) == ["feed", "front_page", "sitemap"]


async def test_scrapy_crawl_exports_a_source_s_pages_of_each_kind(site, tmp_path):
    file = config(tmp_path, site)
    crawls = {
        kind: await scrapy(
            "crawl", kind, "-a", "source=harbour", "-a", f"config={file}", "-O", str(tmp_path / f"{kind}.jsonl")
        )
        for kind in ("feed", "sitemap")
    }
    for kind, process in crawls.items():
        _, err = await process.communicate()
        pages = [json.loads(line) for line in (tmp_path / f"{kind}.jsonl").read_text().splitlines()]
        assert sorted(page["url"] for page in pages) == [site.url(f"/2026/11/24/{n}.html") for n in ("one", "two")], err
        assert {page["source"] for page in pages} == {"harbour"}
        assert all("body" not in page for page in pages)
    assert site.asked[0].headers["User-Agent"].endswith("(+desk@example.org)")


async def test_p21_the_guard_holds_for_scrapy_crawl_too(site):
    process = await scrapy("crawl", "feed", "-a", f"url={site.url('/feed')}")
    _, err = await process.communicate()
    assert "refused address" in err.decode()
    assert site.asked == []


async def test_an_address_without_a_config_is_crawled_until_sigterm_though_it_hangs(site):
    site.answers["/robots.txt"] = hang
    process = await scrapy("crawl", "feed", "-a", f"url={site.url('/feed')}", "-a", "allow_private=yes")
    while not site.asked:
        await asyncio.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        _, err = await process.communicate()
    assert "Spider closed (shutdown)" in err.decode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"source": "nobody"}, "no such source; it has harbour"),
        ({"source": "harbour"}, "it has no front_page in its configuration"),
        ({"source": "harbour", "colour": "red"}, "unknown spider arguments: colour"),
    ],
)
def test_a_wrong_argument_is_answered_in_plain_words(tmp_path, arguments, words):
    file = config(tmp_path, Site("127.0.0.51", port=8000))
    with pytest.raises(MonitorError, match=words):
        FrontPage(config=str(file), **arguments)
