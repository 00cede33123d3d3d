"""Fit the weights by which a relation is scored, and say by cross-validation what they are worth.

    python benchmarks/fit_match.py --config config.yaml --watchlist russia-venezuela FILE... [--write]

FILEs hold labelled stories as JSON Lines (lang, label, title, text). One logistic sum over few features, every weight
held to the sign its feature must have and drawn towards weights set by hand before any story was read: a few hundred
stories correct those, they do not replace them. Folds leave out a whole language, so that what is quoted was never
seen. `--write` stores
the weights in the product.
"""

import argparse
import json
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from monitor.config import load
from monitor.match import compile_watchlists
from monitor.match.relation import FEATURES
from monitor.match.weigh import WEIGHTS, weights
from monitor.records import Article

# What was thought right before anything was fitted.
PRIOR = {
    "bias": -3.2,
    "met and tied": 1.6,
    "met and took a stance": 0.5,
    "met in a field": 0.5,
    "ties of several kinds": 0.5,
    "met alone": 0.6,
    "meetings": 0.8,
    "share of meetings": 0.6,
    "met in the title": 0.8,
    "met in the lead": 0.6,
    "met in a paragraph, tied": 0.8,
    "a paragraph of their own": 0.3,
    "mentions of the rarer side": 1.2,
    "closeness": 0.4,
    "tie beside": 0.6,
    "another country's story": -2.5,
    "crowd": -0.8,
    "in a list": -1.2,
    "sport or show": -1.5,
    "comparison": -0.8,
    "opinion": -1.5,
}
STEPS, RATE = 1500, 0.02
# How strongly weights are drawn to their prior: one away from it costs as much as this many stories in doubt.
RIDGE = 2.0


@dataclass(frozen=True)
class Example:
    """One labelled story as it is fitted; `measured` is empty where a side does not stand in it."""

    language: str
    measured: dict[str, float]
    relevant: bool


def examples(config: Path, watchlist: str, files: list[Path]) -> list[Example]:
    loaded = load(config)
    chosen = tuple(one for one in loaded.watchlists if one.id == watchlist)
    matcher = compile_watchlists(chosen)
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [Example(row["lang"], measure(matcher, row), row["label"] == 1) for row in rows]


def measure(matcher, row: dict) -> dict[str, float]:
    article = Article("", title=row["title"] or "", text=row["text"], language=row["lang"])
    return next(iter(matcher.features(article).values()), {})


def probability(model: dict[str, float], measured: dict[str, float]) -> float:
    total = model["bias"] + sum(model[name] * value for name, value in measured.items())
    return 1 / (1 + math.exp(-total))


def fit(given: list[Example], prior: dict[str, float]) -> dict[str, float]:
    """Return weights after a plain descent; the sign of each is kept at every step."""
    model = dict(prior)
    known = [one for one in given if one.measured]
    for _ in range(STEPS):
        slope = {name: RIDGE * (model[name] - prior[name]) for name in model}
        for one in known:
            error = probability(model, one.measured) - one.relevant
            slope["bias"] += error
            for name, value in one.measured.items():
                slope[name] += error * value
        model = {name: held(name, weight - RATE * slope[name]) for name, weight in model.items()}
    return model


def held(name: str, weight: float) -> float:
    """Return a weight, or 0 where it has taken the sign its feature must not have."""
    return weight if name == "bias" or weight * FEATURES[name] >= 0 else 0.0


def tally(given: list[Example], model: dict[str, float], threshold: float = 0.5) -> tuple[int, int, int]:
    """Return (right, wrongly flagged, missed)."""
    flagged = [bool(one.measured) and probability(model, one.measured) >= threshold for one in given]
    pairs = [(one.relevant, flag) for one, flag in zip(given, flagged, strict=True)]
    return pairs.count((True, True)), pairs.count((False, True)), pairs.count((True, False))


def told(name: str, counts: tuple[int, int, int]) -> str:
    right, wrong, missed = counts
    return f"{name}: F1 {2 * right / max(1, 2 * right + wrong + missed):.4f} wrongly flagged {wrong} missed {missed}"


def cross_validated(given: list[Example], prior: dict[str, float]) -> tuple[int, int, int]:
    by_language = defaultdict(list)
    for one in given:
        by_language[one.language].append(one)
    counts = [
        tally(held, fit([one for one in given if one.language != language], prior))
        for language, held in by_language.items()
    ]
    return tuple(map(sum, zip(*counts, strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--config", type=Path, default=Path("config.yaml"))
    parser.add_argument("--watchlist", default="russia-venezuela")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    given = examples(args.config, args.watchlist, args.files)
    assert PRIOR.keys() == FEATURES.keys() | {"bias"}
    print(told(f"{len(given)} stories, weights in use", tally(given, weights())))
    print(told("weights set by hand", tally(given, PRIOR)))
    print(told("cross-validated by language", cross_validated(given, PRIOR)))
    model = fit(given, PRIOR)
    print(told("fitted, on what they were fitted to", tally(given, model)))
    for name in model:
        print(f"  {name}: {PRIOR[name]:+.2f} → {model[name]:+.2f}")
    if args.write:
        rounded = {name: round(weight, 3) for name, weight in model.items()}
        WEIGHTS.write_text(json.dumps(rounded, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
