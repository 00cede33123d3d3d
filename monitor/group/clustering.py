"""Stories out of articles: who joins whom, incrementally and for good.

Owns: the decision. Takes: sketches of new articles and of those already placed. Gives: a `Join` for each new one.
Does not care: where sketches are kept, nor what a story is called. Stories already there are never merged, split or
re-opened: a new article joins at most one of them.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.group.comparing import Comparison, compare, reasons
from monitor.group.index import Index
from monitor.group.sketching import Sketch

# Two groups join if their articles tell one event on average; large groups are judged by this many pairs.
_PAIRS = 24


@dataclass(frozen=True, slots=True)
class Placed:
    """An article with its evidence; `story` is the story it belongs to, None while it is new. `seen` is aware."""

    article_id: int
    story: int | None
    seen: datetime
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class Join:
    """Where a new article belongs: to a story already there, else to the story that article `root` begins.

    `root` is the earliest article of its story among those given; a new article that begins one names itself.
    `reasons` say in words what joined it; empty for the first of a story.
    """

    article_id: int
    story: int | None
    root: int
    reasons: tuple[str, ...] = ()


def group(new: Sequence[Placed], known: Sequence[Placed]) -> tuple[Join, ...]:
    """Return where each new article belongs, in the order given.

    Equal input gives equal output; what `known` says is taken as it is.
    """
    return _Grouping(known, new).joins()


class _Grouping:
    """One run: groups of articles that grow by joining the two most alike, while any two are alike enough."""

    def __init__(self, known: Sequence[Placed], new: Sequence[Placed]) -> None:
        self._placed = [*known, *new]
        self._first = len(known)
        self._index = Index()
        self._compared: dict[tuple[int, int], Comparison] = {}
        self._members: dict[int, list[int]] = {}
        self._group_of: list[int] = []
        self._queue: list[tuple[float, int, int, int, int]] = []
        stories: dict[int, int] = {}
        for number, article in enumerate(self._placed):
            self._index.add(article.sketch)
            story = article.story if number < self._first else None
            home = number if story is None else stories.setdefault(story, number)
            self._group_of.append(home)
            self._members.setdefault(home, []).append(number)

    def joins(self) -> tuple[Join, ...]:
        for number in range(self._first, len(self._placed)):
            for other in self._index.candidates(number):
                self._propose(number, self._group_of[other])
        while self._queue:
            _, one, other, size, other_size = heapq.heappop(self._queue)
            if len(self._members.get(one, ())) == size and len(self._members.get(other, ())) == other_size:
                self._merge(one, other)
        return tuple(self._join(number) for number in range(self._first, len(self._placed)))

    def _propose(self, one: int, other: int) -> None:
        if one == other or (self._known(one) and self._known(other)):
            return
        likeness = self._likeness(one, other)
        if likeness > 0:
            one, other = sorted((one, other))
            heapq.heappush(self._queue, (-likeness, one, other, len(self._members[one]), len(self._members[other])))

    def _known(self, home: int) -> bool:
        return home < self._first

    def _likeness(self, one: int, other: int) -> float:
        pairs = [(a, b) for a in self._members[one] for b in self._members[other]]
        step = -(-len(pairs) // _PAIRS)
        scores = [self._compare(a, b).score for a, b in pairs[::step]]
        return sum(scores) / len(scores)

    def _compare(self, one: int, other: int) -> Comparison:
        pair = (one, other) if one < other else (other, one)
        if pair not in self._compared:
            self._compared[pair] = compare(self._index, *pair)
        return self._compared[pair]

    def _merge(self, one: int, other: int) -> None:
        """Put `other` into `one`, the group of the earlier article, and weigh the neighbours of both anew."""
        self._members[one] += self._members.pop(other)
        for number in self._members[one]:
            self._group_of[number] = one
        neighbours = {
            self._group_of[far]
            for near in self._members[one]
            if near >= self._first
            for far in self._index.candidates(near)
        }
        for neighbour in sorted(neighbours - {one}):
            self._propose(one, neighbour)

    def _join(self, number: int) -> Join:
        home = self._group_of[number]
        article = self._placed[number]
        story = self._placed[home].story if self._known(home) else None
        root = self._placed[home].article_id
        if home == number:
            return Join(article.article_id, story, root)
        others = [other for other in self._members[home] if other != number]
        nearest = max(others, key=lambda other: (self._compare(number, other).score, -other))
        return Join(article.article_id, story, root, reasons(self._index, number, nearest))
