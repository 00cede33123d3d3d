"""What the newsroom's data calls true is what can be read from its pages and listings."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest_asyncio

from monitor.discover import read_listing
from monitor.extract import extract
from monitor.newsroom import Running, load, serve
from monitor.records import Kind, Page
from monitor.urls import identity

NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Running]:
    async with serve(load(), now=NOW) as running:
        yield running


def likeness(text: str, truth: str, letters: bool) -> float:
    """Return F1 over words, over letters where a script has no spaces."""
    mine, theirs = (Counter(each if letters else each.split()) for each in (text, truth))
    shared = sum((mine & theirs).values())
    return 2 * shared / (sum(mine.values()) + sum(theirs.values()))


async def test_pages_yield_the_title_and_text_that_their_data_calls_true(running: Running):
    scores = {}
    async with aiohttp.ClientSession() as client:
        for site in running.sites.values():
            for story in site.stories:
                if story.page == "app":
                    continue
                async with client.get(site.url(story.slug)) as answer:
                    page = Page(str(answer.url), await answer.read(), NOW, content_type=answer.headers["Content-Type"])
                article = extract(page).article
                assert article.title == story.title
                scores[site.id, story.slug] = likeness(article.text, story.text, site.site.language == "zh")
    assert min(scores.values()) > 0.75, min(scores, key=lambda name: scores[name])
    assert sum(scores.values()) / len(scores) > 0.93


async def test_listings_tell_when_and_what_as_their_data_calls_true(running: Running):
    async with aiohttp.ClientSession() as client:
        for site in running.sites.values():
            kind, url = site.listing.kind, site.listing.url
            if kind is Kind.SITEMAP:
                url = site.base + "/news-sitemap.xml"  # an index leads to it
            async with client.get(url) as answer:
                listed = read_listing(kind, await answer.read(), url, answer.headers["Content-Type"])
            told = {identity(entry.url): entry for entry in listed.entries}
            for story in site.stories:
                if kind is Kind.SITEMAP and story.age >= timedelta(days=2):
                    continue
                entry = told[identity(site.url(story.slug))]
                assert entry.title == story.title
                assert kind is Kind.FRONT_PAGE or entry.published == site.printed(story.slug).published
                assert site.site.feed not in {"rss_full", "atom_full"} or entry.text == story.text
