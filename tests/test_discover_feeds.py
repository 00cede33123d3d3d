"""Feeds: every shape outlets serve is read, and whatever cannot be read is refused with its reason."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.discover import read_listing
from monitor.errors import ListingRefused
from monitor.records import Entry, Kind, Listed
from monitor.urls import has_page, identity

FEED = "https://www.example.org/feeds/news.xml"


def read(body: str | bytes, url: str = FEED, content_type: str = "") -> Listed:
    return read_listing(Kind.FEED, body if isinstance(body, bytes) else body.encode(), url, content_type)


def rss(*items: str, channel: str = "", prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return (
        f'{prolog}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        f"<channel><title>Daily</title>{channel}{''.join(items)}</channel></rss>"
    )


def item(title: str = "An accord", link: str = "https://www.example.org/a-1", rest: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{rest}</item>"


def only(listed: Listed) -> Entry:
    (entry,) = listed.entries
    return entry


def refusal(body: str | bytes, kind: Kind = Kind.FEED) -> str:
    with pytest.raises(ListingRefused) as refused:
        read_listing(kind, body if isinstance(body, bytes) else body.encode(), FEED)
    return refused.value.reason


class TestKinds:
    def test_rss_with_everything_in_it(self) -> None:
        listed = read(
            rss(
                item(
                    rest="<guid isPermaLink='false'>g1</guid><pubDate>Tue, 24 Nov 2026 10:00:00 +0530</pubDate>"
                    "<description>&lt;p&gt;First.&lt;/p&gt;&lt;p&gt;Second.&lt;/p&gt;</description>"
                    "<content:encoded><![CDATA[<p>The whole.</p><script>x()</script><p>More.</p>]]></content:encoded>"
                    "<dc:creator>Ana Lima</dc:creator><dc:language>pt-BR</dc:language>"
                ),
                channel="<language>es-MX</language><ttl>15</ttl>",
            )
        )
        assert (listed.title, listed.language, listed.ttl) == ("Daily", "es", timedelta(minutes=15))
        assert only(listed) == Entry(
            url="https://www.example.org/a-1",
            title="An accord",
            summary="First.\nSecond.",
            text="The whole.\nMore.",
            guid="g1",
            language="pt",
            authors=("Ana Lima",),
            published=datetime(2026, 11, 24, 4, 30, tzinfo=UTC),
        )

    def test_atom_with_several_links_and_two_dates(self) -> None:
        entry = only(
            read(
                '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>Jour</title><entry>'
                '<id>tag:example.org,2026:1</id><title type="html">Un &amp;lt;b&amp;gt;accord&amp;lt;/b&amp;gt;</title>'
                '<link rel="self" href="/api/1"/><link rel="alternate" type="text/html" href="../a/1"/>'
                "<published>2026-11-24T10:00:00+01:00</published><updated>2026-11-24T12:00:00Z</updated>"
                "<author><name>Zoé</name></author><content type='html'>&lt;p&gt;Texte.&lt;/p&gt;</content>"
                "</entry></feed>"
            )
        )
        assert entry.url == "https://www.example.org/a/1"
        assert (entry.title, entry.authors, entry.guid) == ("Un accord", ("Zoé",), "tag:example.org,2026:1")
        assert entry.published == datetime(2026, 11, 24, 9, tzinfo=UTC)
        assert entry.updated == datetime(2026, 11, 24, 12, tzinfo=UTC)

    def test_rdf_with_items_outside_the_channel_and_dates_in_dublin_core(self) -> None:
        entry = only(
            read(
                '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
                'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>D</title></channel>'
                '<item rdf:about="https://www.example.org/a-65?maca=de-rss"><title>Ein Abkommen</title>'
                "<link>https://www.example.org/a-65?maca=de-rss</link><dc:date>2026-11-24T10:00:00Z</dc:date></item></rdf:RDF>"
            )
        )
        assert entry.url == "https://www.example.org/a-65"
        assert entry.published == datetime(2026, 11, 24, 10, tzinfo=UTC)
        assert entry.updated is None

    def test_json_feed(self) -> None:
        body = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Daily",
            "language": "en",
            "items": [
                {
                    "id": 7,
                    "url": "/a/7",
                    "title": "R &amp; V",
                    "summary": "Short",
                    "content_html": "<p>Long</p>",
                    "date_published": "2026-11-24T10:00:00-04:00",
                    "authors": [{"name": "Ana"}, {"name": None}, None, 3],
                },
                {"id": "8", "content_text": "One\nTwo < three"},
            ],
        }
        first, second = read(json.dumps(body), "https://www.example.org/feed.json").entries
        assert first.url == "https://www.example.org/a/7"
        assert (first.title, first.summary, first.text, first.guid) == ("R & V", "Short", "Long", "7")
        assert first.authors == ("Ana",)
        assert first.published == datetime(2026, 11, 24, 14, tzinfo=UTC)
        assert not has_page(second.url)
        assert second.summary == "One\nTwo < three"

    @pytest.mark.parametrize("broken", [None, [], "x", 7, {"a": None}, True, [[]], {"name": {}}])
    def test_json_feed_with_any_wrong_type_anywhere(self, broken: object) -> None:
        names = "id url external_url title summary content_html content_text date_published authors author language"
        good = {"id": "1", "url": "https://www.example.org/a/1", "title": "An accord"}
        items = [good, broken, *({**good, name: broken} for name in names.split())]
        body = {"version": "https://jsonfeed.org/version/1", "title": broken, "language": broken, "items": items}
        listed = read(json.dumps(body))
        assert sum(entry.title == "An accord" for entry in listed.entries) >= len(items) - 2

    @pytest.mark.parametrize(
        "body", ['{"items": {}}', "[1, 2]", '{"items": [', "[" * 100_000, '{"version": "x", "items": []}']
    )
    def test_other_or_broken_json_is_no_feed(self, body: str) -> None:
        assert refusal(body) == "not a feed"


class TestAddresses:
    @pytest.mark.parametrize(
        ("link", "url"),
        [
            ("<![CDATA[ https://www.example.org/a?utm_source=rss&utm_medium=feed&id=7#publisher=news ]]>", "a?id=7"),
            ("https://www.example.org/a?x=1&y=2", "a?x=1&y=2"),
            ("https://www.example.org/a?x=1&amp;y=2", "a?x=1&y=2"),
            ("\n  https://www.example.org/very-\n  long  \n", "very-long"),
            ("/article/3fa9", "article/3fa9"),
            ("https://www.example.org/a?at_medium=RSS&amp;at_campaign=KARANGA#3", "a"),
            ("//www.example.org/b", "b"),
        ],
    )
    def test_links_come_out_absolute_and_without_trackers(self, link: str, url: str) -> None:
        assert only(read(rss(item(link=link)))).url == f"https://www.example.org/{url}"

    def test_relative_links_of_a_feed_on_another_host_belong_to_the_site(self) -> None:
        body = rss(item(link="/article/3fa9"), channel="<link>https://www.example.org/</link>")
        assert only(read(body, "https://feeds.example.net/x.xml")).url == "https://www.example.org/article/3fa9"

    def test_absolute_links_of_a_feed_on_another_host_stay_where_they_point(self) -> None:
        body = rss(item(link="https://news.example.com/a"), channel="<link>https://www.example.org/</link>")
        assert only(read(body, "https://feeds.example.net/x.xml")).url == "https://news.example.com/a"

    def test_a_guid_that_is_an_address_stands_in_for_a_missing_link(self) -> None:
        body = rss("<item><title>A</title><guid>https://www.example.org/a?utm_source=x</guid></item>")
        assert only(read(body)).url == "https://www.example.org/a"

    def test_a_guid_that_has_nothing_to_do_with_the_article_is_kept_apart(self) -> None:
        body = rss(item(rest="<guid isPermaLink='false'>https://www.example.org/?t=1764</guid>"))
        assert only(read(body)).url == "https://www.example.org/a-1"
        assert only(read(body)).guid == "https://www.example.org/?t=1764"

    def test_entries_without_any_link_keep_their_words_under_stable_addresses_of_their_own(self) -> None:
        body = rss("<item><title>One</title></item>", "<item><description>Two</description></item>")
        first, second = read(body).entries
        assert not has_page(first.url)
        assert identity(first.url) != identity(second.url)
        assert read(body).entries == (first, second)
        # and a third item before them changes nothing
        longer = read(rss("<item><title>Zero</title></item>", "<item><title>One</title></item>"))
        assert longer.entries[1].url == first.url

    def test_items_that_all_link_to_the_front_page_are_not_one_article(self) -> None:
        listed = read(rss(item("One", "https://www.example.org/"), item("Two", "https://www.example.org/")))
        assert len({identity(entry.url) for entry in listed.entries}) == 2

    def test_items_that_are_all_parts_of_one_page_are_not_one_article(self) -> None:
        items = (item(f"Note {n}", f"https://www.example.org/notes#{n}") for n in range(4))
        assert len({identity(entry.url) for entry in read(rss(*items)).entries}) == 4

    def test_entries_that_share_a_page_still_lead_there(self) -> None:
        items = (item(f"Note {n}", f"https://www.example.org/notes#{n}") for n in range(4))
        assert all(entry.url.startswith("https://www.example.org/notes#!") for entry in read(rss(*items)).entries)

    def test_an_article_listed_under_two_titles_keeps_its_page(self) -> None:
        others = (item(f"Story {n}", f"https://www.example.org/{n}") for n in range(9))
        listed = read(rss(item("One title"), item("Another title"), *others))
        assert all(has_page(entry.url) for entry in listed.entries)

    def test_script_and_mail_links_are_no_pages(self) -> None:
        listed = read(rss(item(link="javascript:alert(1)"), item(link="mailto:a@example.org")))
        assert [has_page(entry.url) for entry in listed.entries] == [False, False]

    def test_one_guid_for_two_stories_gives_two_entries(self) -> None:
        guid = "<guid>https://www.example.org/live</guid>"
        listed = read(
            rss(item(link="https://www.example.org/1", rest=guid), item(link="https://www.example.org/2", rest=guid))
        )
        assert len({entry.url for entry in listed.entries}) == 2

    def test_p32_one_guid_for_two_stories_without_pages_gives_two_entries(self) -> None:
        items = "".join(
            f"<item><title>{title}</title><guid isPermaLink='false'>live</guid></item>"
            for title in ("Caracas", "Nickel")
        )
        assert len({entry.url for entry in read(rss(items)).entries}) == 2

    def test_the_publishers_address_is_taken_from_a_feed_proxy(self) -> None:
        body = rss(
            item(
                link="https://proxy.example.net/~r/x/1",
                rest='<o:origLink xmlns:o="http://rssnamespace.org/feedburner/ext/1.0">https://www.example.org/a-1</o:origLink>',
            )
        )
        assert only(read(body)).url == "https://www.example.org/a-1"


class TestTexts:
    @pytest.mark.parametrize(
        ("title", "shown"),
        [
            ("Coop&eacute;ration &nbsp; R & V", "Coopération R & V"),
            ("<![CDATA[Russia &amp;#8217;s <b>oil</b>]]>", "Russia ’s oil"),
            ("AT&amp;amp;T", "AT&T"),
            ("3 < 4 and\n 5", "3 < 4 and 5"),
            ("\u202eevil\u202c \u200btitle\x07", "evil title"),
            ("", ""),
        ],
    )
    def test_titles_are_one_clean_line(self, title: str, shown: str) -> None:
        assert only(read(rss(item(title=title)))).title == shown

    def test_layout_in_a_description_leaves_only_its_text(self) -> None:
        description = '<![CDATA[<img style="float:left" src="x.jpg"><div>Words<br>of it</div><style>a{}</style>]]>'
        assert only(read(rss(item(rest=f"<description>{description}</description>")))).summary == "Words\nof it"

    def test_a_whole_article_in_the_description_is_the_text(self) -> None:
        paragraphs = "".join(f"&lt;p&gt;Paragraph {number} {'of a long story ' * 20}&lt;/p&gt;" for number in range(5))
        entry = only(read(rss(item(rest=f"<description>{paragraphs}</description>"))))
        assert entry.text.count("\n") == 4

    def test_a_summary_is_not_repeated_as_text(self) -> None:
        assert only(read(rss(item(rest="<description>A short teaser.</description>")))).text == ""

    @pytest.mark.parametrize(
        ("author", "names"),
        [
            ("ana@example.org (Ana Lima)", ("Ana Lima",)),
            ("https://www.example.org/ana", ()),
            ("  ", ()),
            ("EFE", ("EFE",)),
        ],
    )
    def test_authors_are_names(self, author: str, names: tuple[str, ...]) -> None:
        assert only(read(rss(item(rest=f"<author>{author}</author>")))).authors == names


class TestCharsets:
    TITLE = "Nga và Venezuela ký hiệp định — соглашение"

    @pytest.mark.parametrize("content_type", ["text/xml; charset=iso-8859-1", "application/rss+xml", "text/html", ""])
    def test_utf8_bytes_are_utf8_whatever_the_header_says(self, content_type: str) -> None:
        body = rss(item(title=self.TITLE), prolog='<?xml version="1.0" encoding="iso-8859-1"?>')
        assert only(read(body, content_type=content_type)).title == self.TITLE

    @pytest.mark.parametrize(
        ("encoding", "title"),
        [
            ("windows-1251", "Россия и Венесуэла подписали соглашение"),
            ("koi8-r", "Россия и Венесуэла подписали соглашение"),
            ("iso-8859-1", "Coopération signée à Caracas"),
            ("gb2312", "俄罗斯与委内瑞拉签署协议"),
            ("shift_jis", "ロシアとベネズエラが協定に署名"),
            ("iso-2022-jp", "ロシアとベネズエラが協定に署名"),
            ("windows-1256", "روسيا وفنزويلا توقعان اتفاقا"),
            ("utf-16", "Coopération 俄罗斯"),
        ],
    )
    def test_declared_encodings_are_read(self, encoding: str, title: str) -> None:
        body = rss(item(title=title), prolog=f'<?xml version="1.0" encoding="{encoding}"?>')
        assert only(read(body.encode(encoding))).title == title

    @pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
    def test_utf16_without_a_mark_is_seen_by_its_zeros(self, encoding: str) -> None:
        assert only(read(rss(item(title="Coopération")).encode(encoding))).title == "Coopération"

    def test_an_encoding_in_the_header_alone_is_used(self) -> None:
        body = rss(item(title="соглашение подписано"), prolog="").encode("cp1251")
        assert only(read(body, content_type="text/xml; charset=windows-1251")).title == "соглашение подписано"

    def test_windows_letters_under_a_false_utf8_label_are_read(self) -> None:
        body = rss(item(title="“Coopération” signée à Caracas, l’accord déjà annoncé")).encode("cp1252")
        assert "Coopération" in only(read(body)).title

    def test_one_character_cut_in_half_does_not_garble_the_feed(self) -> None:
        body = rss(item(title=self.TITLE, rest="<description>соглаш@@</description>")).encode()
        assert only(read(body.replace(b"@@", "е".encode()[:1]))).title == self.TITLE

    @pytest.mark.parametrize("encoding", ["utf-7", "base64", "nonsense", "zip"])
    def test_an_absurd_declaration_is_ignored(self, encoding: str) -> None:
        body = rss(item(title="Accord +ADw-script+AD4-"), prolog=f'<?xml version="1.0" encoding="{encoding}"?>')
        assert only(read(body)).title == "Accord +ADw-script+AD4-"


class TestBrokenFeeds:
    @pytest.mark.parametrize(
        "body",
        [
            "\r\n" + rss(item(), prolog=""),
            "\ufeff\n\t" + rss(item()),
            "<br />\n<b>Warning</b>: something in line 3<br />\n" + rss(item()),
            rss(item()) + "trailing words",
            rss(item(), "<item><title>cut of")[:-30],
            rss(item(title="A \x00\x01\x0b\x1f title")),
            rss(item(rest="<post-id xmlns='com-wordpress:feed-additions:1'>7</post-id>")),
            rss(item(rest="<media:group><media:content url='https://x.example/i.jpg'/></media:group>")),
            rss(item(rest="<undeclared:tag>x</undeclared:tag>")),
            rss(item(rest="<description>a & b &nbsp; &copy &#x1; &#0; &bogus; c</description>")),
            rss(item()).replace("<channel>", "<channel><!-- --comment-- -->"),
            "<!DOCTYPE html><html><body>" + rss(item(), prolog="") + "</body></html>",
            rss(item()).replace('version="2.0"', ""),
        ],
    )
    def test_what_is_broken_around_an_item_does_not_lose_it(self, body: str) -> None:
        assert "https://www.example.org/a-1" in [entry.url for entry in read(body).entries]

    def test_a_feed_without_items_is_an_empty_listing_and_no_error(self) -> None:
        assert read(rss()).entries == ()

    def test_an_item_with_nothing_in_it_is_dropped_and_one_with_only_an_id_is_kept(self) -> None:
        listed = read(
            rss("<item></item>", "<item><pubDate>x</pubDate></item>", "<item><guid isPermaLink='false'>7</guid></item>")
        )
        assert [entry.guid for entry in listed.entries] == ["7"]

    def test_ten_thousand_items_all_come_through(self) -> None:
        listed = read(
            rss(*(f"<item><title>T{n}</title><link>https://www.example.org/{n}</link></item>" for n in range(10_000)))
        )
        assert len({entry.url for entry in listed.entries}) == 10_000


ITEMS = [item(f"Story {n} & more", f"/{n}", f"<guid>{n}</guid>") for n in range(25)]
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    "<channel><title>D</title><items><rdf:Seq><rdf:li resource='x'/></rdf:Seq></items></channel>{}</rdf:RDF>"
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>D</title>{}</feed>'
ENTRY = "<entry><title>T{0}</title><link href='/{0}'/></entry>"


class TestLongFeeds:
    """feedparser is given a long feed in parts."""

    @pytest.mark.parametrize(
        "body",
        [
            rss(*ITEMS, channel="<link>https://site.example.org/</link><ttl>5</ttl><language>es</language>"),
            rss(*ITEMS)[:-100],
            rss(*ITEMS).replace("<item>", "<ITEM>").replace("</item>", "</ITEM>"),
            RDF.format("".join(ITEMS)),
            ATOM.format("".join(ENTRY.format(n) for n in range(25))),
        ],
        ids=["rss", "cut", "capitals", "rdf", "atom"],
    )
    def test_parts_give_what_the_whole_gives(self, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = read(body)
        monkeypatch.setattr("monitor.discover.feeds._PART", 4)
        assert read(body) == whole
        assert len(whole.entries) >= 24

    def test_what_is_past_the_limit_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("monitor.discover.feeds._PART", 4)
        monkeypatch.setattr("monitor.discover.feeds.MOST_ENTRIES", 10)
        assert [entry.guid for entry in read(rss(*ITEMS)).entries] == [str(n) for n in range(10)]
        unclosed = "<item><title>x</title><guid isPermaLink='false'>1</guid>" * 50
        assert 0 < len(read(f"<rss version='2.0'><channel>{unclosed}").entries) <= 10


class TestDates:
    @pytest.mark.parametrize(
        ("written", "moment"),
        [
            ("Tue, 24 Nov 2026 10:00:00 +0530", datetime(2026, 11, 24, 4, 30, tzinfo=UTC)),
            ("Tue, 24 Nov 2026 10:00:00 GMT+7", datetime(2026, 11, 24, 3, tzinfo=UTC)),
            ("Tue, 24 Nov 2026 10:00 EST", datetime(2026, 11, 24, 15, tzinfo=UTC)),
            ("2026-11-24T10:00:00-0500", datetime(2026, 11, 24, 15, tzinfo=UTC)),
            ("2026-11-24T10:00:00.123456Z", datetime(2026, 11, 24, 10, tzinfo=UTC)),
            ("24 Nov 2026 10:00:00", datetime.fromisoformat("2026-11-24 10:00")),
            ("2026-11-24 10:00", datetime.fromisoformat("2026-11-24 10:00")),
            ("2026-11-24", datetime.fromisoformat("2026-11-24 00:00")),
            ("24/11/2026 10:00", datetime.fromisoformat("2026-11-24 10:00")),
            ("Nov 24, 2026 01:30 PM", datetime.fromisoformat("2026-11-24 13:30")),
            # one name, several offsets: better naive than wrong
            ("Tue, 24 Nov 2026 10:00:00 IST", datetime.fromisoformat("2026-11-24 10:00")),
            ("03/04/2026", None),
            ("Thu, 01 Jan 1970 00:00:00 GMT", None),
            ("0001-01-01T00:00:00Z", None),
            ("Mon, 01 Jan 0001 00:00:00 +0000", None),
            ("9999-12-31", None),
            ("2024-11-31", None),
            ("2026-11-24T10:00:00+99:99", None),
            ("yesterday", None),
            ("", None),
            # the future is the reader's to judge, not ours
            ("2099-01-01T00:00:00Z", datetime(2099, 1, 1, tzinfo=UTC)),
        ],
    )
    def test_a_date_is_aware_where_it_says_its_offset_and_none_where_it_is_not_believable(
        self, written: str, moment: datetime | None
    ) -> None:
        entry = only(read(rss(item(rest=f"<pubDate>{written}</pubDate>"))))
        assert entry.published == moment
        assert entry.published is None or moment is None or entry.published.tzinfo == moment.tzinfo

    @pytest.mark.parametrize("date", ["", "<pubDate/>", "<pubDate>x</pubDate>"])
    def test_an_undated_item_is_as_good_as_any(self, date: str) -> None:
        assert only(read(rss(item(rest=date)))).published is None


class TestTtl:
    @pytest.mark.parametrize(
        ("channel", "ttl"),
        [
            ("<ttl>60</ttl>", timedelta(hours=1)),
            ("<ttl>99999999</ttl>", None),
            ("<ttl>1000000</ttl>", timedelta(days=7)),
            ("<ttl>-5</ttl>", None),
            ("<ttl>soon</ttl>", None),
            (
                "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
                timedelta(minutes=30),
            ),
            ("<sy:updatePeriod> daily </sy:updatePeriod>", timedelta(days=1)),
            ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", timedelta(hours=1)),
        ],
    )
    def test_the_publishers_own_pace_is_read(self, channel: str, ttl: timedelta | None) -> None:
        assert read(rss(item(), channel=channel)).ttl == ttl


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (b"", "empty"),
            (b"\xef\xbb\xbf \r\n\0 ", "empty"),
            (b"Invalid url", "not a feed"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a feed"),
            (b"<note><to>x</to></note>", "not a feed"),
            (b"<?xml version='1.0'?><opml version='2.0'><body/></opml>", "not a feed"),
            (
                "<html><head><title>News</title></head><body>" + "<p>Many words of a page.</p>" * 99,
                "html instead of a feed",
            ),
            (
                "<!DOCTYPE html><title>Just a moment...</title><body><noscript>Enable JavaScript</noscript>",
                "challenge page",
            ),
            (
                "<html><title>x</title><body><script src='/cdn-cgi/challenge-platform/h.js'></script></body></html>",
                "challenge page",
            ),
            (
                "<html><title>Before you continue</title><body><form><p>We and our partners</p></form></body>",
                "consent wall",
            ),
            ("<html><head><script>window.location='/x'</script></head><body></body></html>", "javascript stub"),
        ],
    )
    def test_what_is_no_feed_says_why(self, body: str | bytes, reason: str) -> None:
        assert refusal(body) == reason

    def test_a_page_that_mentions_captchas_in_a_real_text_is_just_a_page(self) -> None:
        assert (
            refusal("<html><body>" + "<p>How a captcha tells people from robots.</p>" * 40) == "html instead of a feed"
        )


class TestHostileFeeds:
    def test_entities_that_expand_into_one_another_are_refused(self) -> None:
        one = '<rss version="2.0"><channel><item><title>{}</title></item></channel></rss>'
        nested = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{nested}]>{one.format("&l9;")}'
        assert refusal(bomb) == "entity bomb"
        flood = f'<!DOCTYPE x [<!ENTITY a "{"a" * 5_000}">]>{one.format("&a;" * 9999)}'
        assert refusal(flood) == "entity bomb"

    def test_external_entities_open_no_file(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("canary-4711")
        body = f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}">]>' + rss(
            item(title="x &s; y", rest="<description>&s;</description>"), prolog=""
        )
        assert "canary-4711" not in repr(read(body))

    def test_a_body_that_is_a_file_name_opens_no_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        for name in ("feed", "<rss version='2.0'>"):
            (tmp_path / name).write_text(rss(item(title="canary-4711")))
        assert refusal(str(tmp_path / "feed")) == "not a feed"
        assert read("<rss version='2.0'>").entries == ()

    @pytest.mark.parametrize(
        "body",
        [
            '<rss version="2.0"><channel><item><title>x</title>' + "<a>" * 10_000,
            '<rss version="2.0"><channel><item><title>x</title><description>'
            + "&lt;div&gt;" * 20_000
            + "x</description></item></channel></rss>",
            '<rss version="2.0"><channel><item><title>x</title><a' + " " * 300_000 + "<b>",
            '<rss version="2.0"><channel><item><title>x</title></item><item '
            + " ".join(f'a{n}="x"' for n in range(100_000))
            + "/>",
            '<rss version="2.0"><channel><item><title>x</title><description><![CDATA['
            + "<!--" * 100_000
            + "]]></description></item>",
            '<rss version="2.0"><channel><item><title>x</title><description>' + "<![CDATA[" * 50_000,
        ],
        ids=["deep", "deep-html", "spaces", "attributes", "comments", "cdata"],
    )
    @pytest.mark.timeout(20)
    def test_what_would_take_a_parser_for_ever_is_read_at_once(self, body: str) -> None:
        """Each takes minutes where its guard is missing, and a blink where it is not."""
        assert [entry.title for entry in read(body).entries] == ["x"]
