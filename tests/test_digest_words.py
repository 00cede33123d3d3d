"""The frame of a mail speaks the reader's language; a language is added by adding a file."""

import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from editions import words

from monitor.digest import builtin_templates, check_templates, compose, sample_edition
from monitor.digest.catalogue import HOLE, languages, load
from monitor.digest.frame import Frame
from monitor.records import Edition

LANGUAGES = languages(builtin_templates())
ENGLISH = load("en", (builtin_templates(),))


def for_reader(language: str, zone: str = "Europe/Paris") -> Edition:
    made = sample_edition()
    return replace(made, recipient=replace(made.recipient, language=language, timezone=zone))


def frame(language: str) -> Frame:
    return Frame.of(load(language, (builtin_templates(),)), for_reader(language))


def test_five_languages_are_built_in() -> None:
    """English, Spanish, French, Russian, Vietnamese."""
    assert set(LANGUAGES) >= {"en", "es", "fr", "ru", "vi"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_phrase_with_every_hole(language: str) -> None:
    """No key is missing or left over, and each phrase says all that the English one says."""
    data = tomllib.loads((builtin_templates() / "words" / f"{language}.toml").read_text(encoding="utf-8"))
    assert set(data["phrases"]) == set(ENGLISH.phrases)
    assert set(data["counts"]) == set(ENGLISH.counts)
    for key, phrase in data["phrases"].items():
        assert sorted(HOLE.findall(phrase)) == sorted(HOLE.findall(ENGLISH.phrases[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_count_has_the_plural_form_its_number_asks_for(language: str) -> None:
    """Each form stands in the file, none is borrowed, and each shows the number."""
    catalogue = load(language, (builtin_templates(),))
    needed = {catalogue.locale.plural_form(number) for number in range(1_000)}
    for key, forms in catalogue.counts.items():
        assert set(forms) >= needed, key
        assert all("{n}" in form for form in forms.values()), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_mail_is_in_the_readers_language(language: str) -> None:
    """None of the frame's English phrases is left in another language's mail."""
    letter = compose(for_reader(language))
    assert f'<html lang="{language}"' in letter.html
    shared = {phrase for phrase in ENGLISH.phrases.values() if HOLE.search(phrase) or len(phrase) < 15}
    for phrase in set(ENGLISH.phrases.values()) - shared if language != "en" else ():
        assert phrase not in letter.text


def test_plurals_follow_the_languages_own_rules() -> None:
    """One, few and many in Russian; none in Vietnamese; zero is singular in French."""
    assert [frame("ru").count("updates", number) for number in (1, 3, 5, 21)] == [
        "1 продолжение",
        "3 продолжения",
        "5 продолжений",
        "21 продолжение",
    ]
    assert frame("vi").count("updates", 5) == "5 cập nhật"
    assert frame("fr").count("outlets", 0) == "0 média"
    assert frame("en").count("outlets", 0) == "0 outlets"


def test_dates_and_numbers_are_written_as_the_language_writes_them() -> None:
    """By Unicode CLDR, with the 24-hour clock of the news."""
    made = sample_edition()
    assert frame("fr").day(made.until) == "Mardi 24 novembre 2026"
    assert frame("ru").moment(made.until) == "24 нояб., 07:30"
    assert frame("vi").moment(made.until) == "07:30 ngày 24 thg 11"
    assert frame("es").number(1234567) == "1,23 millones"
    assert frame("en").number(1184) == "1,184"
    assert frame("ru").tongue("vi") == "вьетнамский"
    assert frame("en").tongue("qxz") == "qxz"
    assert frame("en").tongue(None) == ""


def test_a_regional_tag_takes_its_words_from_the_language_and_its_dates_from_the_region() -> None:
    """American dates for an American; an unknown language reads English."""
    made = sample_edition()
    american = Frame.of(load("en-US", (builtin_templates(),)), made)
    assert american.day(made.until) == "Tuesday, November 24, 2026"
    assert american.say("next", when="x") == "Next one: x."
    assert load("tlh", (builtin_templates(),)).language == "en"
    assert load("../../etc/passwd", (builtin_templates(),)).language == "en"


def german(folder: Path) -> Path:
    (folder / "words").mkdir(parents=True)
    place = folder / "words" / "de.toml"
    shutil.copy(builtin_templates() / "words" / "en.toml", place)
    source = place.read_text(encoding="utf-8").replace('locale = "en-GB"', 'locale = "de"')
    place.write_text(
        source.replace('next = "Next one: {when}."', 'next = "Nächste Ausgabe: {when}."'), encoding="utf-8"
    )
    return place


def test_a_language_is_added_by_adding_a_file(tmp_path: Path) -> None:
    """In the user's own folder, without touching the product."""
    german(tmp_path)
    assert check_templates(tmp_path) == ()
    text = compose(for_reader("de"), tmp_path).text
    assert "Nächste Ausgabe: 25. Nov., 07:30." in words(text)
    assert "Dienstag, 24. November 2026" in text


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ('next = "Nächste Ausgabe: {when}."\n', "", "next", "this phrase is missing"),
        ("Nächste Ausgabe: {when}.", "Nächste: {wann}.", "next", "nothing fills {wann}"),
        ("[counts]", 'strange = "x"\n[counts]', "strange", "nothing uses this key"),
        ('updates = { one = "{n} update", ', "updates = { ", "updates", "the plural form “one” is missing"),
        ('locale = "de"', 'locale = "xx-nowhere"', "locale", "no locale that Unicode CLDR knows"),
        ('locale = "de"', "", "locale", "no locale that Unicode CLDR knows"),
        ("[counts]", "counts]", "words", "line"),
        ("[counts]", "[other]", "new_stories", "this counted phrase is missing"),
        ("[phrases]", "phrases = 3\n[strange]", "labelled", "this phrase is missing"),
    ],
)
def test_words_that_cannot_be_used_are_located_and_the_built_in_ones_serve(
    tmp_path: Path, old: str, new: str, key: str, message: str
) -> None:
    """A missing phrase must not be found out by the reader at half past seven."""
    place = german(tmp_path)
    source = place.read_text(encoding="utf-8")
    assert old in source
    place.write_text(source.replace(old, new), encoding="utf-8")
    fault = check_templates(tmp_path)[0]
    assert (fault.file, fault.key) == (str(place), key)
    assert message in fault.message
    letter = compose(for_reader("de"), tmp_path)
    assert "Next one: 25 Nov, 07:30." in words(letter.text)
    assert str(place) in letter.notices[0]


def test_a_right_to_left_frame_is_laid_out_from_the_right(tmp_path: Path) -> None:
    """An Arabic file is all it takes."""
    place = german(tmp_path)
    source = place.read_text(encoding="utf-8").replace('locale = "de"', 'locale = "ar"')
    forms = r'{ zero = "\1", one = "\1", two = "\1", few = "\1", many = "\1", other = "\1" }'
    place.with_name("ar.toml").write_text(re.sub(r'\{ one = .*? other = "(.*?)" \}', forms, source), encoding="utf-8")
    assert check_templates(tmp_path) == ()
    assert '<html lang="ar" dir="rtl"' in compose(for_reader("ar"), tmp_path).html
