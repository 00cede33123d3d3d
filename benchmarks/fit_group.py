"""Fit the weights by which grouping scores two articles, and say by cross-validation what they are worth.

    python benchmarks/fit_group.py --stories FILE... --pairs FILE... [--write]

Logistic regressions, one each for pairs in one language, across languages and across scripts, with every weight held
to the sign its feature must have. Folds keep all pairs of an event together. `--write` stores the weights in the
product.
"""

import argparse
import json
import math
import random
from dataclasses import dataclass, replace
from pathlib import Path

from labelled import Batch, read_pairs, read_stories

from monitor.group.comparing import FEATURES, features
from monitor.group.index import FAR_DAYS, Index
from monitor.group.sketching import sketch

WEIGHTS = Path(__file__).parent.parent / "monitor" / "group" / "data" / "weights.json"
FOLDS = 5
STEPS, RATE, MOMENTUM, RIDGE = 500, 0.3, 0.9, 1.0
# A dated batch judges thousands of pairs, most of them easy; without its dates it is harder, and nearer to news
# whose date is unknown. A pair of the general collection is worth a dozen of those.
# Every pair is also measured by itself: where few articles are known, little is known of what is rare.
IMPORTANCE = {"stories": 1.0, "stories undated": 0.1, "pairs": 4.0, "pairs alone": 1.0}
AGAINST = ("days_apart",)


@dataclass(frozen=True)
class Example:
    """One judged pair as it is fitted."""

    batch: str
    unit: str
    measured: dict[str, float]
    same: bool


@dataclass(frozen=True)
class Model:
    """A bias and one weight a feature."""

    bias: float
    weights: dict[str, float]

    def score(self, measured: dict[str, float]) -> float:
        """Return the log odds that two articles tell one event."""
        return self.bias + sum(weight * measured[name] for name, weight in self.weights.items())


def examples(batch: Batch) -> list[Example]:
    """Return every judged pair of a batch as measured among all its articles; those vetoed by date teach nothing."""
    index = Index()
    for article in batch.articles:
        index.add(sketch(article))
    return [
        Example(batch.name, f"{batch.name} {unit}", features(index, one, other), same)
        for (one, other, same), unit in zip(batch.judged, batch.units, strict=True)
        if index.days_apart(one, other) <= FAR_DAYS
    ]


def alone(batch: Batch) -> list[Example]:
    """Return every judged pair of a batch as measured among nothing but its two articles."""
    found = []
    for (one, other, same), unit in zip(batch.judged, batch.units, strict=True):
        two = Batch(f"{batch.name} alone", [batch.articles[one], batch.articles[other]], [(0, 1, same)], [unit])
        found += [replace(example, unit=f"{batch.name} {unit}") for example in examples(two)]
    return found


def undated(batch: Batch) -> Batch:
    """Return a batch as if no outlet had dated its articles."""
    return Batch(
        f"{batch.name} undated",
        [replace(article, published=None) for article in batch.articles],
        batch.judged,
        batch.units,
    )


def fit(given: list[Example], names: tuple[str, ...]) -> Model:
    """Return the logistic regression of the examples, by gradient descent on features of unit spread."""
    spread = {name: math.sqrt(sum(e.measured[name] ** 2 for e in given) / len(given)) or 1.0 for name in names}
    rows = [[e.measured[name] / spread[name] for name in names] for e in given]
    importance = [IMPORTANCE[e.batch] for e in given]
    total = sum(importance)
    signs = [-1.0 if name in AGAINST else 1.0 for name in names]
    values = [0.0] * (len(names) + 1)
    speed = [0.0] * (len(names) + 1)
    for _ in range(STEPS):
        gradient = [RIDGE * value / total for value in values[:-1]] + [0.0]
        for row, example, weight in zip(rows, given, importance, strict=True):
            logit = values[-1] + sum(value * x for value, x in zip(values[:-1], row, strict=True))
            error = weight * (1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))) - example.same) / total
            for place, x in enumerate(row):
                gradient[place] += error * x
            gradient[-1] += error
        for place in range(len(values)):
            speed[place] = MOMENTUM * speed[place] + gradient[place]
            values[place] -= RATE * speed[place]
        for place, sign in enumerate(signs):
            values[place] = sign * max(0.0, sign * values[place])
    weights = {name: value / spread[name] for name, value in zip(names, values[:-1], strict=True)}
    return Model(values[-1], weights)


def cross_validated(given: list[Example], names: tuple[str, ...]) -> list[float]:
    """Return each example's score by a model that never saw its event."""
    units = sorted({example.unit for example in given})
    random.Random(7).shuffle(units)
    fold = {unit: place % FOLDS for place, unit in enumerate(units)}
    models = [fit([e for e in given if fold[e.unit] != left_out], names) for left_out in range(FOLDS)]
    return [models[fold[example.unit]].score(example.measured) for example in given]


def report(what: str, given: list[Example], scores: list[float]) -> None:
    for batch in IMPORTANCE:
        judged = [(score > 0, e.same) for score, e in zip(scores, given, strict=True) if e.batch == batch]
        hits = sum(1 for said, same in judged if said and same)
        said, true = sum(said for said, _ in judged), sum(same for _, same in judged)
        if true:
            print(
                f"{what:15} {batch:16} F1 {2 * hits / (said + true):.3f} precision {hits / max(said, 1):.3f}"
                f" recall {hits / true:.3f} of {len(judged)} pairs, {true} the same"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", nargs="+", type=Path, required=True)
    parser.add_argument("--pairs", nargs="+", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    stories, pairs = read_stories(asked.stories), read_pairs(asked.pairs)
    everything = [example for batch in (stories, undated(stories), pairs) for example in examples(batch)]
    everything += alone(pairs)
    weights = {}
    for what, names in FEATURES.items():
        given = [example for example in everything if set(names) == example.measured.keys()]
        report(what, given, cross_validated(given, names))
        model = fit(given, names)
        weights[what] = {"bias": round(model.bias, 2)} | {name: round(w, 2) for name, w in model.weights.items()}
    text = json.dumps(weights, indent=2) + "\n"
    print(text, end="")
    if asked.write:
        WEIGHTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
