"""Titles without the site, names without their trappings, moments with their offset and their origin."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.extract import extract
from monitor.extract.byline import clean_names
from monitor.extract.dates import believable
from monitor.extract.moments import find_moment, read_moment
from monitor.records import Article, Entry, Page

FETCHED = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
TEXT = (
    "<p>The port of Marsala will be rebuilt over four years, the regional government said on Tuesday.</p>"
    "<p>Work on the two northern piers begins in autumn; ferries will leave from a quay south of the fish market.</p>"
)


def read(
    head: str = "", body: str = TEXT, entry: Entry | None = None, url: str = "https://www.daily-wave.example/a"
) -> Article:
    source = f"<!doctype html><html lang='en'><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"
    return extract(Page(url, source.encode(), FETCHED, entry=entry)).article


def naive(*parts: int) -> datetime:
    """A moment whose offset nobody stated."""
    year, month, day, hour, minute = (*parts, 0, 0)[:5]
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001


def ld(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@type":"NewsArticle",{fields}}}</script>'


class TestTitle:
    @pytest.mark.parametrize(
        "stated",
        [
            "Port to be rebuilt | Daily Wave",
            "Port to be rebuilt - Daily Wave",
            "Port to be rebuilt — Daily Wave News",
            "Daily Wave | Port to be rebuilt",
            "Port to be rebuilt – daily-wave.example",
            "Port to be rebuilt | 05.03.2026",
            "Port to be rebuilt：Daily Wave",
        ],
    )
    def test_the_sites_name_is_left_out(self, stated):
        head = f"<title>{stated}</title><meta property='og:site_name' content='Daily Wave'>"
        assert read(head).title == "Port to be rebuilt"

    def test_the_section_is_left_out_where_the_heading_goes_without_it(self):
        head = "<title>Port to be rebuilt | Sicily</title>"
        assert read(head, f"<h1>Port to be rebuilt</h1>{TEXT}").title == "Port to be rebuilt"

    def test_a_dash_inside_a_headline_stays(self):
        assert (
            read("<meta property='og:title' content='Marsala – a port is rebuilt'>").title
            == "Marsala – a port is rebuilt"
        )

    def test_entities_that_were_escaped_twice_are_read(self):
        head = "<meta property='og:title' content='Port&amp;#039;s new &amp;quot;home&amp;quot;'>"
        assert read(head).title == 'Port\'s new "home"'

    def test_where_page_and_title_disagree_the_json_ld_decides(self):
        head = (
            "<meta property='og:title' content='You will not believe this port'>"
            "<title>You will not believe this port</title>" + ld('"headline":"Port to be rebuilt"')
        )
        article = read(head, f"<h1>Port to be rebuilt</h1>{TEXT}")
        assert (article.title, dict(article.origins)["title"]) == ("Port to be rebuilt", "json-ld")

    def test_a_kicker_in_front_of_the_json_lds_headline_is_left_out(self):
        stated = "The harbour: A port is to be rebuilt"
        head = f"<meta property='og:title' content='A port is to be rebuilt'><title>{stated}</title>"
        body = f"<h1>A port is to be rebuilt</h1>{TEXT}"
        assert read(head + ld(f'"headline":"{stated}"'), body).title == "A port is to be rebuilt"

    def test_kickers_that_differ_are_no_part_of_the_headline_they_precede(self):
        head = "<meta property='og:title' content='Sea in Sicily: The port of Marsala is to be rebuilt'>"
        body = f"<h1>Harbours – The port of Marsala is to be rebuilt</h1>{TEXT}"
        assert read(head, body).title == "The port of Marsala is to be rebuilt"

    def test_two_wordings_of_one_first_half_are_no_kickers(self):
        stated = "Marsala rebuilds its port: what every traveller must know"
        body = f"<h1>Marsala to rebuild its port: what every traveller must know</h1>{TEXT}"
        assert read(f"<meta property='og:title' content='{stated}'>", body).title == stated

    def test_a_json_ld_that_names_both_titles_is_no_referee(self):
        """Its headline stands in the heading, its name in <title> and og:title."""
        head = (
            "<meta property='og:title' content='Marsala: A port is rebuilt'><title>Marsala: A port is rebuilt</title>"
        )
        head += ld('"headline":"New piers for Sicily","name":"Marsala: A port is rebuilt"')
        assert read(head, f"<h1>New piers for Sicily</h1>{TEXT}").title == "Marsala: A port is rebuilt"

    @pytest.mark.parametrize(
        ("offered", "title"),
        [
            ("Ferry passengers say it will ruin their summer", "Marsala: A port is to be rebuilt"),
            ("The port of Marsala: four years of rebuilding", "The port of Marsala: four years of rebuilding"),
        ],
    )
    def test_what_is_offered_in_place_of_the_headline_must_tell_of_the_same(self, offered, title):
        """Another wording is the publisher's choice; a line with hardly a word in common is about something else."""
        stated = "Marsala: A port is to be rebuilt"
        head = f"<meta property='og:title' content='{offered}'><title>{stated}</title>" + ld(f'"headline":"{stated}"')
        assert read(head, f"<h1>{stated}</h1>{TEXT}").title == title

    def test_a_title_cut_short_is_not_taken(self):
        head = "<meta property='og:title' content='Port to be…'>"
        assert read(head, f"<h1>Port to be rebuilt</h1>{TEXT}").title == "Port to be rebuilt"

    def test_the_title_of_a_drawing_is_no_title(self):
        body = f"<svg><title>Menu icon</title></svg>{TEXT}"
        assert read("<title>Port to be rebuilt</title>", body).title == "Port to be rebuilt"

    def test_control_and_bidi_characters_do_not_get_through(self):
        assert read("<title>Port\u202e to be\x07 rebuilt</title>").title == "Port to be rebuilt"


class TestAuthors:
    @pytest.mark.parametrize(
        ("byline", "names"),
        [
            ("By Ada Marsh", ("Ada Marsh",)),
            ("By Ada Marsh and Luca Rossi", ("Ada Marsh", "Luca Rossi")),
            ("Von Ada Marsh, Palermo 05.03.2026, 20:59 Uhr", ("Ada Marsh",)),
            ("Ada Marsh, Political Editor", ("Ada Marsh",)),
            ("Par Ada Marsh et Luca Rossi", ("Ada Marsh", "Luca Rossi")),
            ("Por Ada Marsh y Luca Rossi, corresponsal", ("Ada Marsh", "Luca Rossi")),
            ("Автор: Анна Морская", ("Анна Морская",)),
            ("Ada Marsh (am)", ("Ada Marsh",)),
            ("AFP", ("AFP",)),
            ("AFP/Reuters", ("AFP", "Reuters")),
            ("责编：牛镛、岳弘彬", ("牛镛", "岳弘彬")),
            ("ada.marsh@daily-wave.example", ()),
            ("105092", ()),
            ("https://daily-wave.example/authors/ada", ()),
            ("(Image: Harbour Pictures)", ()),
        ],
    )
    def test_a_byline_gives_names_only(self, byline, names):
        assert clean_names([byline]) == names

    def test_each_name_comes_once(self):
        assert clean_names(["Ada Marsh", "ADA MARSH", "By Ada Marsh"]) == ("Ada Marsh",)

    def test_a_person_who_signs_comes_before_the_outlet(self):
        head = ld('"author":{"@type":"Organization","name":"Daily Wave"},"publisher":{"name":"Daily Wave"}')
        body = f"<h1>Port to be rebuilt</h1><p class='byline'>By Ada Marsh</p>{TEXT}"
        assert read(head, body).authors == ("Ada Marsh",)

    def test_the_outlet_signs_where_nobody_else_does(self):
        head = ld('"author":{"@type":"Organization","name":"Daily Wave"},"publisher":{"name":"Daily Wave"}')
        assert read(head).authors == ("Daily Wave",)

    def test_a_byline_that_names_more_people_than_the_json_ld_is_believed(self):
        body = f"<h1>Port to be rebuilt</h1><p class='byline'>By Ada Marsh and Luca Rossi</p>{TEXT}"
        article = read(ld('"author":{"name":"Ada Marsh"}'), body)
        assert article.authors == ("Ada Marsh", "Luca Rossi")
        assert ("authors", "text") in article.origins

    def test_labelled_card_data_names_the_author(self):
        head = "<meta name='twitter:label1' content='Written by'><meta name='twitter:data1' content='Ada Marsh'>"
        assert read(head).authors == ("Ada Marsh",)

    def test_the_feed_names_the_author_where_the_page_does_not(self):
        entry = Entry("https://www.daily-wave.example/a", title="Port", authors=("Ada Marsh",))
        assert read(entry=entry).authors == ("Ada Marsh",)

    def test_a_closing_line_that_only_presents_the_author_leaves_the_text(self):
        head = ld('"author":{"name":"Ada Marsh"}')
        bio = "<p>Ada Marsh has covered the ports of the south for this newspaper since the year 2011.</p>"
        assert "Ada" not in read(head, f"<h1>Port to be rebuilt</h1>{TEXT}{bio}").text
        told = "<p>“I saw the old piers fall,” Ada Marsh writes in her new book about the harbours of Sicily.</p>"
        assert "2011" in read(head, f"<h1>Port to be rebuilt</h1>{told}{TEXT}{bio}").text


class TestMoments:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2026-03-04T23:30:00+02:00", datetime(2026, 3, 4, 23, 30, tzinfo=timezone(timedelta(hours=2)))),
            ("2026-03-04T23:30:00Z", datetime(2026, 3, 4, 23, 30, tzinfo=UTC)),
            ("2026-03-04T23:30:00.123+0200", datetime(2026, 3, 4, 23, 30, 0, 123000, timezone(timedelta(hours=2)))),
            ("2026-03-04", naive(2026, 3, 4)),
            ("Wed, 04 Mar 2026 10:05:00 GMT", datetime(2026, 3, 4, 10, 5, tzinfo=UTC)),
            ("1772618700", datetime(2026, 3, 4, 10, 5, tzinfo=UTC)),
            ("1772618700000", datetime(2026, 3, 4, 10, 5, tzinfo=UTC)),
            ("2024-11-31", None),
            ("2024-02-30T10:00:00Z", None),
            ("2026-03-04T25:00:00Z", None),
            ("yesterday", None),
            ("", None),
        ],
    )
    def test_a_field_for_machines(self, text, moment):
        assert read_moment(text) == moment

    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("Stand: 04.03.2026, 20:59 Uhr", naive(2026, 3, 4, 20, 59)),
            ("4. März 2026", naive(2026, 3, 4)),
            ("March 4, 2026 at 1:23 p.m. EST", datetime(2026, 3, 4, 13, 23, tzinfo=timezone(timedelta(hours=-5)))),
            ("4 March 2026", naive(2026, 3, 4)),
            ("4 de marzo de 2026, 18:30", naive(2026, 3, 4, 18, 30)),
            ("4 марта 2026, 18:30", naive(2026, 3, 4, 18, 30)),
            ("4 березня 2026", naive(2026, 3, 4)),
            ("Thứ Tư, 04/03/2026, 18:30 (GMT+7)", datetime(2026, 3, 4, 18, 30, tzinfo=timezone(timedelta(hours=7)))),
            ("ngày 4 tháng 3 năm 2026", naive(2026, 3, 4)),
            ("4 Mart 2026 Çarşamba 18:30", naive(2026, 3, 4, 18, 30)),
            ("4 marca 2026", naive(2026, 3, 4)),
            ("2026年3月4日 18時30分", naive(2026, 3, 4, 18, 30)),
            ("13/03/2026", naive(2026, 3, 13)),
            ("03/13/2026", naive(2026, 3, 13)),
            ("04/03/2026", naive(2026, 3, 4)),
            ("31/11/2024", None),
            ("32.01.2026", None),
            ("version 3.4.2026.1 of the software", None),
        ],
    )
    def test_a_date_for_readers(self, text, moment):
        assert find_moment(text) == moment

    def test_american_order_where_the_page_is_american(self):
        assert find_moment("04/03/2026", month_first=True) == naive(2026, 4, 3)

    @pytest.mark.parametrize(
        "text", ["0001-01-01", "1970-01-01T00:00:00Z", "2099-01-01", "2026-03-07T00:00:00Z", "9999-12-31"]
    )
    def test_bogus_dates_are_not_believed(self, text):
        assert not believable(read_moment(text), FETCHED)

    def test_a_bogus_date_gives_way_to_a_believable_one(self):
        article = read(
            ld('"datePublished":"2099-01-01T00:00:00Z"')
            + "<meta property='article:published_time' content='2026-03-04T10:00:00Z'>"
        )
        assert article.published == datetime(2026, 3, 4, 10, tzinfo=UTC)
        assert ("published", "meta") in article.origins

    def test_no_believable_date_is_no_date(self):
        article = read(ld('"datePublished":"2024-11-31"'))
        assert article.published is None
        assert "published" not in dict(article.origins)

    def test_the_offset_is_found_where_another_field_has_it(self):
        article = read(
            ld('"datePublished":"2026-03-04T10:00:00"')
            + "<meta name='article:published:time' content='2026-03-04T10:00:00+02:00'>"
        )
        assert article.published is not None
        assert article.published.utcoffset() == timedelta(hours=2)

    def test_a_day_is_made_a_moment_where_another_field_has_it(self):
        article = read(ld('"datePublished":"2026-03-04"') + "<meta name='date' content='2026-03-04T10:00:00+02:00'>")
        assert article.published == datetime(2026, 3, 4, 8, tzinfo=UTC)

    def test_the_line_beside_the_headline_gives_the_date(self):
        article = read(body=f"<h1>Port to be rebuilt</h1><p>4 March 2026, 10:05</p>{TEXT}")
        assert article.published == naive(2026, 3, 4, 10, 5)
        assert ("published", "text") in article.origins

    def test_a_date_inside_a_sentence_is_not_the_publications(self):
        body = "<h1>Port to be rebuilt</h1>" + TEXT.replace("on Tuesday", "on 3 January 2020")
        assert read(body=body).published is None

    def test_the_address_gives_the_day_where_nothing_else_does(self):
        article = read(url="https://daily-wave.example/2026/03/04/port")
        assert article.published == naive(2026, 3, 4)
        assert ("published", "address") in article.origins

    def test_the_feed_gives_the_moment_where_the_page_does_not(self):
        entry = Entry("https://daily-wave.example/a", title="Port", published=datetime(2026, 3, 4, 10, tzinfo=UTC))
        article = read(entry=entry)
        assert article.published == entry.published
        assert ("published", "feed") in article.origins

    def test_sources_that_contradict_each_other_are_believed_less(self):
        sure = dict(read(ld('"datePublished":"2026-03-04T10:00:00Z"')).origins)
        unsure = dict(
            read(ld('"datePublished":"2026-03-04T10:00:00Z"') + "<meta name='date' content='2025-03-04'>").origins
        )
        assert float(unsure["published belief"]) < float(sure["published belief"])

    def test_a_change_before_the_publication_is_none(self):
        article = read(ld('"datePublished":"2026-03-04T10:00:00Z","dateModified":"2026-03-01T10:00:00Z"'))
        assert article.modified is None


class TestLanguage:
    def test_the_text_decides_against_what_the_page_declares(self):
        body = (
            "<p>Die Landesregierung teilte am Dienstag mit, dass der Hafen über vier Jahre umgebaut wird und die "
            "Fähren vorläufig von einem Kai südlich des Fischmarkts ablegen.</p><p>Die Arbeiten an den nördlichen "
            "Kais beginnen im Herbst, sagte die zuständige Ministerin nach der Sitzung.</p>"
        )
        article = read(body=body)
        assert (article.language, dict(article.origins)["language"]) == ("de", "text")

    def test_the_declaration_counts_where_there_is_no_text(self):
        entry = Entry("https://daily-wave.example/a", title="17", language="pt-BR")
        assert read(body="<script>render()</script>", entry=entry).language in {"en", "pt"}
