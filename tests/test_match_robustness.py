"""Bad input: bounded, never a hang, never a silent miss; and the same verdict however a text is encoded."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.lexicon import fold
from monitor.match import WatchlistError, compile_watchlists
from monitor.records import Article, Watchlist

WORD = Watchlist("w", "W", any=("Venezuela", "coopération", "hiệp định", "Роснефть", "стройка"))
TEXTS = (
    ("fr", "La coopération avec le Venezuela"),
    ("vi", "ký hiệp định hợp tác"),
    ("ru", "Роснефть и стройка"),
)
DISGUISES = {
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "upper case": str.upper,
    "soft hyphens": "\u00ad".join,
    "zero-width spaces": "\u200b".join,
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in text),
    "look-alikes": lambda text: text.replace("e", "е").replace("о", "o", 1),
    "entities": lambda text: "".join(f"&#{ord(c)};" if ord(c) > 127 else c for c in text),
    "direction marks": lambda text: "\u202a" + text + "\u202c",
}


def found(text: str, language: str) -> int:
    flags = compile_watchlists((WORD,)).match(Article("", text=text, language=language))
    return len(flags[0].evidence[0].terms) if flags else 0


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_a_disguised_text_is_found_like_the_plain_one(language, text, disguise):
    assert found(DISGUISES[disguise](text), language) == found(text, language) > 0


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_folds_and_every_folded_place_lies_in_the_original(text):
    folded = fold(text)
    places = [folded.at(offset) for offset in range(len(folded.text))]
    assert all(0 <= place <= len(text) for place in places)
    assert places == sorted(places)


@given(st.text(max_size=300), st.sampled_from(["en", "ru", "ar", "zh", "ja", "he", "vi", None]))
@settings(max_examples=200, deadline=None)
def test_any_text_can_be_matched_and_its_evidence_stands_in_it(text, language):
    made = compile_watchlists((Watchlist("w", "W", any=("country:RU", "topic:energy", "ab*", "по*", "の")),))
    for flag in made.match(Article("", text=text, language=language)):
        for evidence in flag.evidence:
            assert evidence.text.strip("…") in text
            assert all(term in evidence.text for term in evidence.terms)


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_term_is_compiled_or_refused_with_a_reason(term):
    try:
        compile_watchlists((Watchlist("w", "W", any=(term,)),))
    except WatchlistError as error:
        assert str(error.terms[0].message)  # noqa: PT017 - either end is right, this one must say why


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}", "([a-zA-Z]+)*$"])
def test_patterns_that_hang_other_engines_run_in_linear_time(pattern):
    try:
        made = compile_watchlists((Watchlist("w", "W", any=(f"regex:{pattern}",)),))
    except WatchlistError:
        return  # refused at load: it matches every text, or needs too much memory
    made.match(Article("", text="a" * 100_000 + "!", language="en"))


def test_a_very_long_article_is_matched_to_its_last_word():
    text = "The weather was fine and nobody said a word about it. " * 40_000
    made = compile_watchlists((Watchlist("w", "W", any=("Rosneft", "lithium")),))
    flag = made.match(Article("", text=text + "Rosneft bought lithium.", language="en"))[0]
    assert flag.evidence[0].text == "Rosneft bought lithium."


def test_a_text_without_any_stop_shows_what_stands_around_the_words():
    text = "word " * 50_000 + "lithium " + "word " * 50_000
    made = compile_watchlists((Watchlist("w", "W", any=("lithium",)),))
    evidence = made.match(Article("", text=text, language="en"))[0].evidence[0]
    assert "lithium" in evidence.text
    assert len(evidence.text) < 1_000


def test_ten_thousand_terms_are_all_found():
    terms = tuple(f"zorgon{number:05d}x" for number in range(10_000))
    made = compile_watchlists((Watchlist("w", "W", any=terms),))
    for number in (0, 5_000, 9_999):
        assert made.match(Article("", text=f"They met Zorgon{number:05d}x today.", language="en"))


def test_five_megabytes_of_terms_in_one_are_refused():
    with pytest.raises(WatchlistError, match="characters"):
        compile_watchlists((Watchlist("w", "W", any=("x" * 5_000_000,)),))
