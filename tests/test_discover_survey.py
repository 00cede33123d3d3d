"""What a listing is worth as a source, and lists of feeds in and out of feed readers."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.discover import read_opml, survey, usual_listings, write_opml
from monitor.discover.survey import Survey
from monitor.errors import ListingRefused
from monitor.records import Entry, Kind, Listed, Listing, Source

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def listed(*dates: datetime | None, text: str = "", language: str | None = None) -> Listed:
    return Listed(
        entries=tuple(
            Entry(f"https://www.example.org/{n}", published=date, text=text, language="ru")
            for n, date in enumerate(dates)
        ),
        language=language,
    )


class TestSurvey:
    def test_it_counts_items_tells_the_newest_and_how_often_they_come(self) -> None:
        found = survey(listed(*(NOW - DAY * n / 4 for n in range(9)), language="es"), NOW)
        assert found == Survey(items=9, language="es", newest=NOW, a_day=4.0)

    def test_an_old_item_does_not_slow_the_pace_and_a_future_one_is_not_the_newest(self) -> None:
        found = survey(listed(NOW + 400 * DAY, NOW, NOW - DAY, NOW - 2 * DAY, NOW - 900 * DAY), NOW)
        assert (found.newest, found.a_day) == (NOW, 1.0)

    def test_without_dates_it_knows_no_pace(self) -> None:
        assert survey(listed(None, None), NOW) == Survey(items=2, language="ru")
        assert survey(listed(), NOW) == Survey(items=0)

    def test_dates_without_an_offset_are_good_enough(self) -> None:
        assert survey(listed(NOW.replace(tzinfo=None)), NOW).newest == NOW

    def test_it_says_when_a_feed_carries_whole_articles(self) -> None:
        assert survey(listed(NOW, NOW, text="Whole."), NOW).full_text
        assert not survey(listed(NOW, NOW), NOW).full_text


def test_the_usual_places_lie_below_the_address_given() -> None:
    places = usual_listings("https://www.example.org/fr/?x=1#top")
    assert Listing(Kind.FEED, "https://www.example.org/fr/feed") in places
    assert Listing(Kind.SITEMAP, "https://www.example.org/fr/sitemap.xml") in places


class TestOpml:
    OPML = """<?xml version="1.0" encoding="UTF-8"?><opml version="1.0"><head><title>Mine</title></head><body>
      <outline text="News"><outline type="rss" text="El D&iacute;a &amp; m&aacute;s" xmlUrl="https://eldia.example/rss?a=1&b=2"
        htmlUrl="https://eldia.example/" language="es-VE"/>
        <outline text="El Día más" xmlUrl="https://otro.example/feed"/></outline>
      <outline text="" xmlUrl="https://nameless.example/feed"/>
      <outline text="Again" xmlUrl="http://www.nameless.example/feed/"/>
      <outline text="A folder"/><outline text="Bad" xmlUrl="javascript:x"/></body></opml>"""

    def test_feeds_become_sources_with_ids_of_their_names(self) -> None:
        first, second, third = read_opml(self.OPML.encode())
        assert first == Source(
            id="el-dia-mas",
            name="El Día & más",
            url="https://eldia.example/",
            listings=(Listing(Kind.FEED, "https://eldia.example/rss?a=1&b=2"),),
            language="es",
        )
        assert (second.id, second.url) == ("el-dia-mas-2", "https://otro.example/")
        assert (third.id, third.name) == ("nameless-example", "nameless.example")

    def test_what_is_written_is_read_back(self) -> None:
        sources = (
            *read_opml(self.OPML.encode()),
            Source("x", "Quote \" ' < & >", "https://x.example/?a=1&b=2", (Listing(Kind.FEED, "https://x.example/f"),)),
        )
        again = read_opml(write_opml(sources, "My <sources> & more").encode())
        assert [(s.name, s.url, s.listings, s.language) for s in again] == [
            (s.name, s.url, s.listings, s.language) for s in sources
        ]

    def test_only_feeds_are_exported(self) -> None:
        source = Source("x", "X", "https://x.example/", (Listing(Kind.SITEMAP, "https://x.example/s.xml"),))
        assert "outline" not in write_opml((source,), "t")

    @pytest.mark.parametrize(
        "body", [b"", b"x", b"<rss/>", b"<html><outline xmlUrl='https://a.example/'/></html>", b"{}"]
    )
    def test_anything_else_is_refused(self, body: bytes) -> None:
        with pytest.raises(ListingRefused) as refused:
            read_opml(body)
        assert refused.value.reason == "not opml"
