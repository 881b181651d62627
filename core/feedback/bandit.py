"""Beta-Thompson sampling among the models that could answer, bounded on both sides.

Owns the probabilities; knows nothing of logs, pools or settings. Thompson sampling gives each
model the probability of being the best, as far as is known; that is worked out, not sampled,
so that the probability of every choice can be logged.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from random import Random

from core.feedback.evidence import Beta, Evidence
from core.feedback.record import Context
from core.state import ModelDraw

MOST_INFLUENCE = 0.8
"""What was learned decides at most this share of the turns; the rest stays with the default, so
that it can go on being compared."""
LEAST_ANSWERS = 10.0
"""So many answers of a kind there have to be before anything is decided by them."""
_POINTS = 200
_LOGS = [
    (math.log(x), math.log1p(-x)) for x in ((point + 0.5) / _POINTS for point in range(_POINTS))
]
"""Of evenly spaced points in (0, 1), and of what they lack to 1."""


def shares(betas: Mapping[str, Beta]) -> dict[str, float]:
    """For each model the probability that its answers are the best; they sum to 1."""
    densities = {model: _density(beta) for model, beta in betas.items()}
    below = {model: _below(density) for model, density in densities.items()}
    best = {
        model: sum(
            own * math.prod(below[other][point] for other in betas if other != model)
            for point, own in enumerate(density)
        )
        for model, density in densities.items()
    }
    whole = sum(best.values())
    return {model: share / whole for model, share in best.items()}


def unlearned(options: Sequence[str], explore_share: float) -> dict[str, float]:
    """The first of `options`, the default, but for the share that goes by lot to any."""
    lot = explore_share / len(options)
    return {model: lot + (1 - explore_share) * (model == options[0]) for model in options}


def learned(
    evidence: Evidence, context: Context, options: Sequence[str], day: float, base: dict[str, float]
) -> dict[str, float]:
    """`base`, moved by what was learned of turns of this kind; `base` itself where that is too
    little to speak of."""
    if not is_taught(evidence, context, options, day):
        return base
    best = shares({model: evidence.beta(context, model, day) for model in options})
    return {
        model: (1 - MOST_INFLUENCE) * base[model] + MOST_INFLUENCE * best[model]
        for model in options
    }


def is_taught(evidence: Evidence, context: Context, options: Sequence[str], day: float) -> bool:
    """Whether enough is known of turns of this kind."""
    return sum(evidence.answers(context, model, day) for model in options) >= LEAST_ANSWERS


def drawn(options: Sequence[str], probabilities: dict[str, float], seed: str) -> ModelDraw:
    """One of `options` by lot; the same seed draws the same."""
    lot = Random(seed)  # noqa: S311  not a secret
    (chosen,) = lot.choices(options, weights=[probabilities[model] for model in options])
    return {"default": options[0], "chosen": chosen, "shares": probabilities}


def _density(beta: Beta) -> list[float]:
    """Of the distribution at the points of `_LOGS`; sums to 1."""
    good, bad = beta.good - 1, beta.bad - 1
    logs = [good * log_x + bad * log_rest for log_x, log_rest in _LOGS]
    top = max(logs)
    weights = [math.exp(each - top) for each in logs]
    whole = sum(weights)
    return [weight / whole for weight in weights]


def _below(density: Sequence[float]) -> list[float]:
    """The probability of less than each point, a tie counting half."""
    sums, so_far = [], 0.0
    for weight in density:
        sums.append(so_far + weight / 2)
        so_far += weight
    return sums
