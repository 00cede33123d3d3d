"""Names that are also words, first names or other places: ordinary prose must not be full of small countries."""

import pytest

from monitor.lexicon import find
from monitor.lexicon.folding import folded_text
from monitor.lexicon.tables import capital_names, country_names, doubtful_names, known_languages, shared_entries

PROSE = {
    "fr": "Lors de la réunion, Maurice et Dominique ont parlé d'une grenade.\nUN ACCORD DE PLUS",
    "es": "Mauricio y Guadalupe viven en Granada y fueron a la reunión.\nUN ACUERDO HISTÓRICO",
    "it": "Il libero mercato romano: uomini liberi, strade romane.\nUN ACCORDO",
    "pt": "Em Salvador, Maurício pagou com cheques uma granada.",
    "ro": "George este un om liber, iar presa este liberă.\nUN ACORD",
    "cs": "Dominika jela do Liberce.",
    "pl": "Dominika kazała ratować cywilów; sąd kazał zapłacić.",
    "en": "Dominic came to the reunion; his chin hurt. Chin up, said SoFi. It cost ten US dollars, or 9 U.S. dollars.",
    "de": "Es kostet zehn US-Dollar oder zehn amerikanische Dollar.",
    "ru": "Десять долларов США.",
    "ja": "百米ドルです。",
    "uk": "Право на володіння землею.",
    "he": "בכיוון השני נבנה בנין חדש.",
    "ar": "قال سليمان إنه لولا المطر لجاء مع بنين وبنات.",
    "fa": "بحران مالی از دوشنبه آغاز شد و هر قطره مهم است.",
    "ur": "وہ شام کو چلی گئی۔ مالی مدد۔",
    "sv": "Finns det hopp?",
    "sl": "Danes je lep dan.",
    "fi": "Sanaa ei sanottu: sanaakaan.",
}


def names(text, language):
    return {found.concept for found in find(text, language) if not found.concept.startswith("topic:")}


@pytest.mark.parametrize("language", PROSE)
def test_ordinary_prose_names_no_country_and_nobody(language):
    assert names(PROSE[language], language) == set()


@pytest.mark.parametrize(
    ("text", "language", "concept"),
    [
        ("Maurice et sa capitale, Port-Louis", "fr", "country:MU"),
        ("أعلنت سلطنة عمان", "ar", "country:OM"),
        ("الأردن وعاصمته عمان", "ar", "country:JO"),
        ("L'ONU et le Conseil", "fr", "org:un"),
        ("The UN and the Council", "en", "org:un"),
        ("UN-Generalsekretär", "de", "org:un"),
        ("La Liberia ha votato", "it", "country:LR"),
        ("Liberia a votat", "ro", "country:LR"),
        ("V Libérii se volilo", "cs", "country:LR"),
        ("Володіна звинувачують", "uk", "person:volodin"),
        ("Prezydent Kazachstanu", "pl", "country:KZ"),
        ("رئیس جمهور مالی در باماکو", "fa", "country:ML"),
        ("Finland och Danmark", "sv", "country:FI"),
    ],
)
def test_the_names_themselves_are_still_found(text, language, concept):
    assert concept in names(text, language)


def test_every_doubtful_name_is_one_that_would_else_be_found():
    languages = {*known_languages(), "ca", "fil", "ms", "sk", "ta", "ur"}
    assert doubtful_names("en")
    shared = {form for _, form in shared_entries()}
    for language in languages:
        tables = (country_names(language), capital_names(language))
        known = {name for table in tables for spellings in table.values() for name in spellings} | shared
        stale = doubtful_names(language) - {folded_text(name) for name in known}
        assert not stale, f"{language}: {stale}"


@pytest.mark.parametrize("language", known_languages())
def test_every_country_is_found_by_its_usual_name(language):
    missing = [
        names_of[0]
        for code, names_of in country_names(language).items()
        if folded_text(names_of[0]) not in doubtful_names(language)
        and f"country:{code}" not in names(f"{names_of[0]}.", language)
    ]
    assert missing == []


def test_what_one_country_is_called_is_no_inflected_name_of_another():
    assert names("En Nigeria", "es") == {"country:NG"}
    assert names("In Nigeria e nel Niger", "it") == {"country:NG", "country:NE"}
    assert names("In China, not in Chin", "en") == {"country:CN"}


def test_a_person_is_written_with_a_capital_where_there_are_any():
    assert "person:putin" in names("Putin sprach", "de")
    assert "person:putin" not in names("putin", "de")
    assert "person:putin" in names("普京", "zh")
