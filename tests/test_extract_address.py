"""An article's own address: what its page claims, where that may be believed."""

from datetime import UTC, datetime

import pytest

from monitor.extract import extract
from monitor.records import Page

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PAGE = "https://news.example/2026/03/01/ministers-sign-an-accord-in-caracas-48213"
TEXT = "Ministers of both countries met in Caracas on Monday and signed an accord on oil, gas and shipping. " * 4


def own(head, url=PAGE, asked=""):
    body = f"<html><head><title>Ministers sign</title>{head}</head><body><h1>Ministers sign</h1><p>{TEXT}</p></body>"
    return extract(Page(url, body.encode(), NOW, asked=asked or url, content_type="text/html")).article.url


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="canonical" href="{url}">',
        '<meta property="og:url" content="{url}">',
        '<link rel="canonical" href="/2026/03/01/ministers-sign-an-accord-in-caracas-48213">',
        '<link rel="canonical" href="https://news.example/"><meta property="og:url" content="{url}">',
    ],
)
def test_p32_an_amp_page_and_its_article_are_one(head):
    """Promise 32: the address a reader is sent to is the article's own, in whatever way the page names it."""
    assert own(head.format(url=PAGE), url=f"{PAGE}/amp?utm_source=feed") == PAGE


@pytest.mark.parametrize(
    "claimed",
    [
        "https://news.example/",
        "https://news.example/2026/03/01",
        "https://elsewhere.example/2026/03/01/ministers-sign-an-accord-in-caracas-48213",
        "https://news.example/es/2026/03/01/ministers-sign-an-accord-in-caracas-48213",
        "javascript:alert(1)",
        "https://[",
        "",
    ],
)
def test_p32_an_address_that_cannot_be_the_article_s_is_not_believed(claimed):
    assert own(f'<link rel="canonical" href="{claimed}"><meta property="og:url" content="{claimed}">') == PAGE


def test_what_answered_counts_without_its_trackers():
    assert own("", url=f"{PAGE}?utm_source=feed&id=7", asked=PAGE) == f"{PAGE}?id=7"
