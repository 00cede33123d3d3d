"""Stems: what the inflected forms of one word have in common, language by language.

Takes one word as it stands, gives the folded stem. Snowball where it knows the language, and the endings and clitics a
language's file lists; both sides of a comparison go through the same door, so a stem need not be a word. Words in
scripts without inflection come back folded.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Protocol

import Stemmer

from monitor.lexicon.folding import as_read, folded_text
from monitor.lexicon.tables import grammar

_SNOWBALL = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "cs": "czech", "sk": "czech", "da": "danish",
    "nl": "dutch", "en": "english", "et": "estonian", "fi": "finnish", "fr": "french", "de": "german", "el": "greek",
    "hi": "hindi", "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian",
    "ne": "nepali", "nb": "norwegian", "fa": "persian", "pl": "polish", "pt": "portuguese", "gl": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "hr": "serbian", "es": "spanish", "sv": "swedish",
    "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
# Letters of a stem that endings and clitics must leave.
_SHORTEST = 3


class _Words(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 - PyStemmer's name


@cache
def _snowball(language: str) -> _Words | None:
    name = _SNOWBALL.get(language)
    return Stemmer.Stemmer(name) if name else None


@cache
def _endings(language: str) -> re.Pattern[str] | None:
    endings = sorted(grammar(language).suffixes, key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(endings)})$") if endings else None


def stem(word: str, language: str | None) -> str:
    """Return the folded stem of one word as it stands in a text; a number or an unknown language's word only folds."""
    language = language or ""
    word = as_read(word)
    stemmer = _snowball(language)
    folded = folded_text(stemmer.stemWord(word.casefold()) if stemmer is not None else word)
    while len(folded) > _SHORTEST and folded[0] in grammar(language).prefixes:
        folded = folded[1:]
    endings = _endings(language)
    if endings is not None and (match := endings.search(folded)) and match.start() >= _shortest(language):
        return folded[: match.start()]
    return folded


def _shortest(language: str) -> int:
    """Return how many letters a stem keeps: a syllable of Hangul is two or three, and what a stemmer left is short."""
    if language == "ko":
        return _SHORTEST - 1
    return _SHORTEST + 2 if language in _SNOWBALL else _SHORTEST


_MOST_REMEMBERED = 200_000
_remembered: dict[str | None, dict[str, str]] = {}


def remembered_stems(words: Iterable[str], language: str | None) -> list[str]:
    """Return `stem(word, language)` of every word, remembering them: news repeats its words."""
    known = _remembered.setdefault(language, {})
    if len(known) > _MOST_REMEMBERED:
        known.clear()
    words = tuple(words)
    for word in set(words) - known.keys():
        known[word] = stem(word, language)
    return [known[word] for word in words]
