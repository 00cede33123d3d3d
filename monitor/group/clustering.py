"""Stories out of articles: who joins whom, incrementally and for good.

Owns: the decision. Takes: sketches of new articles and of those already placed. Gives: a `Join` for each new one.
Does not care: where sketches are kept, nor what a story is called. Stories already there are never merged, split or
re-opened: a new article joins at most one of them.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.group.comparing import Comparison, compare
from monitor.group.index import Frequencies, Vector
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


class Index:
    """The articles already placed, ready to be compared with: what a single new article needs to be quick."""

    def __init__(self, placed: Sequence[Placed] = ()) -> None:
        self._frequencies = Frequencies()
        self._placed: list[Placed] = []
        self._vectors: dict[int, Vector] = {}
        for article in placed:
            self.add(article)

    def __len__(self) -> int:
        return len(self._placed)

    def add(self, article: Placed) -> int:
        """Take in one article; return its number."""
        self._placed.append(article)
        return self._frequencies.add(article.sketch)

    def __getitem__(self, number: int) -> Placed:
        return self._placed[number]

    def candidates(self, number: int) -> tuple[int, ...]:
        """Return the articles worth comparing with this one."""
        return self._frequencies.candidates(number, self._placed[number].sketch)

    def compare(self, one: int, other: int) -> Comparison:
        """Return how far two articles tell one event."""
        return compare(self._evidence(one), self._evidence(other))

    def _evidence(self, number: int) -> tuple[Sketch, Vector]:
        vector = self._vectors.get(number)
        if vector is None:
            vector = self._vectors[number] = self._frequencies.vector(number)
        return self._placed[number].sketch, vector


def group(new: Sequence[Placed], known: Sequence[Placed]) -> tuple[Join, ...]:
    """Return where each new article belongs, in the order given.

    Equal input gives equal output; what `known` says is taken as it is.
    """
    index = Index(known)
    first = len(index)
    for article in new:
        index.add(article)
    return _Grouping(index, first).joins()


class _Grouping:
    """One run: groups of articles that grow by joining the two most alike, while any two are alike enough."""

    def __init__(self, index: Index, first: int) -> None:
        self._index = index
        self._first = first
        self._compared: dict[tuple[int, int], Comparison] = {}
        self._members: dict[int, list[int]] = {}
        self._group_of: list[int] = []
        self._queue: list[tuple[float, int, int, int, int]] = []
        stories: dict[int, int] = {}
        for number in range(len(index)):
            story = index[number].story if number < first else None
            home = number if story is None else stories.setdefault(story, number)
            self._group_of.append(home)
            self._members.setdefault(home, []).append(number)

    def joins(self) -> tuple[Join, ...]:
        for number in range(self._first, len(self._index)):
            for other in self._index.candidates(number):
                self._propose(number, self._group_of[other])
        while self._queue:
            _, one, other, size, other_size = heapq.heappop(self._queue)
            if len(self._members.get(one, ())) == size and len(self._members.get(other, ())) == other_size:
                self._merge(one, other)
        return tuple(self._join(number) for number in range(self._first, len(self._index)))

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
            self._compared[pair] = self._index.compare(*pair)
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
        placed = self._index[number]
        story = self._index[home].story if self._known(home) else None
        others = [other for other in self._members[home] if other != number]
        if home == number or not others:
            return Join(placed.article_id, story, self._index[home].article_id)
        nearest = max(others, key=lambda other: (self._compare(number, other).score, -other))
        return Join(placed.article_id, story, self._index[home].article_id, self._compare(number, nearest).reasons)
