"""Front pages without a feed: article links are told from all others by shape, on sites never seen before."""

import pytest

from monitor.discover import learn, read_listing
from monitor.errors import ListingRefused
from monitor.records import Kind, Listed

HOME = "https://www.example.org/"


def read(body: str, url: str = HOME) -> Listed:
    return read_listing(Kind.FRONT_PAGE, body.encode(), url, "text/html; charset=utf-8")


def page(content: str, language: str = "en") -> str:
    return (
        f"<!DOCTYPE html><html lang='{language}'><head><title>The Example</title></head><body>"
        "<nav class='main-menu'><a href='/'>Home</a><a href='/world'>World</a>"
        "<a href='/world/latin-america'>Latin America</a>"
        "<a href='/opinion/letters-to-the-editor'>Letters to the editor</a></nav>"
        f"<main>{content}</main>"
        "<footer><a href='/about-us'>About us</a>"
        "<a href='/privacy-policy'>Privacy policy and terms of use of this site</a>"
        "<a href='/contact'>Contact</a>"
        "<a href='https://social.example.net/example'>Follow us on social media</a></footer>"
        "</body></html>"
    )


def paths(listed: Listed) -> list[str]:
    return [entry.url.partition("/")[2].partition("/")[2].partition("/")[2] for entry in listed.entries]


def test_cards_are_articles_and_menus_footers_and_tags_are_not() -> None:
    listed = read(
        page(
            "".join(
                f"<article class='card'><a href='/{path}'><img src='x.jpg' alt='A picture'></a>"
                f"<span class='kicker'><a href='/world'>World</a></span><h3><a href='/{path}'>{title}</a></h3>"
                "<a href='/author/ana-lima-correspondent-in-caracas'>Ana Lima</a>"
                f"<a href='/{path}#comments'>12 comments</a>"
                f"<a href='/tag/oil-and-gas-in-venezuela'>#oil</a><a href='/{path}'>Read more</a></article>"
                for path, title in (
                    ("world/two-countries-sign-an-oil-accord", "Two countries sign an oil accord"),
                    ("2026/11/24/minister", "Minister resigns"),
                    ("economy/4711023", "Currency falls to a new low"),
                )
            )
            + "<div class='pagination'><a href='/page/2'>Older stories of this week</a></div>"
        )
    )
    assert [(entry.url, entry.title) for entry in listed.entries] == [
        ("https://www.example.org/world/two-countries-sign-an-oil-accord", "Two countries sign an oil accord"),
        ("https://www.example.org/2026/11/24/minister", "Minister resigns"),
        ("https://www.example.org/economy/4711023", "Currency falls to a new low"),
    ]
    assert (listed.title, listed.language) == ("The Example", "en")


def test_a_card_that_is_one_link_is_named_by_its_headline() -> None:
    (entry,) = read(
        page(
            "<a href='/news/x-y-z-w'><img alt='pic'><h2>Caracas and Moscow sign<style>.a{b}</style></h2>"
            "<p>A long teaser that says a good deal more than the headline does.</p></a>"
        )
    ).entries
    assert entry.title == "Caracas and Moscow sign"


def test_an_anchor_that_was_never_closed_is_not_named_by_what_follows_it() -> None:
    body = "<a href='/world/story-of-five-words-here'>Story of five words" + "<i> </i>" * 300 + "<b>far below</b>"
    (entry,) = read(f"<html><body>{body}</body></html>").entries
    assert entry.title == "Story of five words"


def test_an_edition_keeps_to_its_own_language() -> None:
    cards = "".join(
        f"<div class='post'><a href='{folder}/{slug}'>{title}</a></div>"
        for folder, slug, title in (
            ("/fr", "moscou-et-caracas-signent-dix-sept-accords", "Moscou et Caracas signent dix-sept accords"),
            ("/fr", "la-monnaie-recule-a-hanoi-ce-mardi", "La monnaie recule à Hanoï ce mardi"),
            ("/en", "moscow-and-caracas-sign-seventeen-accords", "Moscow and Caracas sign seventeen accords"),
            ("", "nga-va-venezuela-ky-muoi-bay-hiep-dinh", "Nga và Venezuela ký mười bảy hiệp định"),
        )
    )
    assert paths(read(page(cards, "fr"), "https://www.example.org/fr")) == [
        "fr/moscou-et-caracas-signent-dix-sept-accords",
        "fr/la-monnaie-recule-a-hanoi-ce-mardi",
    ]


def test_headlines_in_scripts_without_spaces_are_headlines() -> None:
    listed = read(
        page(
            "<ul>"
            + "".join(
                f"<li><a href='/n1/2026/1124/c{number}-40{number}2.html'>{title}</a></li>"
                for number, title in ((1003, "俄罗斯与委内瑞拉签署合作协议"), (1004, "两国元首举行会谈并发表联合声明"))
            )
            + "<li><a href='/GB/1003/'>国际</a></li></ul>",
            "zh",
        )
    )
    assert len(listed.entries) == 2


def test_an_old_site_that_numbers_its_articles_in_the_query() -> None:
    rows = "".join(
        f"<tr><td><a href='article.php?id={n}&sid=x'>Headline number {n} of the day</a></td></tr>" for n in (701, 702)
    )
    listed = read(f"<table>{rows}</table><a href='list.php?page=2'>More news of yesterday and before</a>")
    assert paths(listed) == ["article.php?id=701&sid=x", "article.php?id=702&sid=x"]


def test_short_headlines_are_carried_by_the_company_they_keep() -> None:
    items = "".join(
        f"<li class='item'><a href='/doc/77150{n}'>{title}</a></li>"
        for n, title in (
            (44, "Talks end in Moscow after a night"),
            (45, "Oil price rises again in Asia"),
            (46, "Tron light"),
        )
    )
    assert "doc/7715046" in paths(read(page(f"<ul>{items}</ul>")))


def test_a_page_whose_whole_frame_is_called_menu_still_has_articles() -> None:
    cards = "".join(
        f"<p><a href='/world/story-number-{n}-of-many'>Story number {n} of the many</a></p>" for n in range(5)
    )
    assert len(read(f"<div class='page has-menu open'>{cards}</div>").entries) == 5


class TestLearning:
    """A site of short slugs and short headlines, in sections that look like stories."""

    PAGE = page(
        "<p><a href='/blog/tron'>Tron</a> <a href='/blog/oil-price'>Oil</a></p>"
        "<div><a href='/themes/all-about-the-oil-price-and-more'>All about the oil price and more</a></div>"
    )
    ARTICLES = tuple(f"https://www.example.org/blog/{name}" for name in ("gas", "gold-coin", "tin", "iron", "a-b"))
    OTHERS = tuple(f"https://www.example.org/themes/all-about-the-{name}-and-more" for name in ("sea", "sun", "moon"))

    def test_untaught_it_goes_by_looks(self) -> None:
        assert paths(read(self.PAGE)) == ["themes/all-about-the-oil-price-and-more"]

    def test_taught_that_a_folder_holds_no_articles_it_leaves_it_out(self) -> None:
        learned = learn(self.ARTICLES, self.OTHERS)
        listed = read_listing(Kind.FRONT_PAGE, self.PAGE.encode(), HOME, learned=learned)
        assert "themes/all-about-the-oil-price-and-more" not in paths(listed)

    def test_taught_that_a_folder_holds_articles_it_finds_the_next(self) -> None:
        body = page("<p><a href='/blog/oil-price'>Oil prices today</a></p>").encode()
        assert read_listing(Kind.FRONT_PAGE, body, HOME).entries == ()
        assert len(read_listing(Kind.FRONT_PAGE, body, HOME, learned=learn(self.ARTICLES, ())).entries) == 1

    def test_a_few_addresses_and_a_mixed_folder_teach_nothing(self) -> None:
        assert learn(self.ARTICLES[:2], self.OTHERS[:2]) == {}
        assert learn(self.ARTICLES, self.ARTICLES) == {}


def test_files_other_sites_and_the_page_itself_are_left_out() -> None:
    listed = read(
        page(
            "<a href='/files/annual-report-of-the-year-2026.pdf'>The annual report of the year 2026</a>"
            "<a href='https://other.example.net/2026/11/24/a-story-of-another-site'>A story of another site</a>"
            "<a href='/section/?utm_source=x#top'>Back to the top of this page of ours</a>"
            "<a href='/world/a-story-of-our-own-site'>A story of our own site</a>"
            "<a href='https://m.example.org/world/a-story-of-our-own-site?utm_source=y'>The same on a telephone</a>"
        ),
        "https://www.example.org/section",
    )
    assert paths(listed) == ["world/a-story-of-our-own-site"]


def test_links_that_ask_not_to_be_followed_are_not() -> None:
    link = "<a rel='nofollow sponsored' href='/world/buy-this-car-right-now-today'>Buy this car right now, today</a>"
    assert read(page(link)).entries == ()


def test_a_page_without_articles_is_an_empty_listing() -> None:
    assert read(page("<p>" + "Nothing happened today. " * 60 + "</p>")).entries == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<html><body><div id='app'></div><script src='/app.js'></script></body></html>", "javascript stub"),
        ("<html><title>Just a moment...</title><body>Checking your browser</body></html>", "challenge page"),
        ("<html><title>x</title><body>We value your privacy. Accept all cookies?</body></html>", "consent wall"),
        ("plain words", "not a page"),
        ("", "empty"),
    ],
)
def test_what_holds_nothing_at_all_says_why(body: str, reason: str) -> None:
    with pytest.raises(ListingRefused) as refused:
        read(body)
    assert refused.value.reason == reason


def test_a_feed_at_a_front_pages_address_is_read_as_what_it_is() -> None:
    assert paths(read("<rss version='2.0'><channel><item><title>A</title><link>/a</link></item></channel></rss>")) == [
        "a"
    ]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 1_000 + "<a href='/world/a-story-deep-in-the-page'>A story deep in the page</a>",
        "<a href='/world/a-story-deep-in-the-page'>A story deep in the page</a>" + "<div><a href='/x'><span>" * 10_000,
        "<a href='/world/a-story-deep-in-the-page'>A story deep in the page</a>" + "<p><a href='/y'>y</a></p>" * 50_000,
    ],
    ids=["deep", "nested", "many"],
)
def test_monstrous_pages_are_read_in_time(body: str) -> None:
    assert "world/a-story-deep-in-the-page" in paths(read(f"<html><body>{body}</body></html>"))
