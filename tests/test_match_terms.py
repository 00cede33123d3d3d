"""Terms: what each way of writing one finds, what it does not, and what cannot be meant."""

import pickle

import pytest

from monitor.match import WatchlistError, compile_watchlists
from monitor.records import Article, Concept, Watchlist


def matcher(*terms: str, **more):
    return compile_watchlists((Watchlist("w", "W", any=terms, **more),))


def words(term: str, text: str, language: str | None = None) -> tuple[str, ...]:
    """Return the words of a text that a term finds, as they stand."""
    flags = matcher(term).match(Article("", text=text, language=language))
    return flags[0].evidence[0].terms if flags else ()


def faults(*terms: str, **more) -> list[str]:
    with pytest.raises(WatchlistError) as raised:
        matcher(*terms, **more)
    return [str(fault) for fault in raised.value.terms]


@pytest.mark.parametrize(
    ("term", "text", "language", "found"),
    [
        ("соглашение", "Стороны довольны соглашением.", "ru", "соглашением"),
        ("угода", "Сторони задоволені угодою.", "uk", "угодою"),
        ("umowa", "Podpisano dwie umowy.", "pl", "umowy"),
        ("accord signé", "Deux accords signés hier.", "fr", "accords signés"),
        ("coopération", "LA COOPÉRATION AVANCE", "fr", "COOPÉRATION"),
        ("cooperación", "La cooperacion avanza", "es", "cooperacion"),
        ("venezolano", "las empresas venezolanas", "es", "venezolanas"),
        ("روسيا", "وروسيا ترحب", "ar", "وروسيا"),
        ("הסכם", "נחתם בהסכם חדש", "he", "בהסכם"),
        ("anlaşma", "yeni anlaşmaları açıkladı", "tr", "anlaşmaları"),
        ("Abkommen", "Das Militärabkommen gilt.", "de", "Militärabkommen"),
        ("Lithium", "Der Lithiumabbau beginnt.", "de", "Lithiumabbau"),
        ("συμφωνία", "ΟΙ ΣΥΜΦΩΝΙΕΣ υπογράφηκαν", "el", "ΣΥΜΦΩΝΙΕΣ"),
        ("협정", "양국은 협정을 맺었다", "ko", "협정을"),
        ("稀土", "中国的稀土出口", "zh", "稀土"),
        ("リチウム", "南米のリチウム鉱山", "ja", "リチウム"),
        ("hòa bình", "vì hoà bình thế giới", "vi", "hoà bình"),
        ("lith*", "two lithic tools", "en", "lithic"),
        ("exact:Nga", "nước Nga", "vi", "Nga"),
        ("exact:C++", "written in C++ today", "en", "C++"),
        ("C++", "written in C++ today", "en", "C++"),
        ("regex:S-?[34]00", "an S400 and more", "en", "S400"),
        ("S-300", "an S 300 battery", "en", "S 300"),
        ("Rosneft", "R\u043esneft said", "en", "R\u043esneft"),
        ("Rosneft", "Ros\u00adneft said", "en", "Ros\u00adneft"),
        ("café", "the cafe\u0301 closed", "en", "cafe\u0301"),
        ("L'Oréal", "chez L\u2019Oréal", "fr", "L\u2019Oréal"),
        ("country:VE", "die venezolanische Regierung", "de", "venezolanische"),
        ("person:maduro", "Мадуро прибыл", "ru", "Мадуро"),
        ("topic:arms", "des missiles antichars", "fr", "missiles"),
    ],
)
def test_a_term_finds_its_forms(term, text, language, found):
    assert words(term, text, language) == (found,)


@pytest.mark.parametrize(
    ("term", "text", "language"),
    [
        ("Nga", "ngà voi", "vi"),
        ("exact:Nga", "nga", "vi"),
        ("exact:Nga", "Ngan", "vi"),
        ("lithium", "lithography", "en"),
        ("C++", "a C major chord", "en"),
        ("oil price", "the price of oil", "en"),
        ("red sea", "It was red. Sea birds came.", "en"),
        ("Art", "Der Artikel erscheint.", "de"),
        ("lith*", "monolith", "en"),
        ("hoa", "hòa bình", "vi"),
    ],
)
def test_a_term_does_not_find_what_only_looks_like_it(term, text, language):
    assert words(term, text, language) == ()


@pytest.mark.parametrize(
    ("term", "says"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("...", "neither letter nor digit"),
        ("*oil", "end of the word"),
        ("=Nga", "exact:WORD"),
        ("/oil/", "regex:PATTERN"),
        ("o*il", "only stand at the end"),
        ("a*", "two letters"),
        ("\x08oil", "U+0008"),
        ("regex:(", "not a regular expression"),
        ("regex:.*", "every text"),
        ("regex:.", "every text"),
        ("regex:a|", "every text"),
        ("exact:", "nothing follows"),
        ("contry:RU", "did you mean country:"),
        ("country:XQ", "nothing is known"),
        ("person:madur", "did you mean person:maduro"),
        ("x" * 501, "501 characters"),
    ],
)
def test_a_term_that_cannot_be_meant_is_a_fault_that_says_what_to_write(term, says):
    assert says in faults(term)[0]


def test_all_faults_are_told_at_once_with_their_places():
    found = faults("oil", "", "*x", ignore=("good", "/bad/"))
    assert [line.split(":")[0] for line in found] == [
        "watchlists.w.any[1]",
        "watchlists.w.any[2]",
        "watchlists.w.ignore[1]",
    ]


def test_faults_cross_a_process_border_whole():
    with pytest.raises(WatchlistError) as raised:
        matcher("")
    assert pickle.loads(pickle.dumps(raised.value)).terms == raised.value.terms


@pytest.mark.parametrize(
    ("watchlist", "key"),
    [
        (Watchlist("w", "W"), "any"),
        (Watchlist("w", "W", any=("oil",), ignore=("oil",)), "any"),
        (Watchlist("w", "W", any=("crude oil",), ignore=("oil",)), "any"),
        (Watchlist("w", "W", any=("oil",), unless=("oil",)), "any"),
        (Watchlist("w", "W", sides=(("a", ("oil",)), ("b", ()))), "all.b"),
        (Watchlist("w", "W", sides=(("a", ("oil",)), ("b", ("oil",)))), "all"),
        (Watchlist("w", "W", sides=(("a", ("oil",)),)), "all"),
        (Watchlist("w", "W", any=("oil",), about=("cooperation",)), "about"),
        (Watchlist("w", "W", sides=(("a", ("oil",)), ("b", ("gas",))), about=("coperation",)), "about"),
    ],
)
def test_a_watchlist_that_can_never_match_is_a_fault(watchlist, key):
    with pytest.raises(WatchlistError) as raised:
        compile_watchlists((watchlist,))
    assert raised.value.terms[0].key == key


def test_a_user_can_extend_a_concept_and_bring_a_new_one():
    concepts = (
        Concept("org:sidor", (("", ("Sidor", "Siderúrgica del Orinoco")),)),
        Concept("country:VE", (("", ("Tierra de Gracia",)),)),
    )
    made = compile_watchlists((Watchlist("w", "W", any=("org:sidor", "country:VE")),), concepts)
    flag = made.match(Article("", text="La Siderúrgica del Orinoco reabre en la Tierra de Gracia.", language="es"))[0]
    assert flag.evidence[0].terms == ("Siderúrgica del Orinoco", "Tierra de Gracia")
    assert {"org:sidor", "country:VE"} <= set(flag.concepts)


def test_a_form_given_for_a_language_is_looked_for_in_that_language_alone():
    concepts = (Concept("org:sidor", (("es", ("La Planta",)), ("pt-BR", ("A Usina",)), ("", ("Sidor",)))),)
    made = compile_watchlists((Watchlist("w", "W", any=("org:sidor",)),), concepts)

    def found(text, language):
        return bool(made.match(Article("", text=text, language=language)))

    assert found("La Planta reabre.", "es")
    assert not found("Dans la planta du jardin.", "fr")
    assert found("A Usina reabre.", "pt")
    assert not found("La Planta reabre.", "pt")
    assert found("Sidor rouvre.", "fr")


def test_one_form_may_belong_to_two_concepts():
    concepts = (Concept("org:sidor", (("", ("Orinoco",)),)), Concept("country:VE", (("", ("Orinoco",)),)))
    made = compile_watchlists((Watchlist("w", "W", any=("org:sidor", "country:VE")),), concepts)
    flag = made.match(Article("", text="El Orinoco crece.", language="es"))[0]
    assert {"org:sidor", "country:VE"} <= set(flag.concepts)
