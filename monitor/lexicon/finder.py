"""Every concept of the lexicon in a text: one automaton a language over folded text.

Takes a text, gives concepts with the places where they stand. What a longer hit covers is not found inside it, so
Belarus hides no Russia and Oklahoma (俄克拉荷马) no 俄. Topics may stand anywhere, inside names too. A homonym casts
doubt on a country named by one word only: next to Idaho, Moscow is a town, and after Thúy Nga, Nga is a woman.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from monitor.lexicon.folding import Folded, fold
from monitor.lexicon.forms import Form, Grammar, Rest, read_form, same_marks, short_name
from monitor.lexicon.languages import base_language, detect
from monitor.lexicon.tables import (
    HOMONYM,
    Entry,
    countries_of,
    country_names,
    doubtful_names,
    grammar,
    language_entries,
    relative,
    shared_entries,
)

_TOPIC = "topic:"
_BEFORE_KATAKANA = "\u30a0"
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]")
_WEAK = "?"
_PROPER = "~="
_DOUBT = f"{HOMONYM}:"
# A country in doubt must be named in so many ways to be believed.
_SURE = 2
# Without knowing the language, the names most of the world's news uses.
_COMMON_TONGUE = "en"


class Found(NamedTuple):
    """A concept ("country:VE", "person:maduro", "topic:arms") and where it stands in the text, as [start, end).

    A tuple, for dozens are made of every story.
    """

    concept: str
    start: int
    end: int


class Finder:
    """Finds concepts in texts of one language."""

    def __init__(self, claims: Iterable[tuple[str, Form]], language: str) -> None:
        self._grammar = grammar(language)
        patterns: dict[str, dict[tuple[str, Form], None]] = {}
        for claim in claims:
            patterns.setdefault(claim[1].pattern, {})[claim] = None
        self._plain = [[concept for concept, form in own if _asks_nothing(form)] for own in patterns.values()]
        self._begun = [[concept for concept, form in own if _begins(form)] for own in patterns.values()]
        self._claims = [
            [claim for claim in own if not (_asks_nothing(claim[1]) or _begins(claim[1]))] for own in patterns.values()
        ]
        self._automaton = AhoCorasick(list(patterns), implementation=Implementation.ContiguousNFA, store_patterns=False)

    def find(self, folded: Folded) -> tuple[Found, ...]:
        """Return every concept in a folded text, in order."""
        hits: list[tuple[int, int, int, str]] = []
        text = folded.text
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            # Most hits are whole words, or words that begin so, of which nothing more is asked.
            if plain := self._plain[index]:
                hits += [(start + 1, 1 - end, start - end, concept) for concept in plain]
            if begun := self._begun[index]:
                last = text.find(" ", end)
                hits += [(start + 1, -last, start - end, concept) for concept in begun]
            for concept, form in self._claims[index]:
                place = self._place(form, folded, start, end)
                if place is not None:
                    hits.append((place[0], -place[1], start - end, concept + _WEAK * form.weak))
        kept = _without_weak(_without_doubtful(_outermost(hits), folded.text))
        if not folded.places:
            return tuple(Found(concept, start - 1, end - 1) for start, end, concept in kept)
        return tuple(Found(concept, *folded.span(start, end)) for start, end, concept in kept)

    def _place(self, form: Form, folded: Folded, start: int, end: int) -> tuple[int, int] | None:
        """Return the folded span of a hit, or None where its form's conditions do not hold."""
        text = folded.text
        if form.pattern[0] > _BEFORE_KATAKANA and _KATAKANA.match(form.pattern) and _runs_on(text, start, end):
            return None
        first = start + 1 if text[start] == " " else start
        last = end - 1 if text[end - 1] == " " else end
        if form.clitics:
            word = text.rfind(" ", 0, start + 1) + 1
            if text[word:start] not in self._grammar.clitics:
                return None
            first = start
        if form.rest is not Rest.NOTHING:
            last = text.find(" ", last)
            if form.rest is Rest.ENDING and not self._may_follow(form, text[end:last]):
                return None
            if form.pattern[0] != " " and not form.clitics:
                first = text.rfind(" ", 0, start + 1) + 1
        for following in form.following:
            last = _after(text, last, following)
            if last < 0:
                return None
        if form.capital or form.written:
            return (first, last) if _stands(form, folded, first, last) else None
        return first, last

    def _may_follow(self, form: Form, ending: str) -> bool:
        return ending in self._grammar.endings and not (form.stub and not ending)


def _asks_nothing(form: Form) -> bool:
    """Return whether a hit of the form's pattern is a hit of the form."""
    return form.rest is Rest.NOTHING and form.pattern[0] == form.pattern[-1] == " " and _bare(form)


def _begins(form: Form) -> bool:
    """Return whether every word that begins with the form's pattern is a hit of the form."""
    return form.rest is Rest.ANYTHING and form.pattern[0] == " " and _bare(form)


def _bare(form: Form) -> bool:
    return not (form.written or form.capital or form.clitics or form.following or form.weak)


def _runs_on(text: str, start: int, end: int) -> bool:
    """Return whether a run of katakana, which is one foreign word, goes on before or after a hit."""
    return bool(
        _KATAKANA.match(text, start - 1, start) or (_KATAKANA.match(text, end - 1) and _KATAKANA.match(text, end))
    )


def _after(text: str, place: int, word: str) -> int:
    """Return where the word after `place` ends, where it is the one asked for, else -1."""
    end = text.find(" ", place + 1)
    found = text[place + 1 : end]
    return end if (found.startswith(word[:-1]) if word.endswith("*") else found == word) else -1


def _stands(form: Form, folded: Folded, first: int, last: int) -> bool:
    """Return whether the text at a hit has the capital and the accents its form asks for."""
    if form.capital and folded.original[folded.at(first)].islower():
        return False
    start, end = folded.span(first, last)
    found = folded.original[start:end]
    if form.capital and form.written.isupper() and not found.isupper():
        return False
    if not form.written:
        return True
    written = form.written
    if form.rest is not Rest.NOTHING:
        found = found[: len(written)]
    return same_marks(found, written) or (found.isascii() and len(written.split()) > 1)


def _outermost(hits: list[tuple[int, int, int, str]]) -> list[tuple[int, int, str]]:
    """Return hits in order, without the names a longer name covers; homonyms cover and are gone."""
    kept: list[tuple[int, int, str]] = []
    cover = (0, 0, 0)
    for start, negative_end, shorter, concept in sorted(set(hits)):
        end = -negative_end
        if concept.startswith(_TOPIC):
            kept.append((start, end, concept))
            continue
        if end <= cover[1]:
            # Two names on the very same letters stay, unless one knew more of them: Nigeria is no inflected Niger.
            if (start, end, shorter) != cover:
                continue
        else:
            cover = (start, end, shorter)
        if concept != HOMONYM:
            kept.append((start, end, concept))
    return kept


def _without_doubtful(hits: list[tuple[int, int, str]], text: str) -> list[tuple[int, int, str]]:
    """Return hits without the homonyms that cast doubt, and without the countries in doubt named by one word only."""
    doubted = {"country:" + concept[len(_DOUBT) :] for _, _, concept in hits if concept.startswith(_DOUBT)}
    if not doubted:
        return hits
    acts_for = countries_of()
    names: dict[str, set[str]] = {}
    for start, end, concept in hits:
        names.setdefault(acts_for.get(concept, concept), set()).add(text[start:end])
    gone = {country for country in doubted if len(names.get(country, ())) < _SURE}
    return [hit for hit in hits if not hit[2].startswith(_DOUBT) and hit[2] not in gone]


def _without_weak(hits: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return hits without the names that others bear too, unless their country is named for certain as well."""
    if not any(concept.endswith(_WEAK) for _, _, concept in hits):
        return hits
    acts_for = countries_of()
    certain = {acts_for.get(concept, concept) for _, _, concept in hits}
    named = ((start, end, concept.removesuffix(_WEAK), concept) for start, end, concept in hits)
    return [
        (start, end, name) for start, end, name, told in named if name == told or acts_for.get(name, name) in certain
    ]


@cache
def finder(language: str | None) -> Finder:
    """Return the finder of a language; of a language without data, of the common names."""
    language = language or ""
    rules = grammar(language)
    entries = language_entries(language)
    near = relative(language)
    if near is None:
        entries += tuple(_common_names(proper_only=bool(country_names(language))))
    elif near != language:
        entries += language_entries(near)
    doubtful = doubtful_names(language)
    shared = (
        (concept, replace(form, weak=True) if form.pattern.strip() in doubtful else form)
        for concept, form in _shared(clitics=bool(rules.clitics), tones=rules.tones)
    )
    return Finder((*shared, *_claims(entries, rules)), language)


def _common_names(*, proper_only: bool) -> Iterator[Entry]:
    """Yield the common names; `proper_only` without their adjectives, which elsewhere are words: Swedish "finns"."""
    for concept, written in language_entries(_COMMON_TONGUE):
        if not concept.startswith(_TOPIC) and (written[0] in _PROPER or not proper_only):
            yield concept, written


@cache
def _shared(*, clitics: bool, tones: bool) -> tuple[tuple[str, Form], ...]:
    """Return what is called alike in every language; of the grammar only these two count for it."""
    rules = Grammar(clitics=frozenset([""] if clitics else []), tones=tones)
    claims = ((concept, written, read_form(written, rules)) for concept, written in shared_entries())
    return tuple((concept, _capital(concept, form, written)) for concept, written, form in claims if form is not None)


def _capital(concept: str, form: Form, written: str) -> Form:
    """Return the form of a person or organisation, asking for its capitals where it would else be a word.

    People always have one (the Polish cywilów are no Tsivilyov); of things those that are short (un is no UN).
    """
    if not (short_name(written, form.pattern.strip()) or (concept.startswith("person:") and written[0].isupper())):
        return form
    return replace(form, capital=True, written=written if written.isupper() else form.written)


def _claims(entries: Iterable[Entry], rules: Grammar) -> Iterator[tuple[str, Form]]:
    for concept, written in entries:
        form = read_form(written, rules)
        if form is not None:
            yield concept, form


def find(text: str, language: str | None = None) -> tuple[Found, ...]:
    """Return every concept of the lexicon in a text, in order; the language is detected where it is not given."""
    return finder(base_language(language) or detect(text)).find(fold(text))
