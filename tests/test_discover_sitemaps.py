"""Sitemaps, their indexes, news sitemaps, lists of addresses; what robots.txt and front pages declare."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.discover import find_listings, listings_in_robots, read_listing
from monitor.errors import ListingRefused
from monitor.records import Kind, Listed, Listing

SITEMAP = "https://www.example.org/sitemap.xml"
XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
XHTML = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'


def read(body: str, kind: Kind = Kind.SITEMAP) -> Listed:
    return read_listing(kind, body.encode(), SITEMAP)


def urlset(*urls: str, spaces: str = f"{XMLNS} {NEWS} {XHTML}") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {spaces}>{"".join(urls)}</urlset>'


def index(*children: str) -> str:
    return f"<sitemapindex {XMLNS}>{''.join(children)}</sitemapindex>"


def child(url: str, lastmod: str = "") -> str:
    return f"<sitemap><loc>{url}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</sitemap>"


class TestUrlSets:
    def test_a_news_sitemap_gives_titles_dates_and_languages(self) -> None:
        listed = read(
            urlset(
                "<url><loc>https://www.example.org/a?id=1&amp;utm_source=s</loc><lastmod>2026-11-24T12:00:00Z</lastmod>"
                "<news:news><news:publication><news:name>The Example</news:name><news:language>rus</news:language>"
                "</news:publication><news:publication_date>2026-11-24T10:00:00+03:00</news:publication_date>"
                "<news:title>R &amp;amp; V</news:title></news:news></url>"
            )
        )
        (entry,) = listed.entries
        assert (entry.url, entry.title, entry.language) == ("https://www.example.org/a?id=1", "R & V", "ru")
        assert entry.published == datetime(2026, 11, 24, 7, tzinfo=UTC)
        assert entry.updated == datetime(2026, 11, 24, 12, tzinfo=UTC)
        assert listed.title == "The Example"

    @pytest.mark.parametrize("spaces", ["", 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9/"', 'xmlns="x"'])
    def test_a_wrong_or_missing_namespace_loses_nothing(self, spaces: str) -> None:
        assert [entry.url for entry in read(urlset("<url><loc>/a</loc></url>", spaces=spaces)).entries] == [
            "https://www.example.org/a"
        ]

    def test_prefixes_that_were_never_declared_lose_nothing(self) -> None:
        body = "<urlset><url><loc>/a</loc><news:news><news:title>Accord</news:title></news:news></url></urlset>"
        (entry,) = read(body).entries
        assert entry.title == "Accord"

    def test_a_pictures_address_is_not_the_articles(self) -> None:
        body = urlset(
            "<url><image:image><image:loc>https://cdn.example.net/x.jpg</image:loc><image:title>Pic</image:title>"
            "</image:image><loc>https://www.example.org/a</loc></url>",
            spaces=f'{XMLNS} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"',
        )
        (entry,) = read(body).entries
        assert (entry.url, entry.title) == ("https://www.example.org/a", "")

    def test_hreflang_tells_each_addresss_own_language(self) -> None:
        links = (
            '<xhtml:link rel="alternate" hreflang="fr-FR" href="https://www.example.org/fr/a"/>'
            '<xhtml:link rel="alternate" hreflang="en" href="https://www.example.org/en/a"/>'
        )
        listed = read(
            urlset(*(f"<url><loc>https://www.example.org/{code}/a</loc>{links}</url>" for code in ("fr", "en")))
        )
        assert [(entry.url[-4:], entry.language) for entry in listed.entries] == [("fr/a", "fr"), ("en/a", "en")]

    def test_what_was_read_before_a_break_counts(self) -> None:
        body = urlset("<url><loc>https://www.example.org/a</loc></url>", "<url><loc>https://www.example.org/b</lo")
        assert [entry.url for entry in read(body[:-9]).entries][:1] == ["https://www.example.org/a"]

    def test_a_bare_ampersand_stays_in_the_address(self) -> None:
        (entry,) = read(urlset("<url><loc>https://www.example.org/a?x=1&y=2</loc></url>")).entries
        assert entry.url == "https://www.example.org/a?x=1&y=2"

    def test_a_feeds_address_may_serve_a_sitemap_and_the_other_way_round(self) -> None:
        assert len(read(urlset("<url><loc>/a</loc></url>"), Kind.FEED).entries) == 1
        feed = '<rss version="2.0"><channel><item><title>A</title><link>/a</link></item></channel></rss>'
        assert len(read(feed, Kind.SITEMAP).entries) == 1

    def test_what_is_past_the_limit_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("monitor.discover.sitemaps.MOST_ENTRIES", 100)
        listed = read(urlset(*(f"<url><loc>https://www.example.org/{n}</loc></url>" for n in range(150))))
        assert [entry.url.rpartition("/")[2] for entry in listed.entries] == [str(n) for n in range(100)]

    def test_entities_of_its_own_do_not_expand(self) -> None:
        nested = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        urls = "<urlset><url><loc>/a&l9;</loc></url><url><loc>/b</loc></url></urlset>"
        body = f'<!DOCTYPE x [<!ENTITY l0 "lol">{nested}]>{urls}'
        assert sum(len(entry.url) for entry in read(body).entries) < 200

    def test_external_entities_open_no_file(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("canary-4711")
        entity = f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]>'
        assert "canary" not in repr(read(f"{entity}<urlset><url><loc>/a/&s;</loc></url></urlset>"))


class TestIndexes:
    def test_dated_children_come_newest_first_and_only_the_newest(self) -> None:
        months = [f"{year}-{month:02}" for year in (2024, 2025, 2026) for month in range(1, 12)]
        listed = read(index(*(child(f"https://www.example.org/s-{month}.xml") for month in months)))
        assert [listing.url[-11:-4] for listing in listed.listings][:3] == ["2026-11", "2026-10", "2026-09"]
        assert len(listed.listings) == 10
        assert listed.entries == ()

    def test_what_a_child_says_of_itself_counts_more_than_its_name(self) -> None:
        listed = read(index(child("/s-2026-01.xml", "2026-01-31"), child("/s-2019-01.xml", "2026-11-24T10:00:00Z")))
        assert [listing.url[-11:-4] for listing in listed.listings] == ["2019-01", "2026-01"]

    def test_news_comes_first_and_pictures_last(self) -> None:
        names = ("image-sitemap.xml", "post-sitemap.xml", "news-sitemap.xml", "category-sitemap.xml")
        listed = read(index(*(child(f"/{name}") for name in names)))
        assert [listing.url.rpartition("/")[2] for listing in listed.listings][:2] == [names[2], names[1]]
        assert all(listing.kind is Kind.SITEMAP for listing in listed.listings)

    def test_an_index_that_names_itself_or_one_child_twice_leads_nowhere_new(self) -> None:
        listed = read(index(child(SITEMAP), child("/a.xml"), child("/a.xml"), child("javascript:x"), "<sitemap/>"))
        assert listed.listings == (Listing(Kind.SITEMAP, "https://www.example.org/a.xml"),)

    def test_children_without_dates_are_bounded(self) -> None:
        assert len(read(index(*(child(f"/part{n}x.xml") for n in range(500)))).listings) == 50


class TestLists:
    def test_addresses_one_a_line(self) -> None:
        listed = read("Some words first\n\nhttps://www.example.org/a\r\nhttps://www.example.org/b?utm_source=x\n")
        assert [entry.url for entry in listed.entries] == ["https://www.example.org/a", "https://www.example.org/b"]

    def test_words_alone_are_no_list(self) -> None:
        with pytest.raises(ListingRefused):
            read("Nothing here.\nSee https://www.example.org/ for more.")


class TestDeclared:
    def test_robots_txt_names_sitemaps_in_any_spelling(self) -> None:
        text = (
            "\ufeffSitemap: https://www.example.org/one.xml\nUser-agent: *\nDisallow: /x\n"
            "  SITEMAP:/two.xml # the second\nsite-map: https://www.example.org/three.xml\n"
            "Sitemap:\nSitemap: javascript:x\nSitemap: https://www.example.org/one.xml\n# Sitemap: /no.xml"
        )
        assert [listing.url for listing in listings_in_robots(text, "https://www.example.org/robots.txt")] == [
            "https://www.example.org/one.xml",
            "https://www.example.org/two.xml",
            "https://www.example.org/three.xml",
        ]

    def test_a_front_page_declares_its_feeds(self) -> None:
        page = (
            "<html><head><base href='https://www.example.org/fr/'>"
            "<link rel='alternate' type='application/rss+xml' href='comments/feed/'>"
            "<LINK REL='Alternate' TYPE='application/rss+xml; charset=utf-8' HREF='feed/'>"
            "<link rel='alternate' type='application/atom+xml' href='/atom.xml'>"
            "<link rel='alternate' type='application/feed+json' href='/feed.json'>"
            "<link rel='alternate' type='application/json' href='/wp-json/x'>"
            "<link rel='alternate' hreflang='en' href='/en'>"
            "<link rel='sitemap' href='/sitemap.xml'><link rel='stylesheet' href='/x.css'></head></html>"
        )
        assert find_listings(page.encode(), "https://www.example.org/fr") == (
            Listing(Kind.FEED, "https://www.example.org/fr/feed/"),
            Listing(Kind.FEED, "https://www.example.org/atom.xml"),
            Listing(Kind.FEED, "https://www.example.org/feed.json"),
            Listing(Kind.SITEMAP, "https://www.example.org/sitemap.xml"),
            Listing(Kind.FEED, "https://www.example.org/fr/comments/feed/"),
        )

    def test_where_no_feed_is_declared_a_link_to_one_does(self) -> None:
        page = "<a href='/rss'>RSS</a><a href='/news/rss-explained'>How RSS works</a><a href='/news/latest.rss'>x</a>"
        assert [listing.url for listing in find_listings(page.encode(), "https://www.example.org/")] == [
            "https://www.example.org/rss",
            "https://www.example.org/news/latest.rss",
        ]

    @pytest.mark.parametrize("body", [b"", b"\0\0", b"%PDF-1.4", b"<", b"plain words", b"<base href='a://['>"])
    def test_what_is_no_page_declares_nothing(self, body: bytes) -> None:
        assert find_listings(body, "https://www.example.org/") == ()
