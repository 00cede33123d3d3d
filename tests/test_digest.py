"""A digest says what happened, who says so, where it began and what was read, in the reader's language and zone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from editions import NOW, edition, headlines, section_titles, story, telling, words
from lxml import html as lxml_html

from monitor.digest import compose, sample_alert, sample_edition
from monitor.records import Article, Coverage, Disputed, Evidence, Flag, Lineage, Status, Telling, Told


def test_text_and_html_tell_the_same_stories_in_the_same_order() -> None:
    """Both parts are made from one model; neither has a story the other lacks."""
    letter = compose(sample_edition())
    places = [words(letter.text).find(words(headline)) for headline in headlines(letter.html)]
    assert len(places) == len(sample_edition().stories)
    assert -1 not in places
    assert places == sorted(places)


def test_one_line_says_it_all() -> None:
    """Counts by status, outlets, languages, and how many sources were read."""
    summary = "4 new stories, 1 update and 1 retraction from 11 outlets in 8 languages. 59 of 62 sources read."
    letter = compose(sample_edition())
    assert summary in letter.html
    assert summary in words(letter.text)


def test_a_retraction_comes_before_all_news() -> None:
    """A reader who believed the first mail meets its retraction first, however weak its score."""
    weak = story(telling("Withdrawn", score=0.5), number=1, status=Status.RETRACTED)
    strong = story(telling("Big news", score=1.0), number=2)
    assert headlines(compose(edition(strong, weak)).html) == ["Withdrawn", "Big news"]


def test_relevance_decides_the_order_and_independent_origins_lift_a_story() -> None:
    """Two outlets that do not credit each other weigh more than two copies of one agency."""
    copies = story(telling("Copied", outlet="A"), telling("Copied", outlet="B"), number=1, lineage=Lineage(1))
    independent = story(telling("Seen twice", outlet="C"), telling("Seen twice", outlet="D"), lineage=Lineage(2))
    surer = story(telling("Surest", score=1.0), number=3)
    unsure = story(telling("Unsure", score=0.6), number=4)
    shown = headlines(compose(edition(unsure, copies, independent, surer)).html)
    assert shown.index("Surest") < shown.index("Unsure")
    assert shown.index("Seen twice") < shown.index("Copied")


def test_a_story_stands_once_under_its_surest_watchlist_and_names_the_others() -> None:
    """Watchlists are merged into one mail; a story that matches two is told once."""
    flags = (Flag("ports", 0.7, (Evidence("x", ()),)), Flag("ships", 0.9, (Evidence("y", ()),)))
    both = story(replace(telling("Both"), flags=flags))
    letter = compose(edition(both))
    assert headlines(letter.html) == ["Both"]
    assert section_titles(letter.html)[0] == "Ships"
    assert "Also matches Ports" in letter.html
    assert "Also matches Ports" in letter.text


def test_the_shown_telling_is_one_the_reader_can_read() -> None:
    """Of several tellings that matched, the one in the reader's language is shown, the others are linked."""
    foreign = telling("Порты", outlet="Порт", language="ru", url="https://port.example/1", score=0.99)
    known = telling("Les ports", outlet="Le Port", language="fr", url="https://leport.example/1", score=0.9)
    made = edition(story(foreign, known))
    french = replace(made, recipient=replace(made.recipient, language="fr"))
    assert headlines(compose(french).html) == ["Les ports"]
    assert headlines(compose(made).html) == ["Порты"]
    assert "https://port.example/1" in compose(french).html


def test_an_update_shows_what_is_new_and_what_was_told_before() -> None:
    """The new telling leads, other new ones are listed as new, told ones only as also in."""
    old = telling("First report", outlet="Old", url="https://old.example/1", told=True)
    new = telling("It grew", outlet="New", url="https://new.example/1")
    newer = telling("It grew more", outlet="Newer", url="https://newer.example/1", score=0.8)
    letter = compose(edition(story(old, new, newer, status=Status.UPDATE)))
    assert headlines(letter.html) == ["It grew"]
    fresh = letter.text.index("New since the last mail")
    assert fresh < letter.text.index("https://newer.example/1") < letter.text.index("Also in")
    assert letter.text.index("Also in") < letter.text.index("https://old.example/1")


def test_what_a_first_crawl_found_is_told_apart() -> None:
    """Old stories of a source read for the first time are no news, except in a reader's very first mail."""
    found = story(telling("Old but unseen", baseline=True))
    assert section_titles(compose(edition(found)).html)[0] == "From a new source"
    assert section_titles(compose(edition(found, since=None)).html)[0] == "Ports"


def test_a_story_with_one_fresh_telling_is_news_though_another_is_old() -> None:
    """Only what is nothing but a first crawl's find goes under the new source."""
    mixed = story(telling("Old", baseline=True), telling("Fresh", outlet="Other", url="https://other.example/1"))
    assert section_titles(compose(edition(mixed)).html)[0] == "Ports"


def test_where_outlets_disagree_both_versions_are_told_with_who_tells_them() -> None:
    """In the text and in the HTML; of many outlets the first three, and how many more."""
    many = Told(17.0, "17", ("Coast", "Hill", "Vale", "Moor", "Fen"))
    apart = Lineage(6, disputed=(Disputed("agreement", (many, Told(19.0, "nineteen", ("Cape",)))),))
    letter = compose(edition(story(telling(), lineage=apart)))
    said = "agreement: 17 (Coast, Hill, Vale and 2 more outlets) · 19 (Cape)"
    assert f"Outlets disagree: {said}" in words(letter.text)
    assert said in words(letter.html)


def test_the_chain_of_credit_leads_from_the_origin_to_the_copy() -> None:
    """State television, cited by an agency, cited by a paper, translated by a portal."""
    letter = compose(sample_alert())
    chain = "Televisión del Estado → Agencia Orinoco → Báo Bờ Sông → Le Fil du Fleuve"
    assert chain in words(lxml_html.fromstring(letter.html).text_content())
    assert chain in words(letter.text)


def test_figures_on_which_outlets_differ_stand_side_by_side() -> None:
    """17 accords in six outlets, 19 in one: the reader sees both; days of a month are no figures."""
    text = words(compose(sample_alert()).text)
    assert "Figures: 17 (6 outlets)" in text
    assert "19 (1 outlet)" in text
    assert "1.5 billion (1 outlet)" in text
    day = telling("Pact on 24 November with 30 ships in 2026", figures=((24.0, "24"), (30.0, "30"), (2026.0, "2026")))
    assert "Figures: 30\n" in compose(edition(story(day))).text


def test_concepts_tell_in_the_readers_language_what_a_foreign_headline_is_about() -> None:
    """An Arabic headline has a line of places and topics in English, and in French for a French reader."""
    english = sample_edition()
    french = replace(english, recipient=replace(english.recipient, language="fr"))
    assert "Places: Russia · Venezuela" in compose(english).text
    assert "Lieux\u00a0: Russie · Venezuela" in compose(french).text


def test_concepts_on_which_two_tellings_agree_are_told_before_what_one_alone_has() -> None:
    """A meeting in French is an island in English: what only one of several tellings names is left out."""

    def about(outlet: str, *concepts: str) -> Telling:
        flag = Flag("ports", 0.9, (Evidence("x"),), concepts=concepts)
        return replace(telling(outlet=outlet, url=f"https://{outlet}.example/1"), flags=(flag,))

    many = story(
        about("a", "country:RU", "country:RE"), about("b", "country:RU", "country:VE"), about("c", "country:VE")
    )
    assert "Places: Russia · Venezuela\n" in compose(edition(many)).text
    assert "Places: Russia · Réunion\n" in compose(edition(story(about("a", "country:RU", "country:RE")))).text


def test_a_sentence_that_repeats_the_headline_is_left_out() -> None:
    """Unless there is no other."""
    headline, more = Evidence("Ports sign a pact!", ("sign",)), Evidence("It is the first pact.", ("pact",))
    text = compose(edition(story(telling("Ports sign a pact", evidence=(headline, more))))).text
    assert "It is the first *pact*." in text
    assert "*sign*" not in text
    assert "*sign*" in compose(edition(story(telling("Ports sign a pact", evidence=(headline,))))).text


def test_a_mail_about_one_watchlist_does_not_say_its_name_twice() -> None:
    """The title has it already."""
    made = edition(story(telling()))
    one = replace(made, channel=replace(made.channel, name=""), watchlists=made.watchlists[:1])
    page = lxml_html.fromstring(compose(one).html)
    assert page.xpath("//h1/text()") == ["Ports"]
    assert section_titles(compose(one).html)[0] == "The stories"


def test_marked_words_are_starred_in_text_and_bold_and_underlined_in_html() -> None:
    """Not by colour alone."""
    letter = compose(edition(story(telling())))
    assert "The ports *sign* a pact." in letter.text
    assert "The ports <b><u>sign</u></b> a pact." in letter.html


def test_moments_are_in_the_readers_zone_and_doubtful_dates_are_called_so() -> None:
    """Published and first seen are both told; a date without a zone, in the future or of 1970 is not hidden."""
    seen = NOW - timedelta(hours=1)
    dates = {
        "Published 24 Nov, 06:00, first seen 24 Nov, 06:30": seen - timedelta(minutes=30),
        "Published 24 Nov, 05:00 (time zone not stated)": datetime(2026, 11, 24, 5, 0),  # noqa: DTZ001
        "Dated 1 Jan 1970, 01:00, which is doubtful": datetime(1970, 1, 1, tzinfo=UTC),
        "Dated 1 Jan 2099, 01:00, which is doubtful": datetime(2099, 1, 1, tzinfo=UTC),
        "Dated 31 Dec 9999, 23:59, which is doubtful": datetime.max.replace(tzinfo=UTC),
        "Publication date unknown, first seen": None,
    }
    for told, published in dates.items():
        assert told in words(compose(edition(story(telling(published=published)))).text)


def test_a_day_of_a_reader_far_east_is_their_own() -> None:
    """The same instant is the next day in Auckland."""
    made = replace(edition(story(telling())), until=datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
    auckland = replace(made, recipient=replace(made.recipient, timezone="Pacific/Auckland"))
    assert "Wednesday, 25 November 2026" in compose(auckland).html
    assert "Tuesday, 24 November 2026" in compose(made).html


def test_an_empty_window_is_evidence_too() -> None:
    """A digest sent though nothing matched says so, and what was read."""
    letter = compose(edition())
    assert "Nothing on your watchlists in this window. 59 of 62 sources read." in words(letter.text)
    assert "nothing new" in letter.subject
    assert "How this was covered" in letter.html


def test_the_receipt_names_what_fails_and_what_is_silent() -> None:
    """Each source with why and since when, in both parts; beyond twelve the number is told."""
    failing = tuple((f"Source {number}", "HTTP 503") for number in range(40))
    coverage = Coverage(50, 10, 99, ("en",), failing, (("Quiet", "nothing since Monday"),))
    letter = compose(edition(coverage=coverage))
    for part in (letter.text, lxml_html.fromstring(letter.html).text_content()):
        assert "Source 0" in part
        assert "Quiet" in part
        assert "28 more: see “monitor status”" in part


def test_the_chart_draws_each_day_and_says_it_in_words() -> None:
    """It needs no image: table cells in HTML, block letters in text."""
    letter = compose(sample_edition())
    assert "▁▂▁▂▂▁▁▃▂▂▂▁▁▂▃▂▂▁▂▂▁▁▂▃▄▃▂▃▆█" in letter.text
    assert "60 matching articles; most on 24 Nov: 12." in letter.text
    days = sum(count > 0 for _, count in sample_edition().volume)
    assert len(lxml_html.fromstring(letter.html).xpath("//div[@class='bar']")) == days


def test_at_most_three_near_misses_are_shown() -> None:
    """They stand apart, with their score, and are not counted."""
    misses = tuple(telling(f"Missed {number}", score=0.3) for number in range(5))
    letter = compose(replace(edition(), near_misses=misses))
    assert "Missed 2" in letter.html
    assert "Missed 3" not in letter.html
    assert "match 0.3" in letter.text


def test_the_end_says_when_the_next_one_comes_and_how_to_leave() -> None:
    """And a late mail says that it is late."""
    letter = compose(replace(sample_edition(), late=True))
    text = words(letter.text)
    assert "Covers 23 Nov, 07:30 to 24 Nov, 07:30." in text
    assert "Times are those of Europe/Paris, UTC+01:00." in text
    assert "Next one: 25 Nov, 07:30." in text
    assert "have ana taken out of it in config.yaml" in text
    assert "This mail comes late" in text
    assert "This mail comes late" not in compose(sample_edition()).text


def test_the_subject_counts_first_and_carries_the_day_and_the_lead() -> None:
    """It is never the same two days running."""
    subject = compose(sample_edition()).subject
    assert subject.startswith("[Morning briefing] 4 new, 1 update, 1 retraction · 24 Nov · Rusia entrega")
    assert len(subject) <= 90


def test_an_alert_about_a_story_keeps_its_subject_when_the_story_grows() -> None:
    """Mail programs thread by subject: it follows the first telling, whatever is shown."""
    first = sample_alert()
    told = tuple(replace(one, told=True) for one in first.stories[0].tellings)
    newer = telling("A better headline", watchlist="russia-venezuela", score=1.0)
    update = replace(first, stories=(replace(first.stories[0], tellings=(*told, newer), status=Status.UPDATE),))
    assert compose(update).subject == compose(first).subject
    assert headlines(compose(update).html) == ["A better headline"]


def test_an_alert_says_that_it_is_one_and_is_short() -> None:
    """It is a variant of the digest, from the same model, without the chart and the list of sources."""
    digest, alert = sample_edition(), sample_alert()
    full = compose(replace(alert, volume=digest.volume))
    assert ">Alert</b>" in full.html
    assert full.text.startswith("ALERT\nFlash\n")
    for part in (full.text, full.html):
        assert "Thirty days" not in part
        assert "HTTP 503" not in part
        assert "59 of 62 sources read" in words(part)
    assert ">Alert</b>" not in compose(digest).html


def test_stories_without_title_date_language_or_text_are_told_all_the_same() -> None:
    """What is missing is said, nothing is left out."""
    bare = replace(telling("", language=None, evidence=()), article=Article("https://bare.example/1"))
    letter = compose(edition(story(bare)))
    assert headlines(letter.html) == ["(no title)"]
    assert "https://bare.example/1" in letter.text
    assert 'lang=""' in letter.html


def test_a_story_without_a_title_is_called_by_its_first_words() -> None:
    """Where there is a text there is a beginning."""
    untitled = telling("", text="The harbour was closed at noon. Nobody knows why.")
    assert headlines(compose(edition(story(untitled))).html) == ["The harbour was closed at noon. Nobody knows why."]


def test_a_story_without_a_verdict_of_this_mails_watchlists_is_told_all_the_same() -> None:
    """A retraction may match nothing any more; it stands under the first watchlist."""
    stray = story(replace(telling("Stray"), flags=()), status=Status.RETRACTED)
    letter = compose(edition(stray))
    assert headlines(letter.html) == ["Stray"]
    assert section_titles(letter.html)[0] == "Ports"


def test_marks_of_an_article_are_passed_on() -> None:
    """A reader knows that only part of a text was judged; an unknown mark is shown as it is."""
    marked = telling(marks=("text unavailable", "a mark of tomorrow"))
    text = compose(edition(story(marked))).text
    assert "text unavailable: judged by title and summary" in text
    assert "a mark of tomorrow" in text


def test_the_same_edition_gives_the_same_letter() -> None:
    """A composed mail can be made again and compared."""
    assert compose(sample_edition()) == compose(sample_edition())
