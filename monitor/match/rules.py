"""Compiling: a watchlist's terms numbered and ready to be asked, or every fault in them at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.lexicon import base_language
from monitor.lexicon.tables import countries_of, known_concepts, topic_sets
from monitor.match.terms import Kind, Term, TermError, TermFault, WatchlistError, read_term
from monitor.records import Concept, Watchlist

Forms = dict[int, tuple[tuple[str, str], ...]]
"""Number of a term → the user's concepts it is a form of, each with the language it holds in ("": in all)."""

# Where the forms that hold in every language stand in a config.
_ANY_LANGUAGE = "any"


@dataclass(frozen=True, slots=True)
class Rules:
    """A watchlist compiled: numbers of terms in place of terms. `countries` are those the sides stand for."""

    watchlist: Watchlist
    any: frozenset[int]
    sides: tuple[tuple[str, frozenset[int]], ...]
    ignore: frozenset[int]
    unless: frozenset[int]
    ties: frozenset[str]
    stances: frozenset[str]
    fields: frozenset[str]
    countries: frozenset[str]


class Compiler:
    """Numbers terms and gathers faults.

    `forms` says which terms are forms of the user's own concepts, `written` where in the watchlists a numbered term
    stands, as faults that have no message yet.
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        concepts = tuple(concepts)
        self.terms: dict[Term, int] = {}
        self.faults: list[TermFault] = []
        self.forms: Forms = {}
        self.written: list[tuple[int, TermFault]] = []
        self._known = known_concepts() | {concept.id for concept in concepts}
        for concept in concepts:
            for language, forms in concept.forms:
                self._learn(concept.id, language, forms)

    def compile(self, watchlist: Watchlist) -> Rules:
        """Return the rules of a watchlist; its faults are added to `faults`."""
        sides = tuple((name, self._numbers(watchlist.id, f"all.{name}", terms)) for name, terms in watchlist.sides)
        ties, stances, fields = self._about(watchlist)
        rules = Rules(
            watchlist,
            self._numbers(watchlist.id, "any", watchlist.any),
            sides,
            self._numbers(watchlist.id, "ignore", watchlist.ignore),
            self._numbers(watchlist.id, "unless", watchlist.unless),
            ties,
            stances,
            fields,
            self._countries(number for _, numbers in sides for number in numbers),
        )
        self._check_shape(rules)
        return rules

    def finish(self) -> tuple[Term, ...]:
        """Return all terms in the order of their numbers.

        Raises:
            WatchlistError: something could not be meant; all faults are in it.
        """
        if self.faults:
            raise WatchlistError(tuple(self.faults))
        return tuple(self.terms)

    def _learn(self, concept: str, language: str, forms: Iterable[str]) -> None:
        key = f"concepts.{concept}.{language or _ANY_LANGUAGE}"
        for index, form in enumerate(forms):
            number = self._number(form, "", key, index)
            if number is not None:
                owners = self.forms.get(number, ())
                self.forms[number] = (*owners, (concept, base_language(language) or ""))

    def _numbers(self, watchlist: str, key: str, terms: Iterable[str]) -> frozenset[int]:
        numbers = (self._number(text, watchlist, key, index) for index, text in enumerate(terms))
        return frozenset(number for number in numbers if number is not None)

    def _number(self, text: str, watchlist: str, key: str, index: int) -> int | None:
        try:
            term = read_term(text, self._known)
        except TermError as error:
            self.faults.append(TermFault(watchlist, key, index, str(error)))
            return None
        number = self.terms.setdefault(term, len(self.terms))
        self.written.append((number, TermFault(watchlist, key, index, "")))
        return number

    def _about(self, watchlist: Watchlist) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Return the topics that tie, those that show a stance and those that only name a field."""
        ties: set[str] = set()
        stances: set[str] = set()
        fields: set[str] = set()
        for index, name in enumerate(watchlist.about):
            if name in topic_sets():
                tying, standing, naming = topic_sets()[name]
                ties |= tying
                stances |= standing
                fields |= naming
            elif f"topic:{name.removeprefix('topic:')}" in self._known:
                ties.add(f"topic:{name.removeprefix('topic:')}")
            else:
                known = ", ".join(sorted(topic_sets()))
                message = f"no set of cue words is called {name!r}; sets are {known}, and every topic: of the lexicon"
                self.faults.append(TermFault(watchlist.id, "about", index, message))
        return frozenset(ties), frozenset(stances - ties), frozenset(fields - ties - stances)

    def _countries(self, numbers: Iterable[int]) -> frozenset[str]:
        by_number = {number: term for term, number in self.terms.items()}
        bodies = {by_number[number].body for number in numbers if by_number[number].kind is Kind.CONCEPT}
        return frozenset(countries_of().get(body, body) for body in bodies)

    def _check_shape(self, rules: Rules) -> None:
        """Find what is no watchlist at all; terms that were faulty themselves are not told twice."""
        written = rules.watchlist
        if not written.any and not written.sides:
            self._fault(written.id, "any", "it has neither any: nor all:, so it can never match")
        if len(written.sides) == 1 and not written.about:
            self._fault(written.id, "all", "one side alone is tied to nothing: use any:, or add a side or about:")
        for name, terms in written.sides:
            if not terms:
                self._fault(written.id, f"all.{name}", "a side without terms, so it can never match")
        if written.about and not written.sides:
            self._fault(written.id, "about", "about: names what ties the sides of all:, and there is no all:")
        groups = [(f"all.{name}", numbers) for name, numbers in rules.sides] or [("any", rules.any)]
        struck = rules.ignore | rules.unless
        for key, numbers in groups:
            if numbers and numbers <= struck:
                self._fault(written.id, key, "all its terms stand under ignore: or unless: too, so it can never match")
        if len(rules.sides) > 1 and len({numbers for _, numbers in rules.sides}) == 1:
            self._fault(written.id, "all", "its sides have the same terms, so there is nothing to tie")

    def _fault(self, watchlist: str, key: str, message: str) -> None:
        self.faults.append(TermFault(watchlist, key, None, message))
