"""All terms of all watchlists, searched for at once.

Takes compiled terms and a scan, gives where each term stands. Words are looked up by their stems in a dictionary,
beginnings and scripts without spaces by one automaton, exact terms by another over the text as it stands; the cost
grows with the length of the text and what is found in it, not with the number of terms.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from ahocorasick_rs import AhoCorasick, Implementation

from monitor.lexicon import fold
from monitor.lexicon.forms import same_marks
from monitor.lexicon.stems import remembered_stems
from monitor.lexicon.tables import grammar
from monitor.match.scan import Scan
from monitor.match.terms import Kind, Term, compile_regex

Spans = dict[int, list[tuple[int, int]]]
# A part of a German compound that is shorter says nothing: Ei, Ort, Art.
_SHORTEST_PART = 5
_MOST_COMPOUNDS = 100_000


class _Vocabulary:
    """Word terms stemmed for one language: first stem → (term's number, all its stems, the term as typed)."""

    def __init__(self, terms: Iterable[tuple[int, Term]], language: str | None) -> None:
        rules = grammar(language or "")
        self.tones = rules.tones
        self._compounds = rules.compounds
        self._hidden: dict[str, tuple[str, ...]] = {}
        self.first: dict[str, list[tuple[int, tuple[str, ...], str]]] = {}
        for number, term in terms:
            stems = tuple(remembered_stems(fold(term.body).words(), language))
            if stems:
                self.first.setdefault(stems[0], []).append((number, stems, term.body))

    def starts(self, stems: list[str]) -> Iterator[tuple[int, tuple[int, tuple[str, ...], str]]]:
        """Yield (place, term) for every word of a text with which a term may begin."""
        known = self.first
        if not self._compounds:
            for place in [place for place, stem in enumerate(stems) if stem in known]:
                for term in known[stems[place]]:
                    yield place, term
            return
        for place, stem in enumerate(stems):
            for first in (stem, *self._parts(stem)):
                for term in known.get(first, ()):
                    yield place, term

    def _parts(self, stem: str) -> tuple[str, ...]:
        """Return the known stems that are the first or last part of a compound."""
        if not self._compounds or len(stem) < 2 * _SHORTEST_PART - 2:
            return ()
        known = self._hidden.get(stem)
        if known is None:
            cuts = range(_SHORTEST_PART, len(stem) - 2)
            parts = [stem[:cut] for cut in cuts] + [stem[-cut:] for cut in cuts]
            if len(self._hidden) > _MOST_COMPOUNDS:
                self._hidden.clear()
            known = self._hidden[stem] = tuple(part for part in parts if part in self.first)
        return known


class TermIndex:
    """Searches a scan for many terms at once. Terms are numbered by their place in the tuple given."""

    def __init__(self, terms: tuple[Term, ...]) -> None:
        numbered = list(enumerate(terms))
        self._words = [(number, term) for number, term in numbered if term.kind is Kind.WORDS]
        self._vocabularies: dict[str | None, _Vocabulary] = {}
        self._folded = _Automaton(
            (number, (" " if term.kind is Kind.BEGINNING else "") + fold(term.body).text.strip())
            for number, term in numbered
            if term.kind in (Kind.BEGINNING, Kind.LETTERS)
        )
        self._to_word_end = {number for number, term in numbered if term.kind is Kind.BEGINNING}
        self._exact = _Automaton(
            (number, unicodedata.normalize("NFC", term.body)) for number, term in numbered if term.kind is Kind.EXACT
        )
        self._regexes = [(number, compile_regex(term.body)) for number, term in numbered if term.kind is Kind.REGEX]

    def find(self, scan: Scan) -> Spans:
        """Return term number → the places where it stands, in order."""
        spans: Spans = {}
        if self._words:
            self._find_words(scan, spans)
        self._find_folded(scan, spans)
        self._find_exact(scan, spans)
        for number, pattern in self._regexes:
            for match in pattern.finditer(scan.text):
                if match.end() > match.start():
                    spans.setdefault(number, []).append(match.span())
        return spans

    def _vocabulary(self, language: str | None) -> _Vocabulary:
        if language not in self._vocabularies:
            self._vocabularies[language] = _Vocabulary(self._words, language)
        return self._vocabularies[language]

    def _find_words(self, scan: Scan, spans: Spans) -> None:
        vocabulary = self._vocabulary(scan.language)
        stems = remembered_stems(scan.words, scan.language)
        for place, (number, wanted, typed) in vocabulary.starts(stems):
            last = place + len(wanted)
            if len(wanted) == 1 or tuple(stems[place + 1 : last]) == wanted[1:]:
                first, end = scan.word_places[place][0], scan.word_places[last - 1][1]
                # A phrase does not run over the end of a sentence, which folds to two spaces.
                if "  " not in scan.folded.text[first:end]:
                    span = scan.folded.span(first, end)
                    if not vocabulary.tones or _toned(typed, scan.text[slice(*span)]):
                        spans.setdefault(number, []).append(span)

    def _find_folded(self, scan: Scan, spans: Spans) -> None:
        folded = scan.folded
        for number, start, end in self._folded.find(folded.text):
            if number in self._to_word_end:
                start, end = start + 1, folded.text.index(" ", end)  # noqa: PLW2901 - the hit, without its space
            spans.setdefault(number, []).append(folded.span(start, end))

    def _find_exact(self, scan: Scan, spans: Spans) -> None:
        text = scan.text
        for number, start, end in self._exact.find(text):
            if not (_joined(text, start) or _joined(text, end)):
                spans.setdefault(number, []).append((start, end))


class _Automaton:
    """Numbered patterns in one automaton; patterns may repeat."""

    def __init__(self, patterns: Iterable[tuple[int, str]]) -> None:
        owners: dict[str, list[int]] = {}
        for number, pattern in patterns:
            owners.setdefault(pattern, []).append(number)
        self._owners = list(owners.values())
        self._search = (
            AhoCorasick(list(owners), implementation=Implementation.ContiguousNFA, store_patterns=False)
            if owners
            else None
        )

    def find(self, text: str) -> Iterable[tuple[int, int, int]]:
        if self._search is None:
            return
        for index, start, end in self._search.find_matches_as_indexes(text, overlapping=True):
            for number in self._owners[index]:
                yield number, start, end


def _joined(text: str, place: int) -> bool:
    """Return whether letters or digits of a script with spaces run on across a place."""
    if not 0 < place < len(text):
        return False
    left, right = text[place - 1], text[place]
    return left.isalnum() and right.isalnum() and not (_unspaced(left) or _unspaced(right))


def _unspaced(character: str) -> bool:
    return "\u0e00" <= character <= "\u0eff" or "\u1000" <= character <= "\u109f" or "\u1780" <= character <= "\u9fff"


def _toned(typed: str, found: str) -> bool:
    """Return whether a Vietnamese text means the term: the same tones, or several words typed without any."""
    if same_marks(typed, found):
        return True
    plain = fold(typed).text.strip()
    return " " in plain and (typed.isascii() or found.isascii())
