"""The text is the story and nothing else: furniture goes, what belongs to the story stays, in order."""

from datetime import UTC, datetime

import pytest

from monitor.extract import extract, phrases
from monitor.records import Entry, Extraction, Page

FETCHED = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
FIRST = "The port of Marsala will be rebuilt over four years, the regional government said on Tuesday after a debate."
SECOND = "Work on the two northern piers begins in autumn; ferries will leave from a quay south of the fish market."
THIRD = "The council expects the rebuilding to cost ninety million euros, of which the fund for coasts pays a third."


def extraction(body: str, head: str = "", language: str = "en", **more: object) -> Extraction:
    source = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    )
    entry = more.get("entry")
    assert entry is None or isinstance(entry, Entry)
    repeated = more.get("repeated", frozenset())
    assert isinstance(repeated, frozenset)
    return extract(Page("https://news.example/harbour", source.encode(), FETCHED, entry=entry), repeated)


def lines(body: str, head: str = "", **more: object) -> list[str]:
    return extraction(body, head, **more).article.text.split("\n")


def story(inside: str = "", before: str = "", after: str = "") -> str:
    return (
        f"<article><h1>Port to be rebuilt</h1>{before}<div class='text'><p>{FIRST}</p>{inside}<p>{SECOND}</p>"
        f"<p>{THIRD}</p></div>{after}</article>"
    )


STORY = [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "furniture",
    [
        '<nav><a href="/a">Home</a> <a href="/b">World</a></nav>',
        "<figure><img src='x.jpg'><figcaption>The old pier, seen from the sea at dawn.</figcaption></figure>",
        '<div class="share-bar"><span>Share</span><span>Copy link</span></div>',
        '<div class="newsletter-box"><p>Get the best of our reporting every morning, free and in full.</p></div>',
        '<p><strong>Read more:</strong> <a href="/c">Why harbours silt up in winter</a></p>',
        "<p>Lesen Sie auch: Warum Häfen im Winter versanden</p>",
        "<p>Lire aussi : Pourquoi les ports s'ensablent en hiver</p>",
        "<p>Читайте также: Почему порты мелеют зимой</p>",
        "<p>Xem thêm: Vì sao các cảng cạn dần vào mùa đông</p>",
        "<p>Czytaj także: Dlaczego porty zamulają się zimą</p>",
        "<p>Sign up for our newsletter and get the day's news in your inbox every evening.</p>",
        "<p>We use cookies to improve our pages; accept all cookies or change your settings here.</p>",
        "<div>Advertisement</div>",
        "<p>Síguenos en nuestras redes y únete a nuestro canal para recibir las noticias.</p>",
        "<p>تابعوا آخر أخبارنا عبر قناتنا على واتساب</p>",
        "<div>14 آذار/مارس 2026 - 13:29 مشاهدات: 1203</div>",
        "<p>Foto: Ada Marsh/Harbour Pictures</p>",
        "<p>Updated at 1:23 p.m.</p>",
        '<div style="display:none"><p>This paragraph is for machines only; no reader ever sees any of it.</p></div>',
        "<aside><h3>Background</h3><p>The port was built by the wine houses of the town, long ago.</p></aside>",
        '<p><a href="/d">Another story of the same day, told elsewhere</a></p>',
    ],
)
def test_furniture_between_two_paragraphs_is_left_out(furniture):
    assert lines(story(inside=furniture)) == STORY


@pytest.mark.parametrize(
    "kept",
    [
        "<h2>What the engineers say</h2>",
        "<blockquote>We will not lose a single summer, the harbour master promised.</blockquote>",
        "<p>“Why now?” she asked.</p>",
    ],
)
def test_subheads_and_quotes_stay_where_they_stand(kept):
    found = lines(story(inside=kept))
    assert len(found) == 4
    assert [found[0], *found[2:]] == STORY


def test_lists_stay_in_order():
    found = lines(story(inside="<ul><li>Two piers in the north</li><li>One quay in the south</li></ul>"))
    assert found == [FIRST, "Two piers in the north", "One quay in the south", SECOND, THIRD]


@pytest.mark.parametrize(
    "heading", ["Comments (12)", "Related articles", "Kommentare", "Sur le même sujet", "Комментарии", "関連記事"]
)
def test_what_follows_a_heading_that_ends_the_story_is_left_out(heading):
    after = f"<div><h3>{heading}</h3><p>I have fished there for thirty years and nobody ever asked me.</p></div>"
    assert lines(story(after=after)) == STORY


def test_a_trailing_comment_counter_is_left_out():
    assert lines(story(after="<div><h3>Comment (0)</h3></div>")) == STORY


def test_a_standfirst_outside_of_the_text_is_kept_first():
    dek = "After thirty years of talk the harbour gets its new piers, and the ferries a home in the meantime."
    assert lines(f"<header><h1>Port to be rebuilt</h1><p class='standfirst'>{dek}</p></header>{story()}")[0] == dek


def test_a_standfirst_set_as_a_heading_is_kept():
    dek = "After thirty years of talk the harbour gets its new piers, and the ferries a home in the meantime."
    assert lines(f"<h1>Port to be rebuilt</h1><h2 class='sapo'>{dek}</h2>{story()}")[0] == dek


def test_what_a_line_shows_on_demand_only_is_left_out():
    hidden = "<span class='tooltip'>He has been minister since 2021 and was mayor before.</span>"
    assert lines(story(inside=f"<p>The minister{hidden} was not there, his office said on Tuesday evening.</p>"))[
        1
    ] == ("The minister was not there, his office said on Tuesday evening.")


def test_a_post_that_the_story_quotes_stays():
    post = "<blockquote class='twitter-tweet'><p>The piers will stand by 2030, and that is a promise.</p></blockquote>"
    assert "The piers will stand by 2030, and that is a promise." in lines(
        story(inside=f"<div class='social'>{post}</div>")
    )


def test_a_headline_of_another_story_in_the_middle_is_left_out():
    stray = "European right wants harsher asylum rules"
    assert lines(story(inside=f"<p>{stray}</p>")) == STORY
    related = '<div><h3>Latest</h3><ul><li><a href="/e">Ferries leave earlier</a></li></ul></div>'
    assert lines(story(inside="<p>Ferries leave earlier</p>", after=related)) == STORY


def test_a_second_story_below_the_first_is_left_out():
    other = (
        "<h1>Rain expected</h1><p>Rain is expected along the whole coast until Friday, forecasters said.</p>"
        "<p>Small craft should stay in harbour, the coast guard added, and beaches will remain closed to bathers.</p>"
    )
    assert lines(story() + other) == STORY


def test_comments_longer_than_the_story_do_not_replace_it():
    comments = "".join(
        f"<p>Comment {i}: I have fished there for thirty years and nobody asked me anything at all.</p>"
        for i in range(40)
    )
    assert lines(story(after=f'<section class="comments">{comments}</section>')) == STORY


def test_a_name_that_frames_the_whole_page_does_not_make_it_furniture():
    assert lines(f'<div class="with-sidebar has-newsletter paywall">{story()}</div>') == STORY


def test_lines_parted_by_br_are_paragraphs():
    assert (
        lines(f"<article><h1>Port to be rebuilt</h1><div>{FIRST}<br><br>{SECOND}<br>{THIRD}</div></article>") == STORY
    )


def test_rows_of_a_table_are_lines():
    table = "<table><tr><th>Pier</th><th>Metres</th></tr><tr><td>North</td><td>240</td></tr></table>"
    found = lines(story(inside=table))
    assert "Pier Metres" in found
    assert "North 240" in found


def test_json_ld_takes_over_where_the_page_shows_only_the_beginning():
    body = " ".join([FIRST, SECOND, THIRD, "The ministry will publish the tender in May, and work is to end by 2030."])
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Port","articleBody":"%s"}</script>'
    found = extraction(f"<article><h1>Port to be rebuilt</h1><p>{FIRST}</p></article>", head % body).article
    assert "tender in May" in found.text
    assert ("text", "json-ld") in found.origins


def test_the_feeds_text_takes_over_where_it_holds_more_of_the_same_story():
    entry = Entry("https://news.example/harbour", title="Port to be rebuilt", text="\n".join(STORY))
    found = extraction(f"<article><h1>Port to be rebuilt</h1><p>{FIRST}</p></article>", entry=entry).article
    assert found.text.split("\n") == STORY
    assert ("text", "feed") in found.origins


def test_the_feeds_text_does_not_replace_another_story():
    entry = Entry("https://news.example/harbour", title="Rain", text="Rain is expected along the coast. " * 60)
    assert lines(story(), entry=entry) == STORY


def test_fingerprints_do_not_change_with_numbers_and_marks():
    first = extraction(story(after="<p>12 readers are here now.</p>")).blocks
    second = extraction(story(after="<p>7 readers are here now!</p>")).blocks
    assert first == second
    assert all(0 <= block < 1 << 64 for block in first)


def test_a_sites_memory_never_takes_most_of_a_story_away():
    seen = extraction(story())
    assert extraction(story(), repeated=frozenset(seen.blocks)).article.text == "\n".join(STORY)


@pytest.mark.parametrize(
    ("head", "after"),
    [
        (
            '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False"}</script>',
            "",
        ),
        ("", "<p>Subscribe to continue reading.</p>"),
        ("", "<p>Cet article est réservé aux abonnés</p>"),
        ("", "<p>有料会員になると続きをお読みいただけます。</p>"),
    ],
)
def test_a_text_held_back_is_marked_partial(head, after):
    assert extraction(story(after=after), head).article.marks == ("partial",)


def test_a_whole_text_has_no_mark():
    assert extraction(story()).article.marks == ()


def test_line_separators_inside_a_paragraph_do_not_break_it():
    found = extraction(
        story(inside="<p>One\u2028line of the story, with a break that only some editors see in it.</p>")
    ).article
    assert "\u2028" not in found.text


@pytest.mark.parametrize(
    "sentence",
    [
        "Comments by the minister drew sharp criticism from fishermen and hoteliers along the coast on Tuesday.",
        "Related costs of dredging were not part of the estimate, the report by the auditors says in its second part.",
        "By Friday the council must say which of the two northern piers is to be rebuilt first, and who pays for it.",
        "He told reporters that the newsletter of the port authority had never mentioned the plan before.",
    ],
)
def test_prose_that_begins_like_furniture_is_prose(sentence):
    assert phrases.furniture(sentence) == ""
    assert not phrases.opens_furniture(sentence)
