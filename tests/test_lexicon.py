"""The lexicon's front door: folding and the way back, sentences, languages, concepts, labels."""

import pytest

from monitor.lexicon import detect, find, fold, label, sentences


def concepts(text: str, language: str) -> list[tuple[str, str]]:
    return [(found.concept, text[found.start : found.end]) for found in find(text, language)]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L'État à Véné\u00adzuéla", "l etat a venezuela"),
        ("R\u043esneft", "rosneft"),
        ("e\u0301te\u0301 Straße", "ete strasse"),
        ("&eacute;t&#233;", "ete"),
        ("Й и\u0306 ёлка", "й й елка"),
        ("S\u2011300 １２ ١٢", "s 300 12 12"),
        ("หนังสือ हिन्दी", "หนังสือ हिन्दी"),
    ],
)
def test_spellings_of_one_word_fold_to_the_same_letters(text, folded):
    assert fold(text).text.strip() == folded


@pytest.mark.parametrize("text", ["Véné\u00adzuéla là", "e\u0301te\u0301 là", "&eacute;t&eacute; là", "Straße ﬁn là"])
def test_a_folded_place_leads_back_to_the_text_as_it_stands(text):
    folded = fold(text)
    start = folded.text.index(" la ") + 1
    first, last = folded.span(start, start + 2)
    assert text[first:last] == "là"


def test_sentences_end_at_stops_but_not_at_abbreviations_initials_and_figures():
    text = "M. N. Maduro a payé 3.5 millions à St. Denis. Il part !\n「今日は。」明日。"
    found = [text[start:end] for start, end in sentences(text, "fr")]
    assert found == ["M. N. Maduro a payé 3.5 millions à St. Denis.", "Il part !", "「今日は。」", "明日。"]


def test_the_language_of_a_text_is_told_by_its_letters_and_words():
    assert detect("Các nước đã ký hiệp định hợp tác") == "vi"
    assert detect("Уряд України підписав угоду про співпрацю") == "uk"
    assert detect("両国は協力に合意した") == "ja"
    assert detect("12:30") is None


def test_a_longer_name_hides_the_shorter_one_inside_it():
    assert concepts("Les montagnes russes de Minsk, au Bélarus", "fr") == [
        ("country:BY", "Minsk"),
        ("country:BY", "Bélarus"),
    ]


def test_a_concept_is_called_as_its_reader_would_call_it():
    assert label("country:VE", "ru") == "Венесуэла"
    assert label("country:DE", "fr") == "Allemagne"
    assert label("topic:arms", "en") == "arms"
