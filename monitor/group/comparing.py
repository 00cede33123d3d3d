"""How far two articles tell one event: a few monotone features, one additive score, and the reasons in words.

Owns: the features, their weights (data/weights.json, fitted by benchmarks/fit_group.py) and the vetoes.
Takes: two articles of an `Index`. Gives: a `Comparison`. Does not care: which stories there are.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from monitor.group.index import Channel, Index

SAME_LANGUAGE = ("copy", "words", "title", "names", "figures", "concepts", "same_days", "days_apart")
OTHER_LANGUAGE = ("exact", "fine", "coarse", "kin", "figures", "concepts", "things", "same_days", "days_apart")
_CHANNELS = {
    "words": Channel.WORDS,
    "title": Channel.TITLE,
    "names": Channel.FINE,
    "exact": Channel.EXACT,
    "fine": Channel.FINE,
    "coarse": Channel.COARSE,
    "kin": Channel.KIN,
    "figures": Channel.FIGURES,
    "concepts": Channel.CONCEPTS,
    "things": Channel.THINGS,
}
_WEIGHTS: dict[str, dict[str, float]] = json.loads(
    (Path(__file__).parent / "data" / "weights.json").read_text(encoding="utf-8")
)
# Reports further apart are of different events, however alike, unless one is a copy of the other; a long story's
# later chapters join by way of those in between.
_FAR_DAYS = 14.0
_COPY = 0.7
VETO = -100.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two articles compared: `score` above 0 means one event, `VETO` that it cannot be."""

    score: float
    vetoed: str = ""


def days_apart(index: Index, one: int, other: int) -> float:
    """Return how many days lie between the publication of two articles, 0 where one is undated."""
    first, second = index.sketch(one).published, index.sketch(other).published
    return abs((first - second).total_seconds()) / 86_400 if first and second else 0.0


def features(index: Index, one: int, other: int) -> dict[str, float]:
    """Return what is measured of two articles, each 0 or more; only `days_apart` speaks against one event."""
    same = index.sketch(one).language == index.sketch(other).language
    found = {}
    for name in SAME_LANGUAGE if same else OTHER_LANGUAGE:
        channel = _CHANNELS.get(name)
        if channel is not None:
            found[name] = index.overlap(one, other, channel)
    if same:
        found["copy"] = index.resemblance(one, other)
    found["same_days"] = index.same_days(one, other)
    found["days_apart"] = min(days_apart(index, one, other) / _FAR_DAYS, 1.0)
    return found


def compare(index: Index, one: int, other: int) -> Comparison:
    """Return how far two articles tell one event."""
    apart = days_apart(index, one, other)
    if apart > _FAR_DAYS and index.resemblance(one, other) < _COPY:
        return Comparison(VETO, f"published {apart:.0f} days apart")
    measured = features(index, one, other)
    weights = _WEIGHTS["same language" if "words" in measured else "other language"]
    return Comparison(weights["bias"] + sum(weights[name] * value for name, value in measured.items()))


def reasons(index: Index, one: int, other: int) -> tuple[str, ...]:
    """Return in words what two articles have in common, as the first of them writes it."""
    sketch = index.sketch(one)
    copied = index.resemblance(one, other)
    spelt = {name.coarse or name.exact: name.text for name in reversed(sketch.names)}
    shown = {f"{figure.value:g}": figure.text for figure in sketch.figures}
    shared = {
        "names": [spelt.get(key, key) for key in index.shared(one, other, Channel.COARSE)],
        "figures": [shown.get(key, key) for key in index.shared(one, other, Channel.FIGURES)],
        "subjects": list(index.shared(one, other, Channel.CONCEPTS)),
        "words": list(index.shared(one, other, Channel.WORDS)),
    }
    said = [f"{copied:.0%} of the text is the same"] if copied >= 0.5 else []
    said += [f"the same {what}: {', '.join(found[:5])}" for what, found in shared.items() if found]
    if sketch.published and index.sketch(other).published:
        apart = round(days_apart(index, one, other))
        said.append(f"published {apart} days apart" if apart > 1 else "published within a day")
    return tuple(said)
