"""Where the terms and concepts of all watchlists stand in one article; read once, asked by every watchlist."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cached_property

from monitor.lexicon.finder import Found
from monitor.lexicon.tables import countries_of
from monitor.match.index import Spans
from monitor.match.scan import Scan

Span = tuple[int, int]
# So many ignored places may lie over one another.
_OVERLAPPING = 16


class Sightings:
    """Terms and concepts found in one article.

    `forms` maps the number of a term to the user's concept it is a form of, `concepts` a concept to the number of the
    term that asks for it.
    """

    def __init__(self, scan: Scan, spans: Spans, forms: Mapping[int, str], concepts: Mapping[str, int]) -> None:
        self.scan = scan
        self._spans = spans
        self._forms = forms
        self._concepts = concepts

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """Every concept found, the user's own among them."""
        own = [
            Found(self._forms[number], start, end)
            for number, places in self._spans.items()
            if number in self._forms
            for start, end in places
        ]
        return (*_outside_names(self.scan.found, own), *own) if own else self.scan.found

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

    def without(self, ignored: tuple[Span, ...]) -> Iterable[Found]:
        """Return every concept found that touches no ignored place."""
        if not ignored:
            return self.found
        return (found for found in self.found if not _touches((found.start, found.end), ignored))

    def of_all(self, numbers: frozenset[int], ignored: tuple[Span, ...] = ()) -> tuple[Span, ...]:
        """Return the places of any of the terms, in order, each once, without the ignored ones."""
        places = {span for number, spans in self._by_number.items() if number in numbers for span in spans}
        return tuple(sorted(outside(places, ignored) if ignored else places))


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
    """Return the places that touch none of the ignored ones, which are in order."""
    return [place for place in places if not _touches(place, ignored)]


def _touches(place: Span, ignored: tuple[Span, ...]) -> bool:
    # Ignored places may overlap one another, but each is a few words: those that matter end soon after they begin.
    before = bisect_left(ignored, (place[1],))
    return any(place[0] < end for _, end in ignored[max(0, before - _OVERLAPPING) : before])
