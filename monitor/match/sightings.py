"""Where the terms and concepts of all watchlists stand in one article; read once, asked by every watchlist."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from monitor.lexicon.finder import Found
from monitor.lexicon.tables import countries_of
from monitor.match.index import Spans
from monitor.match.rules import Forms
from monitor.match.scan import Scan

Span = tuple[int, int]


class Sightings:
    """Terms and concepts found in one article.

    `forms` says which terms are forms of the user's own concepts; `concepts` maps a concept to the number of the term
    that asks for it.
    """

    def __init__(self, scan: Scan, spans: Spans, forms: Forms, concepts: Mapping[str, int]) -> None:
        self.scan = scan
        self._spans = spans
        self._forms = forms
        self._concepts = concepts

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """Every concept found, the user's own among them."""
        own = [
            Found(concept, *place)
            for number in self._own_terms()
            for concept in self._owners(number)
            for place in self._spans[number]
        ]
        return (*_outside_names(self.scan.found, own), *own) if own else self.scan.found

    def _own_terms(self) -> Iterable[int]:
        """Return the terms in the article that are forms of the user's concepts."""
        return self._spans.keys() & self._forms.keys() if self._forms else ()

    def _owners(self, number: int) -> Iterator[str]:
        """Yield the concepts of which a term is a form in the article's language; in an unknown one, in any."""
        for concept, language in self._forms[number]:
            if not language or language == self.scan.language or self.scan.language is None:
                yield concept

    @cached_property
    def _by_number(self) -> Spans:
        """The number of every term that stands in the article → its places."""
        if not self._concepts:
            return self._spans
        acts_for = countries_of()
        places = dict(self._spans)
        for found in self.found:
            # What acts for a country stands for the country too.
            for concept in (found.concept, acts_for.get(found.concept, "")):
                if concept in self._concepts:
                    places.setdefault(self._concepts[concept], []).append((found.start, found.end))
        return places

    def numbers(self) -> Iterable[int]:
        """Return the numbers of the terms that stand in the article."""
        return self._by_number.keys()

    def without(self, struck: tuple[Span, ...]) -> Iterable[Found]:
        """Return every concept found that touches no place struck out."""
        if not struck:
            return self.found
        return (found for found in self.found if not _touches((found.start, found.end), struck))

    def of_all(self, numbers: frozenset[int], struck: tuple[Span, ...] = ()) -> tuple[Span, ...]:
        """Return the places of any of the terms, in order, each once, without those struck out."""
        places = {span for number, spans in self._by_number.items() if number in numbers for span in spans}
        return tuple(sorted(outside(places, struck) if struck else places))


def _outside_names(found: Iterable[Found], own: list[Found]) -> Iterable[Found]:
    """Return what the lexicon found, but for what stands inside a longer name of the user's."""
    names = [(one.start, one.end) for one in own if not one.concept.startswith("topic:")]
    for one in found:
        inside = any(
            start <= one.start and one.end <= end and end - start > one.end - one.start for start, end in names
        )
        if not inside or one.concept.startswith("topic:"):
            yield one


def outside(places: Iterable[Span], struck: tuple[Span, ...]) -> list[Span]:
    """Return the places that touch none of those struck out, which are in order and apart (see `merged`)."""
    return [place for place in places if not _touches(place, struck)]


def merged(places: Iterable[Span]) -> tuple[Span, ...]:
    """Return places in order, those that touch one another made one."""
    found: list[Span] = []
    for start, end in sorted(places):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def _touches(place: Span, struck: tuple[Span, ...]) -> bool:
    before = bisect_left(struck, (place[1],))
    return before > 0 and place[0] < struck[before - 1][1]
