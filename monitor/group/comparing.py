"""How far two articles tell one event: a few monotone features, one additive score, and the reasons in words.

Owns: the features, their weights (data/weights.json, fitted by benchmarks/fit_group.py) and the vetoes.
Takes: two articles of an `Index`. Gives: a `Comparison`. Does not care: which stories there are.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from monitor.group.index import FAR_DAYS, Channel, Index
from monitor.group.names import CYRILLIC_LANGUAGES, UNCASED_LANGUAGES

# What is measured of two articles in one language; in two of one alphabet; in two of different alphabets, where no name
# is spelt alike; and where one writes no capitals, so that a name is only a skeleton among those of all words.
FEATURES = {
    "same language": ("copy", "words", "title", "fine", "figures", "concepts", "same_days", "days_apart"),
    "other language": (
        "exact",
        "fine",
        "coarse",
        "several_names",
        "kin",
        "figures",
        "concepts",
        "things",
        "same_days",
        "days_apart",
    ),
    "other alphabet": (
        "fine",
        "coarse",
        "several_names",
        "kin",
        "figures",
        "concepts",
        "things",
        "same_days",
        "days_apart",
    ),
    "other script": ("coarse", "several_names", "figures", "concepts", "things", "same_days", "days_apart"),
}
_CHANNELS = {
    "words": Channel.WORDS,
    "title": Channel.TITLE,
    "exact": Channel.EXACT,
    "fine": Channel.FINE,
    "coarse": Channel.COARSE,
    "kin": Channel.KIN,
    "figures": Channel.FIGURES,
    "concepts": Channel.CONCEPTS,
    "things": Channel.THINGS,
}


def _weights() -> dict[str, tuple[float, tuple[tuple[str, float], ...]]]:
    """Return the bias and the weights of each kinship; what the fit found worthless is not even measured."""
    stored = json.loads((Path(__file__).parent / "data" / "weights.json").read_text(encoding="utf-8"))
    return {
        kinship: (weights.pop("bias"), tuple((name, weight) for name, weight in weights.items() if weight))
        for kinship, weights in stored.items()
    }


_WEIGHTS = _weights()
_COPY = 0.7
VETO = -100.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two articles compared: `score` above 0 means one event, `VETO` that it cannot be."""

    score: float
    vetoed: str = ""


def kinship(index: Index, one: int, other: int) -> str:
    """Return which of FEATURES two articles are compared by."""
    languages = {index.sketch(one).language, index.sketch(other).language}
    if len(languages) == 1:
        return "same language"
    if not languages.isdisjoint(UNCASED_LANGUAGES):
        return "other script"
    return "other language" if len({_alphabet(language) for language in languages}) == 1 else "other alphabet"


def _alphabet(language: str) -> str:
    """Return the alphabet of a language that writes capitals."""
    if language in CYRILLIC_LANGUAGES:
        return "Cyrillic"
    return {"el": "Greek", "hy": "Armenian"}.get(language, "Latin")


def features(index: Index, one: int, other: int) -> dict[str, float]:
    """Return what is measured of two articles, each 0 or more; only `days_apart` speaks against one event."""
    return {name: _measure(index, one, other, name) for name in FEATURES[kinship(index, one, other)]}


def _measure(index: Index, one: int, other: int, name: str) -> float:
    channel = _CHANNELS.get(name)
    if channel is not None:
        return index.overlap(one, other, channel)
    match name:
        case "copy":
            return index.resemblance(one, other)
        case "several_names":
            return math.log1p(index.rare_names(one, other))
        case "same_days":
            return index.same_days(one, other)
    return min(index.days_apart(one, other) / FAR_DAYS, 1.0)


def compare(index: Index, one: int, other: int) -> Comparison:
    """Return how far two articles tell one event."""
    if index.days_apart(one, other) > FAR_DAYS and not _copied(index, one, other):
        return Comparison(VETO, f"published {index.days_apart(one, other):.0f} days apart")
    bias, weights = _WEIGHTS[kinship(index, one, other)]
    score = bias + sum(weight * _measure(index, one, other, name) for name, weight in weights)
    if score > 0 and (contradicted := _contradiction(index, one, other)):
        return Comparison(VETO, contradicted)
    return Comparison(score)


def _copied(index: Index, one: int, other: int) -> bool:
    same_language = index.sketch(one).language == index.sketch(other).language
    return same_language and index.resemblance(one, other) >= _COPY


def _contradiction(index: Index, one: int, other: int) -> str:
    """Return in words what forbids two articles to tell one event however alike they are, "" if nothing does.

    Names and figures are held against each other in one language only: elsewhere a name may be spelt past knowing.
    """
    if index.sketch(one).language != index.sketch(other).language:
        return ""
    if not _copied(index, one, other) and index.parted(one, other, Channel.FINE, fewest=3):
        return "they lead with different names"
    # A form filled in anew, as of weather, markets or quakes, differs in little but its figures.
    if index.parted(one, other, Channel.FIGURES, fewest=2):
        return "they lead with different figures"
    return ""


def reasons(index: Index, one: int, other: int) -> tuple[str, ...]:
    """Return in words what two articles have in common, as the first of them writes it."""
    sketch = index.sketch(one)
    copied = index.resemblance(one, other)
    spelt = {name.coarse or name.exact: name.text for name, _ in reversed(sketch.names)}
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
        apart = round(index.days_apart(one, other))
        said.append(f"published {apart} days apart" if apart > 1 else "published within a day")
    return tuple(said)
