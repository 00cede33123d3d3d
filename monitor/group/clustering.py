"""Stories out of articles: who joins whom, incrementally and for good.

Owns: the decision. Takes: sketches of new articles and of those already placed. Gives: a `Join` for each new one.
Does not care: where sketches are kept, nor what a story is called. Stories already there are never merged, split or
re-opened: a new article joins at most one of them.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.group.comparing import VETO, compare, reasons
from monitor.group.index import Index
from monitor.group.sketching import Sketch

# Two groups join if their articles tell one event on average, by this many log odds: a wrong join misleads a reader
# more than a missed one.
_SURE = 0.5
# One pair says no more than this for or against; a copy must not outweigh three strangers.
_MOST = 8.0
# Large groups are judged by this many articles of each, evenly chosen.
_JUDGES = 5


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

    `root` is the first article of its story among those given; a new article that begins one names itself.
    `reasons` say in words what joined it, in the words of the article; empty for the first of a story.
    """

    article_id: int
    story: int | None
    root: int
    reasons: tuple[str, ...] = ()


class Known:
    """The articles already placed, indexed once, for those who bring new ones often.

    Articles go by their number in the index, stories by that of their first article.
    """

    def __init__(self, placed: Iterable[Placed] = ()) -> None:
        self.index = Index()
        self.articles: list[int] = []
        self.stories: list[int | None] = []
        self.story_of: list[int] = []
        self.members: dict[int, list[int]] = {}
        self._firsts: dict[int, int] = {}
        for article in placed:
            self.add(article)

    def __len__(self) -> int:
        return len(self.articles)

    def add(self, article: Placed) -> None:
        """Take in one more article that has its place; one without a story is a story of its own."""
        number = self.index.add(article.sketch)
        first = number if article.story is None else self._firsts.setdefault(article.story, number)
        self.articles.append(article.article_id)
        self.stories.append(article.story)
        self.story_of.append(first)
        self.members.setdefault(first, []).append(number)


def group(new: Iterable[Placed], known: Iterable[Placed] | Known) -> tuple[Join, ...]:
    """Return where each new article belongs, in the order given.

    Equal input gives equal output. A `Known` is taken as it is and left as it was. Both are walked once, and of a
    sketch only what is compared is kept: ten thousand from a generator need half the memory of a list of them.
    """
    before = known if isinstance(known, Known) else Known(known)
    try:
        articles = []
        for article in new:
            before.index.add(article.sketch)
            articles.append(article.article_id)
        return _Grouping(before, articles).joins()
    finally:
        before.index.shrink(len(before))


class _Grouping:
    """One run: groups of articles that grow by joining the two most alike, while any two are alike enough."""

    def __init__(self, known: Known, new: Sequence[int]) -> None:
        self._index = known.index
        self._first_new = len(known)
        self._stories = known.stories
        self._articles = [*known.articles, *new]
        numbers = range(self._first_new, len(self._articles))
        self._group_of = [*known.story_of, *numbers]
        self._members = known.members | {number: [number] for number in numbers}
        self._scores: dict[int, float] = {}
        # By group, the articles that share rare evidence with one of its own.
        self._near: defaultdict[int, set[int]] = defaultdict(set)
        self._queue: list[tuple[float, int, int, int, int]] = []

    def joins(self) -> tuple[Join, ...]:
        new = range(self._first_new, len(self._articles))
        for number in new:
            for other in self._index.candidates(number):
                # Both ways, for either may have grown when the other is weighed anew.
                self._near[number].add(other)
                self._near[self._group_of[other]].add(number)
        for number in new:
            self._propose_all(number)
        while self._queue:
            _, one, other, size, other_size = heapq.heappop(self._queue)
            # A proposal about a group that has grown since is out of date; a newer one was made when it grew.
            if self._size(one) == size and self._size(other) == other_size:
                self._merge(one, other)
        return tuple(self._join(number) for number in new)

    def _size(self, home: int) -> int:
        return len(self._members.get(home, ()))

    def _known(self, home: int) -> bool:
        return home < self._first_new

    def _propose_all(self, home: int) -> None:
        """Propose to join a group with each that holds an article near to it."""
        for other in sorted({self._group_of[number] for number in self._near[home]} - {home}):
            if self._known(home) and self._known(other):
                continue
            likeness = self._likeness(home, other)
            if likeness > _SURE:
                one, two = sorted((home, other))
                heapq.heappush(self._queue, (-likeness, one, two, self._size(one), self._size(two)))

    def _likeness(self, one: int, other: int) -> float:
        """Return the mean score over pairs of both groups; vetoed if most pairs are.

        A few vetoes by date do not count: a story that goes on for weeks is judged by its latest articles.
        """
        judges = _judges(self._members[other])
        scores = [self._score(a, b) for a in _judges(self._members[one]) for b in judges]
        allowed = [max(-_MOST, min(_MOST, score)) for score in scores if score > VETO]
        if 2 * len(allowed) < len(scores) or not allowed:
            return VETO
        return sum(allowed) / len(allowed)

    def _score(self, one: int, other: int) -> float:
        # One number instead of two in a tuple: a large batch has half a million pairs.
        pair = min(one, other) * len(self._articles) + max(one, other)
        score = self._scores.get(pair)
        if score is None:
            score = self._scores[pair] = compare(self._index, min(one, other), max(one, other)).score
        return score

    def _merge(self, one: int, other: int) -> None:
        """Put `other` into `one`, the group of the earlier article, and weigh what is near to either anew."""
        gone = self._members.pop(other)
        self._members[one] = self._members[one] + gone
        for number in gone:
            self._group_of[number] = one
        self._near[one] |= self._near.pop(other, set())
        self._propose_all(one)

    def _join(self, number: int) -> Join:
        home = self._group_of[number]
        article, root = self._articles[number], self._articles[home]
        story = self._stories[home] if self._known(home) else None
        if home == number:
            return Join(article, story, root)
        others = [other for other in self._members[home] if other != number]
        nearest = max(others, key=lambda other: (self._score(number, other), -other))
        return Join(article, story, root, reasons(self._index, number, nearest))


def _judges(members: list[int]) -> list[int]:
    """Return at most five members, evenly chosen, the last among them."""
    if len(members) <= _JUDGES:
        return members
    return [members[(place + 1) * len(members) // _JUDGES - 1] for place in range(_JUDGES)]
