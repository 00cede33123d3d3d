"""Whatever a server sends, a story that can be read is read, and nothing costs more than a page may cost."""

from datetime import UTC, datetime

import pytest

from monitor.errors import PageRefused
from monitor.extract import extract, from_entry
from monitor.extract.document import MAX_DEPTH, MAX_TAGS, read_document
from monitor.records import Article, Entry, Page

FETCHED = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
PARAGRAPHS = (
    "The port of Marsala will be rebuilt over four years, the regional government said on Tuesday.",
    "Work on the two northern piers begins in autumn; ferries will leave from a quay south of the fish market.",
    "The council expects the rebuilding to cost ninety million euros, of which the fund for coasts pays a third.",
)
STORY = f"<article><h1>Port to be rebuilt</h1>{''.join(f'<p>{text}</p>' for text in PARAGRAPHS)}</article>"
TOLD = Entry("https://news.example/a", title="Port to be rebuilt", summary="Four years of work.")


def read(body: str | bytes, entry: Entry | None = None, content_type: str = "text/html; charset=utf-8") -> Article:
    raw = body.encode() if isinstance(body, str) else body
    return extract(Page("https://news.example/a", raw, FETCHED, content_type=content_type, entry=entry)).article


@pytest.mark.parametrize("depth", [254, 500, 2_500, 20_000])
@pytest.mark.parametrize("tag", ["div", "span", "article", "blockquote", "a href=x", "ul><li", "x-card", "b><i><font"])
def test_p25_a_story_under_any_depth_of_nesting_is_read(depth, tag):
    article = read(f"<html><body>{f'<{tag}>' * depth}{STORY}")
    assert article.text.split("\n") == list(PARAGRAPHS)


def test_p25_depth_is_bounded_whatever_a_page_does():
    for tag in ("div", "article", "p><div", "table><tr><td", "a", "section"):
        tree = read_document(f"<html><body>{f'<{tag}>' * 5_000}{STORY}".encode()).tree
        deepest = max(sum(1 for _ in element.iterancestors()) for element in tree.iter())
        assert deepest <= MAX_DEPTH, tag


@pytest.mark.parametrize(
    "junk",
    [
        "<table>" + "<tr><td>1" * 1_000_000 + "</table>",
        "<div " + " ".join(f"a{i}=1" for i in range(2_000_000)) + "></div>",
        "<script>" + "var a=1;" * 1_250_000 + "</script>",
        "<!--" + "-- comment " * 400_000 + "-->",
        '<script type="application/ld+json">' + "[" * 100_000 + "]" * 100_000 + "</script>",
        '<script type="application/ld+json">{"a":1' + ", " * 1_000_000 + "</script>",
        "<span>a</span>" * 100_000,
        "<" * 100_000,
    ],
    ids=["rows", "attributes", "script", "comment", "deep json", "broken json", "spans", "open brackets"],
)
def test_p25_a_story_beside_a_mountain_of_junk_is_read(junk):
    text = read(
        f"<html><body>{junk}{STORY}" if junk.startswith(("<script", "<!--", "<div")) else f"<body>{STORY}{junk}"
    ).text
    assert text.split("\n")[:3] == list(PARAGRAPHS)


def test_p25_a_page_of_endless_rows_becomes_a_small_tree():
    document = read_document(("<table>" + "<tr><td>1</td></tr>" * 300_000).encode())
    assert document.elements <= MAX_TAGS + 10


def test_p25_a_line_of_ten_megabytes_is_bounded():
    assert 0 < len(read("<html><body><h1>Port</h1><p>" + "x" * 10_000_000).text) < 5_000_000


def test_p25_unclosed_everything_is_read():
    assert read("<html><body><div><b><article><h1>Port to be rebuilt<p>" + "<p>".join(PARAGRAPHS)).text.endswith(
        PARAGRAPHS[2]
    )


def test_a_link_that_was_never_closed_does_not_hide_the_story():
    assert read(f'<html><body><a href="/home">{STORY}').text.split("\n") == list(PARAGRAPHS)


def test_p25_nuls_and_control_characters_leave_no_trace():
    article = read(STORY.replace("port of", "po\x00rt\x07 of"))
    assert article.text.split("\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty page"),
        (b" \r\n\x00\x00 ", "empty page"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "not html"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not html"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "not html"),
        (b"PK\x03\x04\x14\x00\x06\x00", "not html"),
        (b"Just a line of text, and no markup.", "not html"),
        (b'{"message": "not found"}', "not html"),
        (b"<html><head><title></title></head><body></body></html>", "no article"),
        (b"<html><body><nav><a href='/a'>Home</a></nav></body></html>", "no article"),
    ],
)
def test_what_is_no_article_is_refused_with_a_reason(body, reason):
    with pytest.raises(PageRefused) as refused:
        read(body)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "body", [b"", b"%PDF-1.7\n", b"<html><body><script>render()</script></body></html>", b"\x00\x01\x02"]
)
def test_p25_what_the_feed_told_is_kept_whatever_the_page_is(body):
    article = read(body, TOLD)
    assert (article.title, article.summary) == ("Port to be rebuilt", "Four years of work.")
    assert article.marks == ("text unavailable",)


def test_a_page_whose_script_writes_the_text_keeps_what_it_states():
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Port to be rebuilt",'
        '"datePublished":"2026-03-04T10:00:00Z"}</script><meta name="description" content="Four years of work.">'
    )
    article = read(f"<html><head>{head}</head><body><div id='root'></div></body></html>")
    assert (article.title, article.summary, article.marks) == (
        "Port to be rebuilt",
        "Four years of work.",
        ("text unavailable",),
    )
    assert article.published == datetime(2026, 3, 4, 10, tzinfo=UTC)


def test_a_wrong_content_type_does_not_hide_a_page():
    for content_type in ("", "text/plain", "application/octet-stream", "image/png", "nonsense; charset=;;"):
        assert read(f"<html><body>{STORY}</body></html>", content_type=content_type).text, content_type


def test_an_entry_with_a_summary_only_gets_a_title_from_it():
    article = from_entry(Entry("https://news.example/a", summary="Four years of work."), "s", "https://news.example/a")
    assert (article.title, article.marks) == ("Four years of work.", ("text unavailable",))


def test_titles_and_summaries_are_bounded():
    entry = Entry("https://news.example/a", title="word " * 10_000, summary="word " * 10_000)
    article = from_entry(entry, "s", entry.url)
    assert len(article.title) <= 500
    assert len(article.summary) <= 1000
    assert len(read(f"<html><head><title>{'word ' * 10_000}</title></head><body>{STORY}").title) <= 500


def test_addresses_that_cannot_be_parsed_do_no_harm():
    head = '<link rel="canonical" href="http://[::1"><link rel="alternate" hreflang="fr" href="https://[bad">'
    after = '<p>Source: <a href="http://[::1">Harbour Times</a></p>'
    article = read(f"<html><head>{head}</head><body>{STORY.replace('</article>', after + '</article>')}")
    assert [credit.name for credit in article.credited] == ["Harbour Times"]


@pytest.mark.parametrize(
    "value", ["null", "[]", "[null, 1, true]", '{"@type": 3}', '{"author": {"name": {"a": []}}}', '"text"', "{"]
)
def test_p25_json_ld_of_any_shape_does_no_harm(value):
    article = read(f'<html><head><script type="application/ld+json">{value}</script></head><body>{STORY}')
    assert article.text.split("\n") == list(PARAGRAPHS)
