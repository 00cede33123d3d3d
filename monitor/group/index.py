"""What is rare among the articles at hand, and which of them share it: the inverted index behind grouping.

Owns: document frequencies, the weights they give, and the choice of candidates. Takes: sketches. Gives: `Vector`s
and the articles worth comparing with one. Does not care: whether two articles tell one event.
"""

import heapq
import math
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.group.sketching import PERMUTATIONS, Sketch

# A key more than this many articles have leads to no candidates; it still counts in a comparison.
_COMMON = 150
_CANDIDATES = 40
_BANDS, _ROWS = 32, 4
# How many articles the general knowledge of what is frequent weighs as much as; small batches lean on it.
_PRIOR_ARTICLES = 40.0
_PRIOR = {"w": 0.03, "x": 0.01, "f": 0.01, "c": 0.02, "n": 0.04, "k": 0.05, "t": 0.02}


@dataclass(frozen=True, slots=True)
class Vector:
    """One article's evidence weighted by how rare it is, by channel; every channel has its length."""

    channels: dict[str, dict[str, float]]
    lengths: dict[str, float]


def keys(sketch: Sketch) -> dict[str, dict[str, float]]:
    """Return the evidence of a sketch by channel, as keys with how much the text dwells on each."""
    title = set(sketch.title)
    channels: dict[str, dict[str, float]] = {name: {} for name in _PRIOR}
    channels["w"] = {
        f"w{sketch.language}:{word}": (1 + math.log(count)) * (1.5 if word in title else 1.0)
        for word, count in sketch.words
    }
    channels["t"] = {f"w{sketch.language}:{word}": 1.0 for word in title}
    for name in sketch.names:
        for channel, key in (("x", name.exact), ("f", name.fine), ("c", name.coarse)):
            if key:
                channels[channel][f"{channel}:{key}"] = 1.0
    channels["n"] = {f"n:{figure.value:g}": 1.0 for figure in sketch.figures}
    channels["k"] = {f"k:{concept}": 1.0 for concept in sketch.concepts}
    return channels


def bands(sketch: Sketch) -> Iterator[str]:
    """Return the LSH keys of a signature: copies share at least one."""
    size = 4 * _ROWS
    for band in range(_BANDS if sketch.signature else 0):
        yield f"b{band}:" + sketch.signature[band * size : (band + 1) * size].hex()


def resemblance(one: Sketch, other: Sketch) -> float:
    """Return the estimated share of word triples two texts have in common, 0 to 1."""
    if not one.signature or not other.signature:
        return 0.0
    form = f"<{PERMUTATIONS}I"
    pairs = zip(struct.unpack(form, one.signature), struct.unpack(form, other.signature), strict=True)
    return sum(1 for a, b in pairs if a == b) / PERMUTATIONS


class Frequencies:
    """In how many articles each key stands, and the index from key to articles."""

    def __init__(self) -> None:
        self._articles: list[dict[str, dict[str, float]]] = []
        self._postings: defaultdict[str, list[int]] = defaultdict(list)
        self._languages: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._articles)

    def add(self, sketch: Sketch) -> int:
        """Take in one article; return its number, counted from 0."""
        number = len(self._articles)
        channels = keys(sketch)
        self._articles.append(channels)
        self._languages[sketch.language] += 1
        for key in {key for channel in channels.values() for key in channel}.union(bands(sketch)):
            self._postings[key].append(number)
        return number

    def rarity(self, key: str) -> float:
        """Return the weight of a key: the logarithm of one over its share of the articles, smoothed."""
        prior = _PRIOR[key[0]]
        articles = self._languages[key[1 : key.index(":")]] if key[0] == "w" else len(self._articles)
        share = (len(self._postings.get(key, ())) + _PRIOR_ARTICLES * prior) / (articles + _PRIOR_ARTICLES)
        return -math.log(share) if share < 1.0 else 0.0

    def vector(self, number: int) -> Vector:
        """Return the weighted evidence of an article taken in earlier."""
        channels = {
            name: {key: weight * self.rarity(key) for key, weight in channel.items()}
            for name, channel in self._articles[number].items()
        }
        return Vector(channels, {name: math.hypot(*channel.values()) for name, channel in channels.items()})

    def candidates(self, number: int, sketch: Sketch) -> tuple[int, ...]:
        """Return the articles that share most rare evidence with this one, best first."""
        shared: defaultdict[int, float] = defaultdict(float)
        for key in self._rare(self._articles[number]):
            weight = self.rarity(key) ** 2
            for other in self._postings[key]:
                shared[other] += weight
        for key in bands(sketch):
            for other in self._postings[key][-_CANDIDATES:]:
                shared[other] += 100.0
        shared.pop(number, None)
        return tuple(heapq.nsmallest(_CANDIDATES, shared, key=lambda other: (-shared[other], other)))

    def _rare(self, channels: dict[str, dict[str, float]]) -> Iterable[str]:
        return (
            key
            for name, channel in channels.items()
            if name != "t"
            for key in channel
            if len(self._postings[key]) <= _COMMON
        )
