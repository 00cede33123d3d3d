"""Whatever the bytes are: a listing is read or refused with a reason, never anything else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.discover import find_listings, listings_in_robots, read_listing
from monitor.errors import ListingRefused
from monitor.records import Kind

PIECES = (
    *(
        "<rss version='2.0'>",
        "<channel>",
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<link>",
        "</link>",
        "<guid>",
        "<pubDate>",
    ),
    *(
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<entry>",
        "</entry>",
        "<link href='http://[x'/>",
        "<updated>",
        "<id>",
    ),
    *(
        "<urlset>",
        "<url>",
        "</url>",
        "<loc>",
        "</loc>",
        "<sitemapindex>",
        "<sitemap>",
        "</sitemap>",
        "<lastmod>",
        "<news:title>",
    ),
    *(
        "<html>",
        "<head>",
        "<body>",
        "<a href='/2026/11/24/some-long-story-here'>",
        "</a>",
        "<base href='http://[::'>",
        "<h2>",
    ),
    *(
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?xml version='1.0' encoding='",
        "'?>",
        "<!DOCTYPE x [",
        "<!ENTITY a '",
        "]>",
    ),
    *(
        "https://www.example.org/a",
        "javascript:x",
        "/a",
        "&amp;",
        "&#0;",
        "&nbsp;",
        "&",
        "<",
        ">",
        '"',
        "\0",
        "\ud7ff",
        "é",
        "俄",
    ),
    *(
        '{"items":[',
        '{"url":',
        "[",
        "]",
        "{",
        "}",
        "null",
        '"id":1',
        ",",
        "2026-11-24T10:00:00Z",
        "Tue, 24 Nov 2026 10:00:00 +9999",
    ),
    *(
        "<dc:date>",
        "<ttl>",
        "<xml:base='http://['>",
        "<rdf:RDF>",
        "<a:b:c>",
        "<:x>",
        "< x>",
        "</",
        "xmlns:a=''",
        "\ufeff",
        " " * 50,
    ),
)
soups = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join)
bodies = st.one_of(
    st.binary(max_size=200),
    soups.map(lambda text: text.encode("utf-8", "replace")),
    soups.map(lambda text: text.encode("utf-16", "replace")),
    soups.map(lambda text: ("<rss version='2.0'><channel><item>" + text).encode("utf-8", "replace")),
    soups.map(lambda text: ("<urlset><url>" + text).encode("utf-8", "replace")),
    soups.map(lambda text: ("<html><body>" + text).encode("utf-8", "replace")),
)
urls = st.sampled_from(["https://www.example.org/feed", "http://127.0.0.1:8800/", "http://[::1]/fr"])


@settings(max_examples=400, deadline=None)
@given(
    kind=st.sampled_from(Kind), body=bodies, url=urls, content_type=st.sampled_from(["", "text/xml; charset=x", "a"])
)
def test_any_bytes_are_read_or_refused(kind: Kind, body: bytes, url: str, content_type: str) -> None:
    try:
        listed = read_listing(kind, body, url, content_type)
    except ListingRefused as refused:
        assert refused.reason  # noqa: PT017 -- either way is right, each has its own promise
        return
    for entry in listed.entries:
        assert entry.url.startswith(("http://", "https://"))
        assert "\n" not in entry.title
        assert not set(entry.title + entry.summary + entry.text) & set("\0\x07\r\u202e")


@settings(max_examples=150, deadline=None)
@given(body=bodies, url=urls)
def test_any_bytes_declare_something_or_nothing(body: bytes, url: str) -> None:
    for listing in (*find_listings(body, url), *listings_in_robots(body.decode("utf-8", "replace"), url)):
        assert listing.url.startswith(("http://", "https://"))
