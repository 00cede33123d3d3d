"""How far two articles tell one event: a few monotone features, one additive score, and the reasons in words.

Owns: the features, their weights (data/weights.json, fitted by benchmarks/fit_group.py) and the vetoes.
Takes: two sketches with their weighted evidence. Gives: a `Comparison`. Does not care: which stories there are.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from monitor.group.index import Vector, resemblance
from monitor.group.sketching import Sketch

FEATURES = ("copy", "words", "title", "exact", "fine", "coarse", "figures", "concepts", "days")
_CHANNELS = (
    ("words", "w"),
    ("title", "t"),
    ("exact", "x"),
    ("fine", "f"),
    ("coarse", "c"),
    ("figures", "n"),
    ("concepts", "k"),
)
_WEIGHTS: dict[str, dict[str, float]] = json.loads(
    (Path(__file__).parent / "data" / "weights.json").read_text(encoding="utf-8")
)
# Beyond this two reports are of different events, however alike; a follow-up joins by way of those in between.
_FAR_DAYS = 14.0
_COPY = 0.7
_VETO = -20.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two articles compared: `score` above 0 means one event; `reasons` say in words what speaks for it."""

    score: float
    reasons: tuple[str, ...]


def overlap(one: Vector, other: Vector, channel: str) -> float:
    """Return the cosine of two articles' weighted evidence in one channel, 0 to 1."""
    few, many = one.channels[channel], other.channels[channel]
    if len(few) > len(many):
        few, many = many, few
    shared = sum(weight * many[key] for key, weight in few.items() if key in many)
    return shared / (one.lengths[channel] * other.lengths[channel]) if shared else 0.0


def features(one: tuple[Sketch, Vector], other: tuple[Sketch, Vector]) -> dict[str, float]:
    """Return the features of two articles by name; `days` is how far apart they were published, at most 14."""
    (first, left), (second, right) = one, other
    found = {name: overlap(left, right, channel) for name, channel in _CHANNELS}
    found["copy"] = resemblance(first, second)
    found["days"] = 0.0
    if first.published and second.published:
        found["days"] = min(abs((first.published - second.published).total_seconds()) / 86_400, _FAR_DAYS)
    return found


def compare(one: tuple[Sketch, Vector], other: tuple[Sketch, Vector]) -> Comparison:
    """Return how far two articles tell one event, and why."""
    measured = features(one, other)
    weights = _WEIGHTS["same" if one[0].language == other[0].language else "cross"]
    score = weights["bias"] + sum(weights[name] * measured[name] for name in FEATURES)
    if measured["copy"] < _COPY and measured["days"] >= _FAR_DAYS:
        score = _VETO
    return Comparison(score, _reasons(one, other, measured))


def _reasons(one: tuple[Sketch, Vector], other: tuple[Sketch, Vector], measured: dict[str, float]) -> tuple[str, ...]:
    (first, left), (second, right) = one, other
    said = []
    if measured["copy"] >= 0.5:
        said.append(f"{measured['copy']:.0%} of the text is the same")
    for label, channel in (("names", "c"), ("figures", "n"), ("words", "w")):
        shared = sorted(
            left.channels[channel].keys() & right.channels[channel].keys(),
            key=lambda key: (-left.channels[channel][key], key),
        )[:5]
        if shared:
            said.append(f"the same {label}: {', '.join(_shown(first, channel, key) for key in shared)}")
    if first.published and second.published:
        apart = abs((first.published.date() - second.published.date()).days)
        said.append("published the same day" if not apart else f"published {apart} days apart")
    return tuple(said)


def _shown(sketch: Sketch, channel: str, key: str) -> str:
    """Return a key as the text wrote it."""
    bare = key.partition(":")[2]
    if channel == "c":
        return next((name.text for name in sketch.names if name.coarse == bare), bare)
    if channel == "n":
        return next((figure.text for figure in sketch.figures if f"{figure.value:g}" == bare), bare)
    return bare
