"""A story knows where it comes from: its independent origins, its chain of credit, and where outlets disagree."""

from datetime import UTC, datetime

import pytest

from monitor.group import figures_of, lineage
from monitor.records import Article, Credit, Telling, Told

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)

DISPATCH = (
    "The two ministers met behind closed doors for three hours before a crowd of reporters was let in. "
    "They spoke of ferries, of customs and of a bridge that engineers had drawn before either was born. "
    "A joint statement is expected on Friday, an official said, adding that the weather would decide the rest."
)


def telling(outlet: str, text: str = "", *credited: Credit, url: str = "", language: str = "en") -> Telling:
    article = Article(
        url=url or f"https://{outlet.lower().replace(' ', '')}.example/1",
        text=text or f"As told by {outlet} in its own words, with nothing taken from others.",
        language=language,
        credited=credited,
    )
    return Telling(hash(outlet), article, outlet, NOON)


def test_outlets_that_credit_one_agency_are_one_origin() -> None:
    told = lineage((telling("Herald", "", Credit("AFP")), telling("Courier", "", Credit("afp")), telling("Gazette")))
    assert told.origins == 2


def test_an_uncredited_copy_is_no_origin_of_its_own() -> None:
    assert lineage((telling("Herald", DISPATCH), telling("Courier", DISPATCH + " Read on."))).origins == 1
    assert lineage((telling("Herald", DISPATCH), telling("Courier"))).origins == 2


def test_a_copy_that_credits_an_agency_has_it_from_there() -> None:
    """Not from the outlet whose copy of the same dispatch we happened to see first."""
    told = lineage((telling("Herald", DISPATCH, Credit("AFP")), telling("Courier", DISPATCH, Credit("AFP"))))
    assert (told.origins, told.chain) == (1, ("AFP", "Herald"))


def test_the_chain_of_credit_leads_from_state_television_to_the_translation() -> None:
    """Outlets are known again by name or by address, whichever the credit line gives."""
    chain = lineage(
        (
            telling("Vietnam.vn (français)", "", Credit("thanhnien.vn"), url="https://www.vietnam.vn/fr/1"),
            telling("Thanh Niên", "", Credit("AFP"), url="https://thanhnien.vn/1.htm"),
            telling("AFP", "", Credit("Televisora Nacional")),
        )
    ).chain
    assert chain == ("Televisora Nacional", "AFP", "Thanh Niên", "Vietnam.vn (français)")


def test_outlets_that_credit_each_other_in_a_circle_are_one_origin() -> None:
    """Nobody knows which of them began; the walk ends all the same."""
    circle = (telling("A", "", Credit("B")), telling("B", "", Credit("C")), telling("C", "", Credit("A")))
    assert lineage(circle).origins == 1
    assert lineage((telling("A", "", Credit("A")),)).origins == 1


@pytest.mark.parametrize(
    "credit",
    [
        Credit("Báo Bờ Sông"),
        Credit("bao bo song"),
        Credit("BÁO BỜ SÔNG"),
        Credit("baobosong.example"),
        Credit("www.baobosong.example"),
        Credit("the original", "https://baobosong.example/x"),
    ],
)
def test_an_outlet_is_found_by_its_name_its_domain_or_a_link(credit: Credit) -> None:
    """However a credit line writes it, with or without its accents."""
    found = lineage((telling("Báo Bờ Sông", url="https://baobosong.example/1"), telling("Fleuve", "", credit)))
    assert (found.origins, len(found.chain), found.chain[-1]) == (1, 2, "Fleuve")


def test_outlets_at_numeric_addresses_are_told_apart() -> None:
    """127.0.0.2 and 127.0.0.3 are no editions of an outlet called 127."""
    apart = (telling("Herald", url="http://127.0.0.2:80/1"), telling("Courier", url="http://127.0.0.3:80/1"))
    assert lineage(apart).origins == 2


def test_a_credit_without_letters_joins_nothing() -> None:
    """A dash or an empty name is nobody, and no origin either."""
    nobody = (telling("A", "", Credit("—"), Credit("")), telling("B", "", Credit("—")))
    assert (lineage(nobody).origins, lineage(nobody).chain) == (2, ())


def test_one_who_credits_two_agencies_has_two_origins() -> None:
    """And a copy of one of them adds none."""
    told = lineage((telling("A", "", Credit("Wire"), Credit("Post")), telling("B", "", Credit("Post"))))
    assert told.origins == 2


def test_hundreds_of_tellings_with_many_credits_have_a_chain_that_can_be_read() -> None:
    """Every outlet credits the five before it; three of them are followed, for at most six links."""
    many = [telling(f"Outlet {n}", "", *(Credit(f"Outlet {n - back}") for back in range(1, 6))) for n in range(300)]
    assert len(lineage(many).chain) == 6


def test_nobody_credits_anybody_and_there_is_no_chain() -> None:
    told = lineage((telling("Herald"), telling("Courier")))
    assert (told.origins, told.chain) == (2, ())


def test_a_story_without_tellings_has_no_origin() -> None:
    assert lineage(()).origins == 0


def test_counts_on_which_outlets_disagree_are_told_across_languages() -> None:
    disputed = lineage(
        (
            telling("Herald", "The ministers signed 17 agreements on Monday and spent 40 minutes together."),
            telling("Courrier", "Les ministres ont signé dix-sept accords lundi.", language="fr"),
            telling("Вестник", "Министры подписали 19 соглашений в понедельник.", language="ru"),
        )
    ).disputed
    assert [(one.what, one.versions) for one in disputed] == [
        ("agreement", (Told(17.0, "17", ("Herald", "Courrier")), Told(19.0, "19", ("Вестник",))))
    ]


def test_what_is_disputed_is_named_in_the_readers_language() -> None:
    apart = (telling("Herald", "They signed 17 agreements."), telling("Courier", "They signed 19 agreements."))
    assert [lineage(apart, language).disputed[0].what for language in ("fr", "ru", "xx")] == [
        "accord",
        "соглашение",
        "agreement",
    ]


def test_the_figures_of_a_text_are_numbers_with_the_words_they_stand_in() -> None:
    assert figures_of("Dix-sept accords, 1,5 milliard, encore dix-sept.", "fr") == (
        (17.0, "dix-sept"),
        (1.5e9, "1,5 milliard"),
    )


def test_counts_on_which_all_agree_are_not_disputed() -> None:
    english = telling("Herald", "They signed 17 agreements.")
    assert lineage((english, telling("Courrier", "Ils ont signé 17 accords.", language="fr"))).disputed == ()


def test_an_outlet_that_counts_two_things_by_one_word_disputes_nothing() -> None:
    mixed = telling("Herald", "They signed 17 agreements; 5 agreements of last year lapse.")
    assert lineage((mixed, telling("Courier", "They signed 19 agreements."))).disputed == ()
