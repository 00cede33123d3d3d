"""Where the terms and concepts of all watchlists stand in one article; read once, asked by every watchlist."""

from collections.abc import Iterable
from functools import cached_property

from monitor.lexicon.finder import Found
from monitor.lexicon.tables import countries_of
from monitor.match.index import Spans
from monitor.match.scan import Scan

Span = tuple[int, int]


class Sightings:
    """Terms and concepts found in one article. `ignored` places are struck out, and what touches them is gone."""

    def __init__(self, scan: Scan, spans: Spans, forms: Iterable[tuple[int, str]], concepts: dict[int, str]) -> None:
        self.scan = scan
        self._spans = spans
        self._concepts = concepts
        own = [Found(concept, start, end) for number, concept in forms for start, end in spans.get(number, ())]
        self.found = (*_outside_names(scan.found, own), *own) if own else scan.found

    @cached_property
    def by_concept(self) -> dict[str, list[Span]]:
        """Concept → its places; what acts for a country stands for the country too."""
        acts_for = countries_of()
        places: dict[str, list[Span]] = {}
        for found in self.found:
            places.setdefault(found.concept, []).append((found.start, found.end))
            if found.concept in acts_for:
                places.setdefault(acts_for[found.concept], []).append((found.start, found.end))
        return places

    def of(self, number: int) -> list[Span]:
        """Return the places of a term."""
        concept = self._concepts.get(number)
        return self._spans.get(number, []) if concept is None else self.by_concept.get(concept, [])

    def of_all(self, numbers: Iterable[int], ignored: tuple[Span, ...] = ()) -> tuple[Span, ...]:
        """Return the places of any of the terms, in order, each once, without the ignored ones."""
        places = {span for number in numbers for span in self.of(number)}
        return tuple(sorted(places if not ignored else outside(places, ignored)))


def _outside_names(found: Iterable[Found], own: list[Found]) -> Iterable[Found]:
    """Return what the lexicon found, but for what stands inside a longer name of the user's."""
    names = [(one.start, one.end) for one in own if not one.concept.startswith("topic:")]
    for one in found:
        inside = any(
            start <= one.start and one.end <= end and end - start > one.end - one.start for start, end in names
        )
        if not inside or one.concept.startswith("topic:"):
            yield one


def outside(places: Iterable[Span], ignored: tuple[Span, ...]) -> list[Span]:
    """Return the places that touch none of the ignored ones."""
    return [(start, end) for start, end in places if not any(start < last and first < end for first, last in ignored)]
