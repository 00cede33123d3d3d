"""From features to a score: a logistic sum whose weights are data.

Takes named features between 0 and 1, gives a score between 0 and 1 and each feature's share of it. The weights are
fitted by `benchmarks/fit_match.py`.
"""

import json
import math
from functools import cache
from pathlib import Path

from monitor.records import Sensitivity

WEIGHTS = Path(__file__).parent / "weights.json"
_BIAS = "bias"
# The score from which a flag passes.
THRESHOLDS = {Sensitivity.STRICT: 0.75, Sensitivity.BALANCED: 0.5, Sensitivity.WIDE: 0.25}
# Below this a story is not even a near miss.
NEAR_MISS = 0.5


@cache
def weights() -> dict[str, float]:
    """Return feature → weight, and `bias`."""
    loaded: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return loaded


def score(features: dict[str, float]) -> float:
    """Return how likely features make a relation, from 0 to 1."""
    known = weights()
    total = known[_BIAS] + sum(known.get(name, 0.0) * value for name, value in features.items())
    return round(1 / (1 + math.exp(-total)), 4)


def shares(features: dict[str, float]) -> tuple[tuple[str, float], ...]:
    """Return what each feature added to the sum before it became a score, the largest first; zeros are left out."""
    known = weights()
    parts = [(name, round(known.get(name, 0.0) * value, 3)) for name, value in features.items()]
    return tuple(sorted(((name, part) for name, part in parts if part), key=lambda pair: -abs(pair[1])))
