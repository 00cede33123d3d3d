"""The words of a mail's frame, one TOML file a language: `words/fr.toml` beside the templates.

A language is added by adding a file, and a word changed by changing a copy in the user's own folder. Takes folders,
gives a `Catalogue`; what is missing in a file, or would leave a hole, is a fault.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError

from monitor.digest.finding import BrokenTemplateError, builtin_templates
from monitor.errors import Fault

FALLBACK = "en"

HOLE = re.compile(r"\{([a-z_]+)\}")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_SAMPLES = range(201)  # between them they have every plural category that a count of stories can have


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's phrases, and its counted phrases by CLDR plural category ("one", "few", "many", "other")."""

    language: str
    locale: Locale
    phrases: Mapping[str, str]
    counts: Mapping[str, Mapping[str, str]]


def load(language: str, folders: tuple[Path, ...]) -> Catalogue:
    """Return the words of a language tag ("fr", "fr-CA"), of its plain language, or the English ones.

    Raises BrokenTemplateError for a file of words that cannot be used.
    """
    plain = re.split(r"[-_]", language)[0].lower()
    names = (f"{code}.toml" for code in (language, plain, FALLBACK))
    for name in names:
        for folder in folders:
            path = folder / "words" / name
            if re.fullmatch(r"[A-Za-z0-9_-]+\.toml", name) and path.is_file():
                return _bundled(path, language) if folder == builtin_templates() else _checked(path, language)
    raise FileNotFoundError(builtin_templates() / "words" / f"{FALLBACK}.toml")


def languages(folder: Path) -> tuple[str, ...]:
    """Return the languages a folder of templates has words for, sorted."""
    return tuple(sorted(path.stem for path in (folder / "words").glob("*.toml")))


def faults(path: Path) -> Iterator[Fault]:
    """Yield what is wrong with a file of words: keys that are missing or unknown, holes that are not filled."""
    try:
        text, data = _text_and_data(path)
    except BrokenTemplateError as broken:
        yield broken.fault
        return
    for key, message in _differences(data):
        # TOML tells no lines of what it has read; a key stands at the beginning of one.
        found = re.search(rf"^\s*{re.escape(key)}\s*=", text, re.MULTILINE)
        line = text.count("\n", 0, found.start()) + 1 if found else 0
        yield Fault(str(path), line, 0, key, message)


@lru_cache(maxsize=64)
def _bundled(path: Path, language: str) -> Catalogue:
    return _catalogue(path, _text_and_data(path)[1], language)


def _checked(path: Path, language: str) -> Catalogue:
    fault = next(faults(path), None)
    if fault is not None:
        raise BrokenTemplateError(fault)
    return _catalogue(path, _text_and_data(path)[1], language)


def _text_and_data(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))  # without one the fault is at the end of the file
        line, column = (int(place[1]), int(place[2])) if place else (text.count("\n") + 1, 0)
        raise BrokenTemplateError(Fault(str(path), line, column, "words", str(error))) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenTemplateError(Fault(str(path), 0, 0, "words", f"it cannot be read: {error}")) from error


def _catalogue(path: Path, data: dict[str, Any], language: str) -> Catalogue:
    # A reader who asked for "fr-CA" gets French words with Canadian dates.
    locale = _locale(language) if language != path.stem else None
    if locale is None or locale.language != path.stem:
        locale = Locale.parse(data["locale"], sep="-")
    return Catalogue(path.stem, locale, data["phrases"], data["counts"])


def _differences(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (key, message) for all in which words differ from the English ones, which name every key and hole."""
    model = _bundled(builtin_templates() / "words" / f"{FALLBACK}.toml", FALLBACK)
    locale = _locale(str(data.get("locale", "")))
    if locale is None:
        yield "locale", "no locale that Unicode CLDR knows; write one like “de” or “pt-BR”"
        return
    phrases, counts = _table(data, "phrases"), _table(data, "counts")
    for key in (set(phrases) - set(model.phrases)) | (set(counts) - set(model.counts)):
        yield key, "nothing uses this key"
    for key, phrase in model.phrases.items():
        yield from _phrase_faults(key, phrases.get(key), phrase)
    for key, forms in model.counts.items():
        yield from _count_faults(key, counts.get(key), forms["other"], locale)


def _table(data: dict[str, Any], name: str) -> dict[str, object]:
    """Return a table, empty where there is none: then each of its keys is missing."""
    table = data.get(name)
    return table if isinstance(table, dict) else {}


def _phrase_faults(key: str, phrase: object, model: str) -> Iterator[tuple[str, str]]:
    if not isinstance(phrase, str):
        yield key, "this phrase is missing"
        return
    strange = sorted(set(HOLE.findall(phrase)) - set(HOLE.findall(model)))
    if strange:
        yield key, f"nothing fills {{{strange[0]}}}"


def _count_faults(key: str, forms: object, model: str, locale: Locale) -> Iterator[tuple[str, str]]:
    if not isinstance(forms, dict):
        yield key, "this counted phrase is missing"
        return
    for category in sorted({locale.plural_form(number) for number in _SAMPLES} | {"other"}):
        if category not in forms:
            yield key, f"the plural form “{category}” is missing"
    for form in forms.values():
        yield from _phrase_faults(key, form, model)


def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return None
