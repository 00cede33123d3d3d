"""What is rare among the articles at hand, and which of them share it: the inverted index behind grouping.

Owns: document frequencies, the weights they give, and the choice of candidates. Takes: sketches. Gives: overlaps of
evidence and the articles worth comparing with one. Does not care: whether two articles tell one event.
"""

import heapq
import math
import struct
from array import array
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from operator import eq

from monitor.group.names import UNCASED_LANGUAGES, skeletons
from monitor.group.sketching import IN_LEAD, PERMUTATIONS, Sketch

# A key that more articles have than this leads to no candidates; it still counts in a comparison.
_COMMON = 150
_CANDIDATES = 20
# Looking for candidates ends after this many entries, the rarest keys first: time does not grow with the archive.
_LOOK_AT = 6_000
# What a shared LSH band counts for: more than names and words could.
_COPY = 200.0
_BANDS, _ROWS = 16, 4
# How many articles the general knowledge of what is frequent weighs as much as: few articles at hand say little of it.
_PRIOR_ARTICLES = 40.0
# Evidence is compared by cosine, but of vectors no shorter than this: two texts of one figure each are not one event
# because the figure is the same.
_SHORTEST = 8.0
_SAME_DAYS = 3.0
# Reports further apart are of different events, however alike, unless one is a copy of the other.
FAR_DAYS = 14.0
# A name is rare that not one article in twenty has.
_RARE = 3.0
# A key says something that not one article in five has.
_TELLING = 1.6
_SECONDS_A_DAY = 86_400.0
_DWELLING = tuple(1 + math.log(count) if count else 0.0 for count in range(10))


class Channel(IntEnum):
    """The kinds of evidence; each is compared on its own."""

    WORDS = 0
    TITLE = 1
    EXACT = 2
    FINE = 3
    COARSE = 4
    KIN = 5
    FIGURES = 6
    CONCEPTS = 7
    THINGS = 8


# In what share of all articles one key of a kind is found, as far as is known without seeing any.
_PRIOR = {
    Channel.WORDS: 0.03,
    Channel.EXACT: 0.01,
    Channel.FINE: 0.01,
    Channel.COARSE: 0.02,
    Channel.KIN: 0.03,
    Channel.FIGURES: 0.02,
    Channel.CONCEPTS: 0.08,
    Channel.THINGS: 0.08,
}


_CONCEPT_PRIOR = {"country": 0.12, "topic": 0.25, "org": 0.04, "person": 0.03}
_RECENT_YEARS = range(1990, 2051)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One article taken in: what of its sketch is no key, and its keys by channel with how much the text dwells."""

    sketch: Sketch
    keys: tuple[dict[int, int], ...]


class Index:
    """The articles at hand by what they share. Numbers count articles in the order they were taken in, from 0."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._ids: dict[str, int] = {}
        self._names: list[str] = []
        self._channels: list[Channel] = []
        self._priors: list[float] = []
        self._postings: list[array[int]] = []
        self._copies: defaultdict[bytes, list[int]] = defaultdict(list)
        self._languages: Counter[str] = Counter()
        # When each was published, in days since 1970, and all those days in order.
        self._day_of: list[float | None] = []
        self._days: list[float] = []
        # What was computed for the articles as they are; forgotten when one comes or goes.
        self._rarities: dict[int, float] = {}
        self._lengths: dict[tuple[int, Channel], float] = {}
        self._day_rarities: dict[float, float] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def sketch(self, number: int) -> Sketch:
        """Return the evidence of an article, without what became keys and is never shown."""
        return self._entries[number].sketch

    def add(self, sketch: Sketch) -> int:
        """Take in one article; return its number."""
        number = len(self._entries)
        keys = tuple(
            {self._key(channel, text): dwells for text, dwells in texts.items()}
            for channel, texts in evidence(sketch).items()
        )
        self._entries.append(_Entry(_shown(sketch), keys))
        self._languages[sketch.language] += 1
        for key in _all_keys(self._entries[number]):
            self._postings[key].append(number)
        for band in _bands(sketch):
            self._copies[band].append(number)
        day = _day(sketch.published) if sketch.published else None
        self._day_of.append(day)
        if day is not None:
            insort(self._days, day)
        self._changed()
        return number

    def shrink(self, size: int) -> None:
        """Forget the articles taken in last, until `size` are left."""
        while len(self._entries) > size:
            entry = self._entries.pop()
            self._languages[entry.sketch.language] -= 1
            for key in _all_keys(entry):
                self._postings[key].pop()
            for band in _bands(entry.sketch):
                self._copies[band].pop()
            day = self._day_of.pop()
            if day is not None:
                del self._days[bisect_left(self._days, day)]
        self._changed()

    def _changed(self) -> None:
        self._rarities.clear()
        self._lengths.clear()
        self._day_rarities.clear()

    def _key(self, channel: Channel, text: str) -> int:
        # A word of the title is the same word, and as rare, as in the text.
        channel = Channel.WORDS if channel is Channel.TITLE else channel
        name = f"{int(channel)} {text}"
        key = self._ids.get(name)
        if key is None:
            key = self._ids[name] = len(self._names)
            self._names.append(name)
            self._channels.append(channel)
            self._priors.append(_prior(channel, text))
            self._postings.append(array("I"))
        return key

    def rarity(self, key: int) -> float:
        """Return the weight of a key: the logarithm of one over its share of the articles, smoothed."""
        rarity = self._rarities.get(key)
        if rarity is None:
            channel = self._channels[key]
            articles = len(self._entries)
            if channel is Channel.WORDS:
                articles = self._languages[self._names[key].split(" ", 2)[1]]
            share = (len(self._postings[key]) + _PRIOR_ARTICLES * self._priors[key]) / (articles + _PRIOR_ARTICLES)
            rarity = self._rarities[key] = -math.log(share) if share < 1.0 else 0.0
        return rarity

    def overlap(self, one: int, other: int, channel: Channel) -> float:
        """Return the cosine of two articles' weighted evidence in one channel, 0 to 1."""
        left, right = self._entries[one].keys[channel], self._entries[other].keys[channel]
        shared = left.keys() & right.keys()
        if not shared:
            return 0.0
        dot = sum(_DWELLING[left[key]] * _DWELLING[right[key]] * self.rarity(key) ** 2 for key in shared)
        return dot / (self._length(one, channel) * self._length(other, channel))

    def _length(self, number: int, channel: Channel) -> float:
        length = self._lengths.get((number, channel))
        if length is None:
            keys = self._entries[number].keys[channel]
            weights = (_DWELLING[dwells] * self.rarity(key) for key, dwells in keys.items())
            length = self._lengths[number, channel] = math.hypot(_SHORTEST, *weights)
        return length

    def parted(self, one: int, other: int, channel: Channel, fewest: int) -> bool:
        """Return whether each article leads with at least `fewest` rare keys, and neither with anything the other has.

        What everyone has in common, such as the subject that all are about, does not count as held in common.
        """
        left, right = self._entries[one].keys[channel], self._entries[other].keys[channel]
        for key in left.keys() & right.keys():
            if max(left[key], right[key]) >= IN_LEAD and self.rarity(key) >= _TELLING:
                return False
        return all(
            sum(1 for key, dwells in keys.items() if dwells >= IN_LEAD and self.rarity(key) >= _RARE) >= fewest
            for keys in (left, right)
        )

    def rare_names(self, one: int, other: int) -> int:
        """Return how many distinct rare names two articles share."""
        left, right = self._entries[one].keys, self._entries[other].keys
        return sum(1 for key in left[Channel.COARSE].keys() & right[Channel.COARSE].keys() if self.rarity(key) >= _RARE)

    def shared(self, one: int, other: int, channel: Channel) -> tuple[str, ...]:
        """Return what two articles share in one channel, the rarest first."""
        keys = self._entries[one].keys[channel].keys() & self._entries[other].keys[channel].keys()
        ranked = sorted((-self.rarity(key), self._names[key]) for key in keys)
        return tuple(name.rpartition(" ")[2] for _, name in ranked)

    def same_days(self, one: int, other: int) -> float:
        """Return how much it says that two articles appeared when they did: much where few others did, 0 undated."""
        first, second = self._day_of[one], self._day_of[other]
        if first is None or second is None:
            return 0.0
        apart = (first - second) / _SAME_DAYS
        return math.exp(-apart * apart) * (self._day_rarity(first) + self._day_rarity(second)) / 2

    def _day_rarity(self, day: float) -> float:
        rarity = self._day_rarities.get(day)
        if rarity is None:
            near = bisect_right(self._days, day + _SAME_DAYS) - bisect_left(self._days, day - _SAME_DAYS)
            rarity = -math.log((near + _PRIOR_ARTICLES * 0.3) / (len(self._days) + _PRIOR_ARTICLES))
            self._day_rarities[day] = rarity
        return rarity

    def resemblance(self, one: int, other: int) -> float:
        """Return the estimated share of word triples two texts have in common, 0 to 1."""
        first, second = self._entries[one].sketch.signature, self._entries[other].sketch.signature
        if not first or not second:
            return 0.0
        form = f"<{PERMUTATIONS}I"
        alike = sum(map(eq, struct.unpack(form, first), struct.unpack(form, second)))
        return float(alike) / PERMUTATIONS

    def days_apart(self, one: int, other: int) -> float:
        """Return how many days lie between the publication of two articles, 0 where one is undated."""
        first, second = self._day_of[one], self._day_of[other]
        return 0.0 if first is None or second is None else abs(first - second)

    def candidates(self, number: int) -> tuple[int, ...]:
        """Return the articles that share most rare evidence with this one, best first."""
        entry = self._entries[number]
        weights: defaultdict[int, float] = defaultdict(float)
        looked_at = 0
        for size, key in sorted((len(self._postings[key]), key) for key in _all_keys(entry)):
            looked_at += size
            if size > _COMMON or looked_at > _LOOK_AT:
                break
            weight = self.rarity(key) ** 2
            for other in self._postings[key]:
                weights[other] += weight
        near = self._near(number, weights)
        for band in _bands(entry.sketch):
            for other in self._copies[band][-_CANDIDATES:]:
                near[other] = weights[other] + _COPY
        near.pop(number, None)
        return tuple(heapq.nsmallest(_CANDIDATES, near, key=lambda other: (-near[other], other)))

    def _near(self, number: int, weights: dict[int, float]) -> dict[int, float]:
        """Return those of the weighted articles that were not published too far from this one."""
        days, day = self._day_of, self._day_of[number]
        if day is None:
            return dict(weights)
        return {
            other: weight
            for other, weight in weights.items()
            if (theirs := days[other]) is None or abs(theirs - day) <= FAR_DAYS
        }


def _shown(sketch: Sketch) -> Sketch:
    """Return a sketch without what is kept a second time as keys: that is most of its memory."""
    return replace(sketch, title=(), words=(), concepts=(), things=(), credited=())


def _prior(channel: Channel, text: str) -> float:
    """Return in what share of all articles a key is expected, as far as is known without seeing any."""
    if channel is Channel.CONCEPTS:
        return _CONCEPT_PRIOR.get(text.partition(":")[0], _PRIOR[channel])
    if channel is Channel.FIGURES:
        value = float(text)
        if not value.is_integer():
            return _PRIOR[channel]
        if value <= 12 or value in _RECENT_YEARS:
            return 0.2
        return 0.1 if value <= 31 or value % 100 == 0 else _PRIOR[channel]
    return _PRIOR[channel]


def _all_keys(entry: _Entry) -> set[int]:
    return {key for channel in entry.keys for key in channel}


def evidence(sketch: Sketch) -> dict[Channel, dict[str, int]]:
    """Return the evidence of a sketch by channel, as keys with how much the text dwells on each, 1 to 9."""
    language = sketch.language
    return {
        Channel.WORDS: {f"{language} {word}": dwells for word, dwells in sketch.words},
        Channel.TITLE: {f"{language} {word}": 1 for word in sketch.title},
        Channel.EXACT: {name.exact: dwells for name, dwells in sketch.names if name.exact},
        Channel.FINE: {name.fine: dwells for name, dwells in sketch.names if name.fine},
        Channel.COARSE: {name.coarse: dwells for name, dwells in sketch.names if name.coarse},
        Channel.KIN: _kin(sketch),
        Channel.FIGURES: {f"{figure.value:g}": figure.dwells for figure in sketch.figures},
        Channel.CONCEPTS: dict(sketch.concepts),
        Channel.THINGS: dict(sketch.things),
    }


def _kin(sketch: Sketch) -> dict[str, int]:
    """Return the skeletons of long words, in which international words meet (solidarité, солидарность)."""
    if sketch.language in UNCASED_LANGUAGES:
        return {}
    bones = (skeletons(word, sketch.language)[0] for word, _ in sketch.words if len(word) > 4)
    return {found[:5]: 1 for found in bones if len(found) > 3}


def _bands(sketch: Sketch) -> Iterator[bytes]:
    """Return the LSH keys of a signature: copies share at least one."""
    size = 4 * _ROWS
    for band in range(_BANDS if sketch.signature else 0):
        yield bytes((band,)) + sketch.signature[band * size : (band + 1) * size]


def _day(published: datetime) -> float:
    return published.timestamp() / _SECONDS_A_DAY
