"""A page becomes an article: text, title, authors, moment, language, origin."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.errors import PageRefused
from monitor.extract import extract, from_entry
from monitor.records import Article, Entry, Page

FETCHED = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
PARAGRAPHS = (
    "The port of Marsala will be rebuilt over four years, the regional government said on Tuesday after a long debate.",
    "Work on the two northern piers begins in autumn; ferries will leave from a quay south of the fish market.",
    "The council expects the rebuilding to cost ninety million euros, of which the fund for coasts pays about a third.",
)


def page(body: str | bytes, entry: Entry | None = None, content_type: str = "text/html; charset=utf-8") -> Page:
    raw = body.encode() if isinstance(body, str) else body
    return Page("https://news.example/harbour", raw, FETCHED, content_type=content_type, source="s", entry=entry)


def story(head: str = "", before: str = "", after: str = "", language: str = "en") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">{head}</head>'
        f"<body><article><h1>Port to be rebuilt</h1>{before}{text}{after}</article></body></html>"
    )


def read(body: str | bytes, entry: Entry | None = None) -> Article:
    return extract(page(body, entry)).article


def test_a_plain_page_gives_its_paragraphs_in_order_and_its_headline():
    article = read(story())
    assert article.text.split("\n") == list(PARAGRAPHS)
    assert article.title == "Port to be rebuilt"
    assert article.language == "en"
    assert article.source == "s"


def test_what_the_page_states_as_json_ld_is_used_and_its_origin_is_told():
    ld = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Port to be rebuilt",'
        '"datePublished":"2026-03-04T23:30:00+02:00","author":[{"@type":"Person","name":"Ada Marsh"}]}</script>'
    )
    article = read(story(head=ld))
    assert article.authors == ("Ada Marsh",)
    assert article.published == datetime(2026, 3, 4, 23, 30, tzinfo=timezone(timedelta(hours=2)))
    assert article.published.utcoffset() == timedelta(hours=2), "the outlet's own day must not be lost"
    assert ("published", "json-ld") in article.origins


def test_a_page_without_text_keeps_what_the_feed_told():
    entry = Entry("https://news.example/harbour", title="Port to be rebuilt", summary="Four years of work.")
    article = read("<html><body><script>render()</script></body></html>", entry)
    assert (article.title, article.summary) == ("Port to be rebuilt", "Four years of work.")
    assert "text unavailable" in article.marks


def test_a_page_with_nothing_in_it_and_no_feed_is_refused():
    with pytest.raises(PageRefused) as refused:
        read("<html><body><script>render()</script></body></html>")
    assert refused.value.reason == "no article"


def test_an_entry_alone_makes_an_article():
    entry = Entry("https://news.example/harbour", title="Port to be rebuilt", text="First.\nSecond.", language="en-GB")
    article = from_entry(entry, "s", entry.url)
    assert (article.text, article.language, article.marks) == ("First.\nSecond.", "en", ("feed only",))


def test_blocks_that_the_site_repeats_are_left_out():
    box = (
        "<p>Our reporters walk the coast every day so that you know what the sea brings; support their work today.</p>"
    )
    seen = extract(page(story(after=box)))
    assert "support their work" in seen.article.text
    other = extract(page(box))
    repeated = frozenset(seen.blocks) & frozenset(other.blocks)
    assert "support their work" not in extract(page(story(after=box)), repeated).article.text
