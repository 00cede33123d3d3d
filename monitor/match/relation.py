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
# A sentence with more mentions is a table or a text without stops; comparing all with all would take for ever.
_MOST = 40

# Which way each feature may pull: a fit that found otherwise would have learned an accident.
FEATURES = {
    "met and tied": 1,
    "met and took a stance": 1,
    "met in a field": 1,
    "ties of several kinds": 1,
    "met alone": 1,
    "meetings": 1,
    "share of meetings": 1,
    "met in the title": 1,
    "met in the lead": 1,
    "met in a paragraph, tied": 1,
    "a paragraph of their own": 1,
    "mentions of the rarer side": 1,
    "closeness": 1,
    "tie beside": 1,
    "another country's story": -1,
    "crowd": -1,
    "in a list": -1,
    "sport or show": -1,
    "comparison": -1,
    "opinion": -1,
}


@dataclass(frozen=True, slots=True)
class Pieces:
    """Where everything stands that a relation is judged by; all spans sorted.

    `ties` are cue words that tie, with their topic, `stances` those that show how one stands to the other, `fields`
    those that only say in which field; where a watchlist asks for none, `asks` is False and meeting is enough. `others`
    are third countries, `noise` places that speak of sport or shows, `comparisons` those that liken, `opinions` those
    that call a text one.
    """

    sides: tuple[tuple[Span, ...], ...]
    ties: tuple[tuple[int, int, str], ...] = ()
    stances: tuple[Span, ...] = ()
    fields: tuple[Span, ...] = ()
    others: tuple[tuple[int, int, str], ...] = ()
    noise: tuple[Span, ...] = ()
    comparisons: tuple[Span, ...] = ()
    opinions: tuple[Span, ...] = ()
    asks: bool = True


@dataclass(frozen=True, slots=True)
class Window:
    """A sentence, or several in a row, and what stands in it."""

    sentences: tuple[Sentence, ...]
    sides: tuple[tuple[Span, ...], ...]
    ties: tuple[tuple[int, int, str], ...]
    stances: tuple[Span, ...]
    fields: tuple[Span, ...]
    others: tuple[tuple[int, int, str], ...]
    comparisons: int
    listed: bool

    @property
    def countries(self) -> int:
        """How many third countries stand in it."""
        return len({country for _, _, country in self.others})

    @property
    def together(self) -> bool:
        """Whether every side stands in it."""
        return all(self.sides)

    @property
    def worth(self) -> float:
        """How well it proves the tie, for choosing evidence."""
        tied = 2.0 * bool(self.ties) + bool(self.stances) + 0.5 * bool(self.fields)
        return tied + sum(map(bool, self.sides)) * 2.0 - 0.7 * self.countries - 2.0 * self.listed


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
    clauses = [(clause,) for clause in scan.clauses]
    meetings = [cut.window(clause) for clause in clauses if cut.meet(clause)]
    groups = _by_paragraph(scan.sentences)
    paragraphs = [cut.window(group) for group in groups if cut.meet(group)]
    lead = [cut.window(group) for group in groups[: 1 + scan.titled]]
    features = _presence(pieces, meetings, paragraphs, lead, len(clauses), titled=scan.titled)
    features |= _company(pieces, meetings, scan.clauses)
    features |= _distance(pieces, meetings, _WORD_UNSPACED if unspaced else _WORD)
    proof = meetings or paragraphs or [window for window in map(cut.window, clauses) if any(window.sides)]
    return Relation(features, tuple(sorted(proof, key=lambda window: -window.worth)))


class _Cutter:
    """Cuts what stands in a stretch of text out of all that stands in it."""

    def __init__(self, pieces: Pieces, listed: frozenset[Span]) -> None:
        self._pieces = pieces
        self._listed = listed
        # A paragraph of one sentence is looked at twice.
        self._made: dict[tuple[int, int], Window] = {}

    def meet(self, sentences: tuple[Sentence, ...]) -> bool:
        """Return whether every side stands in a stretch; for most it is not worth while to look what else does."""
        start, end = sentences[0].start, sentences[-1].end
        for side in self._pieces.sides:
            first = bisect_left(side, (start,))
            if first == len(side) or side[first][0] >= end:
                return False
        return True

    def window(self, sentences: tuple[Sentence, ...]) -> Window:
        """Return what stands in a stretch."""
        place = (sentences[0].start, sentences[-1].end)
        if place not in self._made:
            self._made[place] = self._window(sentences, *place)
        return self._made[place]

    def _window(self, sentences: tuple[Sentence, ...], start: int, end: int) -> Window:
        sides = tuple(_inside(side, start, end) for side in self._pieces.sides)
        return Window(
            sentences,
            sides,
            _inside(self._pieces.ties, start, end),
            _inside(self._pieces.stances, start, end),
            _inside(self._pieces.fields, start, end),
            _inside(self._pieces.others, start, end),
            len(_inside(self._pieces.comparisons, start, end)),
            any(side and all(span in self._listed for span in side) for side in sides),
        )


def _inside(places: Sequence[_Place], start: int, end: int) -> tuple[_Place, ...]:
    if not places or places[0][0] >= end or places[-1][0] < start:
        return ()
    first = bisect_left(places, (start,))
    return tuple(places[first : bisect_left(places, (end,))])


def _by_paragraph(sentences: Iterable[Sentence]) -> list[tuple[Sentence, ...]]:
    groups: dict[int, list[Sentence]] = {}
    for sentence in sentences:
        groups.setdefault(sentence.paragraph, []).append(sentence)
    return [tuple(group) for group in groups.values()]


def _listed(pieces: Pieces, gap: int) -> frozenset[Span]:
    """Return the places of sides that stand in a list of countries: three or more, and more than there are sides."""
    shortest = max(_LIST_LENGTH, len(pieces.sides) + 1)
    named = [(start, end, f"side {number}") for number, side in enumerate(pieces.sides) for start, end in side]
    run: list[tuple[int, int, str]] = []
    found: set[Span] = set()
    for place in [*sorted([*named, *pieces.others]), (1 << 60, 1 << 60, "")]:
        if run and place[0] - run[-1][1] > gap:
            if len({name for _, _, name in run}) >= shortest:
                found.update((start, end) for start, end, _ in run)
            run = []
        run.append(place)
    return frozenset(found)


def _presence(
    pieces: Pieces,
    meetings: list[Window],
    paragraphs: list[Window],
    lead: list[Window],
    clauses: int,
    *,
    titled: bool,
) -> dict[str, float]:
    """Where the sides meet, and whether a cue stands there: in clauses, in whole paragraphs, at the beginning."""
    free = not pieces.asks
    clear = [window for window in meetings if not window.listed and window.countries <= 1]
    alone = [window for window in clear if not window.others and not window.comparisons]
    theirs = [w for w in paragraphs if not w.listed and w.countries <= 2 and (free or w.ties)]
    return {
        "met and tied": float(any(free or window.ties for window in clear)),
        "met and took a stance": float(any(free or window.stances for window in clear)),
        "met in a field": float(any(free or window.fields for window in clear)),
        "ties of several kinds": max((_kinds(window) for window in clear), default=0.0) if pieces.asks else 1.0,
        "met alone": float(bool(alone)),
        "meetings": _some(len(clear), 4),
        "share of meetings": min(1.0, 2 * len(clear) / max(1, clauses)),
        "met in the title": float(titled and bool(lead) and lead[0].together and not lead[0].listed),
        "met in the lead": float(
            bool(lead) and all(any(window.sides[n] for window in lead) for n in range(len(pieces.sides)))
        ),
        "met in a paragraph, tied": float(bool(theirs)),
        "a paragraph of their own": max(map(_ownership, theirs), default=0.0),
        "mentions of the rarer side": _some(min(map(len, pieces.sides)), 6),
    }


def _kinds(window: Window) -> float:
    """Return how many kinds of ties stand in a window: 0 for one or none, 1 for three."""
    return min(1.0, max(0, len({topic for _, _, topic in window.ties}) - 1) / 2)


def _ownership(window: Window) -> float:
    """Return the share of the sides in all that a window says of countries."""
    mentions = sum(map(len, window.sides))
    return mentions / (mentions + len(window.others))


def _company(pieces: Pieces, meetings: list[Window], clauses: Sequence[Sentence]) -> dict[str, float]:
    """Who else is there: third countries, lists, sport, comparisons."""
    rarer = min(map(len, pieces.sides))
    others = Counter(country for _, _, country in pieces.others)
    loudest = max(others.values(), default=0)
    compared = [window for window in meetings if window.comparisons]
    return {
        "another country's story": loudest / (loudest + rarer),
        "crowd": min(1.0, min((window.countries for window in meetings), default=2) / 4),
        "in a list": float(bool(meetings) and all(window.listed for window in meetings)),
        "sport or show": min(1.0, 3 * len(pieces.noise) / max(1, len(clauses))),
        "comparison": len(compared) / max(1, len(meetings)),
        "opinion": float(bool(clauses) and any(start < clauses[0].end for start, _ in pieces.opinions)),
    }


def _distance(pieces: Pieces, meetings: list[Window], word: float) -> dict[str, float]:
    """How near the sides come to one another, and a tying cue to both."""
    clear = [window for window in meetings if not window.listed]
    gap = min((_gap(tuple(side[:_MOST] for side in window.sides)) for window in clear), default=math.inf)
    beside = 0.0 if pieces.asks else 1.0
    for window in clear:
        for start, end, _ in window.ties[:_MOST] if pieces.asks else ():
            reach = max(min(_apart(start, end, span) for span in side[:_MOST]) for side in window.sides)
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
