"""What the data files must hold: no language half-added, no form that can never be found, names in all their forms."""

import pytest

from monitor.lexicon import cldr, find, known_languages, label, stem, topic_sets
from monitor.lexicon.forms import Rest, read_form
from monitor.lexicon.tables import (
    HOMONYM,
    country_names,
    grammar,
    known_concepts,
    labels,
    language_lines,
    shared_entries,
)

TOPICS = frozenset(labels("en"))
DIRECTIVES = {"@strip", "@endings", "@clitics", "@suffixes", "@prefixes", "@abbreviations", "@tones", "@compounds"}


def heads(language: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for head, rest in language_lines(language):
        found.setdefault(head, []).extend(form.strip() for form in rest.split(",") if form.strip())
    return found


def concepts(text: str, language: str) -> set[str]:
    return {found.concept for found in find(text, language)}


def test_at_least_twenty_languages_are_known():
    assert len(known_languages()) >= 20


@pytest.mark.parametrize("language", known_languages())
def test_a_language_has_cue_words_of_every_topic(language):
    found = heads(language)
    assert sorted(topic for topic in TOPICS if len(found.get(topic, ())) < 3) == []
    assert sorted(head for head in found if head.startswith("topic:") and head not in TOPICS) == []


@pytest.mark.parametrize("language", known_languages())
def test_a_language_has_countries_and_homonyms(language):
    found = heads(language)
    assert len([head for head in found if head.startswith("country:")]) >= 25
    assert {head.removeprefix("country:") for head in found if head.startswith("country:")} <= set(country_names("en"))
    assert len(found.get(HOMONYM, ())) >= 5
    assert len(country_names(language)) >= 200


@pytest.mark.parametrize("language", known_languages())
def test_every_line_of_a_language_can_be_read_and_every_form_found(language):
    for head, forms in heads(language).items():
        if head.startswith("@"):
            assert head in DIRECTIVES
            continue
        assert head.partition(":")[0] in {"country", "topic", HOMONYM}
        assert forms, head
        for written in forms:
            form = read_form(written, grammar(language))
            assert form is not None, (head, written)
            loose = form.rest is Rest.ANYTHING and form.pattern.strip().isascii()
            assert not loose or len(form.pattern.strip()) >= 2, (head, written)


def test_people_and_organisations_can_be_read_and_none_is_named_twice():
    for concept, written in shared_entries():
        assert read_form(written, grammar("")) is not None, (concept, written)


def test_sets_of_topics_name_known_topics():
    for groups in topic_sets().values():
        for topics in groups:
            assert topics <= known_concepts()


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "pt", "ru", "vi"])
def test_labels_are_complete_where_there_are_any(language):
    assert set(labels(language)) == TOPICS


@pytest.mark.parametrize("language", ["en", "fr", "ru", "zh", "vi", "he", "sw"])
def test_the_table_of_countries_says_what_cldr_says(language):
    assert country_names(language) == cldr.names(language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Venezuelans fled"),
        ("fr", "des Vénézuéliennes"),
        ("es", "las venezolanas"),
        ("de", "venezolanischen Hafen"),
        ("ru", "с Венесуэлой"),
        ("ru", "венесуэльского порта"),
        ("uk", "до Венесуели"),
        ("pl", "w Wenezueli"),
        ("ar", "وفنزويلا"),
        ("ar", "بالفنزويليين"),
        ("fa", "ونزوئلایی"),
        ("he", "בוונצואלה"),
        ("tr", "Venezuela'nın"),
        ("el", "της Βενεζουέλας"),
        ("ko", "베네수엘라와"),
        ("hi", "वेनेजुएला में"),
        ("zh", "在委內瑞拉"),
        ("ja", "ベネズエラの"),
        ("vi", "sang Venezuela"),
        ("fi", "Venezuela"),
    ],
)
def test_a_country_is_found_in_its_inflected_forms(language, text):
    assert "country:VE" in concepts(text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Belarus and Prussia, and a Russian doll"),
        ("es", "una montaña rusa"),
        ("fr", "une salade russe de Biélorussie"),
        ("zh", "俄克拉荷马州与白俄罗斯"),
        ("ja", "プロシアの手紙とベラルーシ"),
        ("vi", "Chị Nga về quê, Nga kể"),
        ("vi", "ngà voi"),
        ("en", "MOSCOW, Idaho: the Moscow council met"),
        ("pl", "Prusy i pierogi ruskie"),
        ("fa", "جشنواره خروس"),
        ("ar", "عروس من دمشق"),
    ],
)
def test_what_only_looks_like_russia_is_not(language, text):
    assert "country:RU" not in concepts(text, language)


def test_a_doubtful_name_is_believed_where_the_country_is_named_otherwise_too():
    assert "country:RU" in concepts("From Moscow, Idaho, to Moscow: the Kremlin and Russia", "en")


@pytest.mark.parametrize(
    "name", ["Чернышенко", "Chernyshenko", "Chernishenko", "Tchernychenko", "切尔内申科", "Czernyszenki"]
)
def test_one_person_is_found_however_the_name_is_spelt(name):
    assert "person:chernyshenko" in concepts(name, "en")


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ru", "соглашение", "соглашениями"),
        ("uk", "угода", "угодами"),
        ("es", "acuerdo", "acuerdos"),
        ("he", "הסכם", "בהסכם"),
        ("ko", "협정", "협정을"),
        ("hi", "लड़का", "लड़के"),
        ("el", "συμφωνία", "συμφωνίες"),
    ],
)
def test_forms_of_a_word_have_one_stem(language, one, other):
    assert stem(one, language) == stem(other, language)


def test_an_unknown_concept_is_called_as_it_is_written():
    assert label("topic:own-idea", "fr") == "own idea"
    assert label("person:maduro", "fr") == "Maduro"


def test_a_person_is_called_in_the_script_of_the_reader():
    assert label("person:maduro", "ru") == "Мадуро"
    assert label("person:putin", "ar") == "بوتين"
