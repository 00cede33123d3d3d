"""What ties two sides in a text: features that know no language, from places alone.

Takes where each side stands, where cue words and other countries stand, and the sentences; gives numbers between 0
and 1, each named, and the sentences in which the sides meet, best first. How the numbers weigh is data
(`weights.json`); what is a side, a cue or a third country is the caller's business.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from monitor.match.scan import Scan, Sentence

Span = tuple[int, int]
_Place = TypeVar("_Place", bound=tuple[Any, ...])
# Countries named one after the other with no more than this between them are a list.
_LIST_GAP = 14
_LIST_GAP_UNSPACED = 3
_LIST_LENGTH = 3
# A word is about so many characters, where words are parted by spaces and where they are not.
_WORD = 6.0
_WORD_UNSPACED = 2.0

FEATURES = (
    "met and tied",
    "met in a field",
    "met alone",
    "meetings",
    "share of meetings",
    "met in the title",
    "met in the lead",
    "met in a paragraph, tied",
    "mentions of the rarer side",
    "closeness",
    "tie beside",
    "another country's story",
    "crowd",
    "in a list",
    "sport or show",
    "comparison",
)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Where everything stands that a relation is judged by; all spans sorted.

    `ties` are cue words that tie, `fields` those that only say in which field; where a watchlist asks for neither,
    `asks` is False and meeting is enough. `others` are third countries, `noise` places that speak of sport or shows,
    `comparisons` those that liken.
    """

    sides: tuple[tuple[Span, ...], ...]
    ties: tuple[Span, ...] = ()
    fields: tuple[Span, ...] = ()
    others: tuple[tuple[int, int, str], ...] = ()
    noise: tuple[Span, ...] = ()
    comparisons: tuple[Span, ...] = ()
    asks: bool = True


@dataclass(frozen=True, slots=True)
class Window:
    """A sentence, or several in a row, and what stands in it."""

    sentences: tuple[Sentence, ...]
    sides: tuple[tuple[Span, ...], ...]
    ties: tuple[Span, ...]
    fields: tuple[Span, ...]
    others: frozenset[str]
    comparisons: int
    listed: bool

    @property
    def together(self) -> bool:
        """Whether every side stands in it."""
        return all(self.sides)

    @property
    def worth(self) -> float:
        """How well it proves the tie, for choosing evidence."""
        tied = 2.0 * bool(self.ties) + bool(self.fields)
        return tied + sum(map(bool, self.sides)) * 2.0 - 0.7 * len(self.others) - 2.0 * self.listed


@dataclass(frozen=True, slots=True)
class Relation:
    """The features of one article by name, and the windows that were looked at, best first."""

    features: dict[str, float]
    windows: tuple[Window, ...]


def relate(pieces: Pieces, scan: Scan) -> Relation:
    """Return how the sides stand to one another in an article. Every side must stand in it somewhere."""
    unspaced = scan.language in ("zh", "ja", "th", "lo", "km", "my")
    listed = _listed(pieces, _LIST_GAP_UNSPACED if unspaced else _LIST_GAP)
    cut = _Cutter(pieces, listed)
    singles = [cut.window((sentence,)) for sentence in scan.sentences]
    paragraphs = [cut.window(group) for group in _by_paragraph(scan.sentences)]
    meetings = [window for window in singles if window.together]
    features = _presence(pieces, meetings, paragraphs, singles, scan.titled)
    features |= _company(pieces, meetings, singles)
    features |= _distance(pieces, meetings, _WORD_UNSPACED if unspaced else _WORD)
    proof = meetings or [window for window in paragraphs if window.together] or [w for w in singles if any(w.sides)]
    return Relation(features, tuple(sorted(proof, key=lambda window: -window.worth)))


class _Cutter:
    """Cuts what stands in a stretch of text out of all that stands in it."""

    def __init__(self, pieces: Pieces, listed: frozenset[Span]) -> None:
        self._pieces = pieces
        self._listed = listed

    def window(self, sentences: tuple[Sentence, ...]) -> Window:
        start, end = sentences[0].start, sentences[-1].end
        sides = tuple(_inside(side, start, end) for side in self._pieces.sides)
        return Window(
            sentences,
            sides,
            _inside(self._pieces.ties, start, end),
            _inside(self._pieces.fields, start, end),
            frozenset(country for _, _, country in _inside(self._pieces.others, start, end)),
            len(_inside(self._pieces.comparisons, start, end)),
            any(side and all(span in self._listed for span in side) for side in sides),
        )


def _inside(places: Sequence[_Place], start: int, end: int) -> tuple[_Place, ...]:
    first = bisect_left(places, (start,))
    return tuple(places[first : bisect_left(places, (end,))])


def _by_paragraph(sentences: Iterable[Sentence]) -> list[tuple[Sentence, ...]]:
    groups: dict[int, list[Sentence]] = {}
    for sentence in sentences:
        groups.setdefault(sentence.paragraph, []).append(sentence)
    return [tuple(group) for group in groups.values()]


def _listed(pieces: Pieces, gap: int) -> frozenset[Span]:
    """Return the places of sides that stand in a list of three or more countries."""
    named = [(start, end, f"side {number}") for number, side in enumerate(pieces.sides) for start, end in side]
    run: list[tuple[int, int, str]] = []
    found: set[Span] = set()
    for place in [*sorted([*named, *pieces.others]), (1 << 60, 1 << 60, "")]:
        if run and place[0] - run[-1][1] > gap:
            if len({name for _, _, name in run}) >= _LIST_LENGTH:
                found.update((start, end) for start, end, _ in run)
            run = []
        run.append(place)
    return frozenset(found)


def _presence(
    pieces: Pieces, meetings: list[Window], paragraphs: list[Window], singles: list[Window], titled: bool
) -> dict[str, float]:
    """Where the sides meet, and whether a cue stands there."""
    tied = not pieces.asks
    clear = [window for window in meetings if not window.listed and len(window.others) <= 1]
    alone = [window for window in clear if not window.others and not window.comparisons]
    lead = paragraphs[:2] if titled else paragraphs[:1]
    return {
        "met and tied": float(any(tied or window.ties for window in clear)),
        "met in a field": float(any(tied or window.fields for window in clear)),
        "met alone": float(bool(alone)),
        "meetings": _some(len(clear), 4),
        "share of meetings": min(1.0, 2 * len(clear) / max(1, len(singles))),
        "met in the title": float(titled and bool(paragraphs) and paragraphs[0].together and not paragraphs[0].listed),
        "met in the lead": float(
            bool(lead) and all(any(window.sides[n] for window in lead) for n in range(len(pieces.sides)))
        ),
        "met in a paragraph, tied": float(
            any(w.together and not w.listed and len(w.others) <= 2 and (tied or w.ties) for w in paragraphs)
        ),
        "mentions of the rarer side": _some(min(map(len, pieces.sides)), 6),
    }


def _company(pieces: Pieces, meetings: list[Window], singles: list[Window]) -> dict[str, float]:
    """Who else is there: third countries, lists, sport, comparisons."""
    rarer = min(map(len, pieces.sides))
    others = Counter(country for _, _, country in pieces.others)
    loudest = max(others.values(), default=0)
    compared = [window for window in meetings if window.comparisons]
    return {
        "another country's story": loudest / (loudest + rarer),
        "crowd": min(1.0, min((len(window.others) for window in meetings), default=2) / 4),
        "in a list": float(bool(meetings) and all(window.listed for window in meetings)),
        "sport or show": min(1.0, 3 * len(pieces.noise) / max(1, len(singles))),
        "comparison": len(compared) / max(1, len(meetings)),
    }


def _distance(pieces: Pieces, meetings: list[Window], word: float) -> dict[str, float]:
    """How near the sides come to one another, and a tying cue to both."""
    clear = [window for window in meetings if not window.listed]
    gap = min((_gap(window.sides) for window in clear), default=math.inf)
    beside = 0.0 if pieces.asks else 1.0
    for window in clear:
        for start, end in window.ties if pieces.asks else ():
            reach = max(min(_apart(start, end, span) for span in side) for side in window.sides)
            beside = max(beside, math.exp(-reach / word / 8))
    return {"closeness": math.exp(-gap / word / 8), "tie beside": beside}


def _gap(sides: tuple[tuple[Span, ...], ...]) -> float:
    """Return the fewest characters between a mention of the first side and the nearest of every other."""
    return (
        min(
            (max(min(_apart(start, end, other) for other in side) for side in sides[1:]) for start, end in sides[0]),
            default=math.inf,
        )
        if len(sides) > 1
        else 0.0
    )


def _apart(start: int, end: int, span: Span) -> int:
    return max(0, span[0] - end, start - span[1])


def _some(count: int, many: int) -> float:
    """Return 0 for none, 1 for `many` or more, growing ever slower between."""
    return min(1.0, math.log1p(count) / math.log1p(many))
