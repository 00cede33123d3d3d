"""The HTML of a mail is inert, honest about links, readable in the dark, and small enough to be shown whole."""

import re
from dataclasses import replace

import pytest
from editions import edition, headlines, story, telling
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from monitor.digest import compose, sample_alert, sample_edition
from monitor.digest.transfer import encoded_size
from monitor.records import Article, Coverage, Edition, Evidence, Story

# All a mail of ours may consist of: anything else in it came from outside.
TAGS = {
    "html": {"lang", "dir", "style"},
    "head": set(),
    "meta": {"charset", "name", "content"},
    "title": set(),
    "style": {"data-css-inline"},
    "body": {"style"},
    "div": {"class", "style", "role", "aria-label"},
    "h1": {"style"},
    "h2": {"style"},
    "h3": {"style", "lang", "dir"},
    "p": {"class", "style", "lang", "dir"},
    "a": {"href", "style"},
    "b": {"style"},
    "u": set(),
    "br": set(),
    "bdi": set(),
    "span": {"style"},
    "ul": {"class", "style"},
    "li": {"class", "style", "lang", "dir"},
    "table": {"class", "style", "role", "aria-hidden", "cellpadding", "cellspacing"},
    "tbody": set(),
    "tr": {"valign"},
    "td": {"align"},
}
REMOTE = re.compile(r"url\(|@import|expression|//(?!outlet)", re.IGNORECASE)


def assert_inert(html: str) -> None:
    """Fail for any element, attribute, address or style that is not on the list."""
    for element in lxml_html.fromstring(html).iter():
        assert element.tag in TAGS, element.tag
        assert set(element.attrib) <= TAGS[element.tag], (element.tag, element.attrib)
        if element.tag == "a":
            assert re.match(r"https?://", element.attrib["href"])
        if element.tag == "style":
            assert not REMOTE.search(element.text_content())
        assert not REMOTE.search(element.attrib.get("style", ""))


ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style><style>@import url(https://evil.example/x.css)</style>",
    "<!-- ]]> <![CDATA[",
    "{{7*7}} {% for x in range(10**9) %}{% endfor %}",
    "javascript:alert(1)",
    "&lt;b&gt; &#x202e; &amp;",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_outlets_write_stays_words(attack: str) -> None:
    """Markup, comments and template syntax in every field come out as they were typed, and as nothing else."""
    hostile = telling(attack, outlet=attack, evidence=(Evidence(f"{attack} sign", ("sign",)),), marks=(attack,))
    letter = compose(edition(story(hostile)))
    assert_inert(letter.html)
    assert headlines(letter.html) == [attack]
    assert attack in letter.text


def test_the_sample_mails_hold_nothing_but_what_is_allowed() -> None:
    """The digest and the alert pass the allow-list, in every language of the frame."""
    for made in (sample_edition(), sample_alert()):
        assert_inert(compose(made).html)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=80), st.text(max_size=40))
def test_no_text_at_all_becomes_markup(title: str, outlet: str, term: str) -> None:
    """Whatever letters a title, an outlet or a term is made of."""
    hostile = telling(title, outlet=outlet, evidence=(Evidence(title, (term, title)),))
    assert_inert(compose(edition(story(hostile))).html)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,<b>x</b>",
        "file:///etc/passwd",
        "vbscript:x",
        " java\nscript:alert(1)",
        "//outlet.example/x",
        "mailto:a@b.example",
        "http://",
        "",
        "https://[::1",
    ],
)
def test_only_http_addresses_are_links(url: str) -> None:
    """What is no http or https address is not linked, and the reader is told that there is no link."""
    letter = compose(edition(story(telling(url=url))))
    assert not lxml_html.fromstring(letter.html).xpath("//h3//a")
    assert "(no link that is safe to follow)" in letter.html
    assert "(no link that is safe to follow)" in letter.text


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.bank.example@evil.example/login", "evil.example"),
        ("https://evil.example\\@bank.example/", "evil.example"),
        ("https://аррӏе.example/", "аррӏе.example (xn--80ak6aa92e.example)"),
        ("https://outlet.example./a", "outlet.example."),
        ("https://outlet.example:8443/a", "outlet.example"),
        ("https://" + "bank.example." * 12 + "evil.example/", "bank.example.evil.example"),
        ("https://bank.example@" + "a" * 70 + ".evil.example/", "aaaa.evil.example"),
    ],
)
def test_the_real_host_stands_beside_the_link(url: str, host: str) -> None:
    """User names, backslashes and look-alike letters do not hide where a link leads."""
    page = lxml_html.fromstring(compose(edition(story(telling(url=url)))).html)
    assert host in page.xpath("//p[@class='dim']")[1].text_content()


def test_click_trackers_are_taken_off() -> None:
    """A link says nothing about who follows it."""
    letter = compose(edition(story(telling(url="https://outlet.example/a?id=7&utm_source=x&fbclid=y"))))
    assert 'href="https://outlet.example/a?id=7"' in letter.html
    assert "https://outlet.example/a?id=7\n" in letter.text


def test_bidi_controls_are_stripped_and_right_to_left_text_is_isolated() -> None:
    """An override in a title cannot turn the line around; an Arabic outlet cannot reorder what stands beside it."""
    hostile = telling("invoice\u202efdp.exe", outlet="صحيفة المرفأ\u2067", language="ar")
    letter = compose(edition(story(hostile)))
    assert "invoicefdp.exe" in letter.text
    assert not re.search("[\u202a-\u202e\u2066\u2067]", letter.html + letter.text)
    assert "<bdi>صحيفة المرفأ</bdi>" in letter.html
    assert "\u2068صحيفة المرفأ\u2069" in letter.text


def test_every_item_has_its_language_and_direction() -> None:
    """Voices switch between languages; a right-to-left headline begins on the right."""
    page = lxml_html.fromstring(compose(sample_edition()).html)
    titles = {one.text_content(): (one.get("lang"), one.get("dir")) for one in page.iter("h3")}
    assert ("ar", "rtl") in titles.values()
    assert ("zh", "ltr") in titles.values()
    assert all(lang and direction for lang, direction in titles.values())
    assert page.get("lang") == "en"
    assert [one.get("dir") for one in page.xpath("//p[@class='ev rtl']")] == ["rtl"]


def test_the_outline_is_one_title_then_sections_then_stories() -> None:
    """For screen readers: one h1, a landmark with a name, the preheader first, and the headline is the link."""
    page = lxml_html.fromstring(compose(sample_edition()).html)
    assert len(page.xpath("//h1")) == 1
    assert [one.tag for one in page.iter("h1", "h2", "h3")][:3] == ["h1", "h2", "h3"]
    assert page.xpath("//*[@role='article']/@aria-label") == ["Morning briefing"]
    assert page.xpath("//title/text()")
    assert page.xpath("//body/*[1]/@class") == ["pre"]
    assert 40 <= len(page.xpath("//body/*[1]")[0].text_content()) <= 90
    assert all(one.xpath("./a") for one in page.iter("h3"))


def test_the_character_set_is_told_within_the_first_kilobyte() -> None:
    """Later than that, a saved mail is shown as mojibake."""
    assert b'charset="utf-8"' in compose(sample_edition()).html.encode()[:1024]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_of_text_is_readable_by_day_and_by_night() -> None:
    """Contrast with the paper is at least 4.5 to 1, in the light and in the dark scheme, and survives inversion."""
    html = compose(sample_edition()).html
    night_rules = html[html.index("prefers-color-scheme: dark") : html.index("</style>")]
    day_rules = html[html.index("<body") :]
    for rules, paper in ((day_rules, "#fbfaf7"), (night_rules, "#1c1b19")):
        assert paper in rules
        inks = set(re.findall(r"(?<![-\w])color:\s*(#[0-9a-f]{6})", rules)) - {paper}
        assert len(inks) >= 3
        assert all(contrast(ink, paper) >= 4.5 for ink in inks), inks


def flood(count: int, language: str = "en") -> Edition:
    """Return an edition of many stories in the scripts of the sample."""
    made = sample_edition()
    tellings = [one for each in made.stories for one in each.tellings]
    stories = []
    for number in range(count):
        one = tellings[number % len(tellings)]
        article = replace(one.article, title=f"{number}: {one.article.title}", url=f"{one.article.url}-{number}")
        stories.append(Story(number, (replace(one, article=article, told=False, baseline=False),)))
    return replace(made, stories=tuple(stories), recipient=replace(made.recipient, language=language))


def numbers_in(text: str) -> set[int]:
    """Return the numbers of the stories of a flood that a text tells."""
    return {int(found) for found in re.findall(r"^(\d+): ", text, re.MULTILINE)}


def assert_within_budget(html: str) -> None:
    assert len(html.encode()) <= 80_000
    assert encoded_size(html.encode()) <= 100_000


@pytest.mark.parametrize("language", ["en", "ru"])
def test_300_stories_in_eight_scripts_fit_and_all_are_named(language: str) -> None:
    """The first ones in full, the others by title, none unsaid; the text part tells all of them in full."""
    letter = compose(flood(300, language))
    assert_within_budget(letter.html)
    page = lxml_html.fromstring(letter.html)
    shown = [one.text_content() for one in page.xpath("//h3 | //ul[@class='rest']/li[@lang]")]
    assert {title.split(":")[0] for title in shown} == {str(number) for number in range(300)}
    assert len(page.xpath("//h3")) >= 10
    assert numbers_in(letter.text) >= set(range(300))
    assert letter.text.count("Topic: ") + letter.text.count("Тема: ") == 300


def test_5000_stories_in_one_window_are_all_in_the_text_and_counted_in_the_html() -> None:
    """What has no room even as a title is counted, and the text part of the same mail has it."""
    letter = compose(flood(5_000))
    assert_within_budget(letter.html)
    assert numbers_in(letter.text) >= set(range(5_000))
    page = lxml_html.fromstring(letter.html)
    named = len(page.xpath("//ul[@class='rest']/li[@lang]"))
    full = len(page.xpath("//h3"))
    assert full >= 10
    assert named >= 100
    assert f"{5_000 - full - named:,} more are told in the plain-text part of this mail." in letter.html
    assert f"+ {5_000 - full:,} more stories" in letter.html


def test_the_weightiest_stories_are_the_ones_in_full() -> None:
    """A flood drowns the weak ones first."""
    made = flood(200)
    strong = replace(made.stories[150].tellings[0], article=Article("https://strong.example/1", "Strongest"))
    flags = (replace(strong.flags[0], score=1.0),)
    stories = (*made.stories, Story(999, (replace(strong, flags=flags),)))
    assert headlines(compose(replace(made, stories=stories)).html)[0] == "Strongest"


def test_the_most_monstrous_frame_leaves_room_for_stories() -> None:
    """Sources that fail, near misses, names: whatever they are called, the built-in templates hold them in bounds."""
    giant = "\U0001f6a2" * 5_000
    sources = tuple((giant, giant) for _ in range(500))
    miss = telling(
        giant, outlet=giant, url="https://outlet.example/" + "x" * 2_000, evidence=(Evidence(giant, (giant,)),)
    )
    made = edition(
        story(telling()),
        *(story(telling(giant), number=number) for number in range(50)),
        coverage=Coverage(9_999, 1, 1, ("en",), sources, sources),
    )
    letter = compose(replace(made, near_misses=(miss,) * 3, volume=sample_edition().volume, late=True))
    assert letter.notices == ()
    assert_within_budget(letter.html)
    assert "Ports sign a pact" in headlines(letter.html)


def test_titles_sentences_and_names_of_a_megabyte_are_cut() -> None:
    """A mail of one monstrous story is as small as any other; a long sentence is cut around its marked word."""
    huge = "x" * 500_000 + " sign " + "y" * 500_000
    one = telling(huge, outlet=huge, evidence=(Evidence("word " * 5_000 + "sign " + "word " * 5_000, ("sign",)),))
    letter = compose(edition(story(one)))
    assert_within_budget(letter.html)
    assert len(letter.html) < 20_000
    assert len(headlines(letter.html)[0]) <= 300
    assert "*sign*" in letter.text
    assert len(letter.subject) <= 90


def test_a_story_with_a_thousand_outlets_is_listed_whole_in_text_and_counted_in_html() -> None:
    """Eight of them are linked in the HTML, the others are counted."""
    many = tuple(telling("Echo", outlet=f"Outlet {n}", url=f"https://outlet{n}.example/1") for n in range(1_000))
    letter = compose(edition(story(*many)))
    assert_within_budget(letter.html)
    assert "991 more outlets" in letter.html
    assert all(f"https://outlet{n}.example/1" in letter.text for n in range(1_000))
