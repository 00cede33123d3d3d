"""Words that mean one thing in twenty languages: what happened, and to what, where no name or figure is shared.

Takes a text and its language, gives things ("election", "radar"), named by their first English word.
The table is data/news_words.txt. Does not care which sense of a word is meant: a thing alone proves nothing.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

from monitor.group.names import WORD, fold
from monitor.lexicon import base_language, stem

_TABLE = Path(__file__).parent / "data" / "news_words.txt"
# Written without spaces, or with particles that no stem takes off for certain: words are looked for in the text.
_UNSPACED = frozenset({"zh", "ja", "ko"})
# Tones tell words apart that are otherwise the same.
_TONAL = frozenset({"vi"})


@cache
def _rows() -> tuple[dict[str, tuple[str, ...]], ...]:
    """Return the table: for each thing, its words by language."""
    lines = [line for line in _TABLE.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]
    languages, *rows = (tuple(cell.strip() for cell in line.split("|")) for line in lines)
    return tuple(
        {
            language: tuple(word.strip() for word in cell.split(","))
            for language, cell in zip(languages, row, strict=True)
        }
        for row in rows
    )


@cache
def _signs(language: str) -> tuple[AhoCorasick, tuple[str, ...]]:
    """Return what finds the words of an unspaced language, and the thing each means."""
    # One sign is part of too many words to mean one thing.
    named = [(word, row["en"][0]) for row in _rows() for word in row[language] if len(word) > 1]
    finder = AhoCorasick([word for word, _ in named], matchkind=MatchKind.LeftmostLongest)
    return finder, tuple(thing for _, thing in named)


@cache
def _phrases(language: str) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Return what begins with each form: first form → (all forms, thing)."""
    found: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {}
    for row in _rows():
        for words in row.get(language, ()):
            forms = tuple(form(word, language) for word in words.replace("-", " ").replace("\u200c", " ").split())
            if forms:
                found[forms[0]] = (*found.get(forms[0], ()), (forms, row["en"][0]))
    return found


@cache
def _names(language: str) -> dict[str, str]:
    return {row["en"][0]: row[language][0] for row in _rows() if row.get(language)}


def named(thing: str, language: str) -> str:
    """Return the first word for a thing in a language, in English where none is known."""
    return _names(base_language(language) or "en").get(thing, thing)


@lru_cache(maxsize=100_000)
def form(word: str, language: str) -> str:
    """Return the form in which a word of the table and one of a text meet."""
    return word.casefold() if language in _TONAL else stem(word, language) or fold(word)


def things(text: str, language: str) -> Iterator[tuple[int, str]]:
    """Yield the things a text names, each with its offset, as often as it names them."""
    if language in _UNSPACED:
        finder, named = _signs(language)
        yield from ((start, named[which]) for which, start, _ in finder.find_matches_as_indexes(text))
        return
    phrases = _phrases(language)
    if not phrases:
        return
    words = [(match.start(), form(match[0], language)) for match in WORD.finditer(text)]
    forms = tuple(form for _, form in words)
    for place, (start, first) in enumerate(words):
        for phrase, thing in phrases.get(first, ()):
            if forms[place : place + len(phrase)] == phrase:
                yield start, thing
