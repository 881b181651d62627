"""How well each model suits a task: four parts on one scale, weighted.

Owns the weights and the sum; knows nothing of where the figures come from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import InvalidInput
from core.routing.selection.catalogue import ModelCapabilities
from core.routing.selection.inventory import Candidate
from core.routing.selection.quality import Belief
from core.routing.selection.scales import (
    UNKNOWN,
    declared_quality,
    declared_tokens_per_s,
    speed_score,
)
from core.routing.selection.tasks import TaskType, task_type

MOST_WISH = 10.0
UNMENTIONED = 0.25
STRENGTH = 0.75
LEAST_OF_RULES = 0.5
STEP_OF_RULES = 0.25


@dataclass(frozen=True, slots=True)
class Wishes:
    """How much more than usual speed and quality matter, from 0 (as usual) to 10.

    Raises: InvalidInput, beyond that.
    """

    speed: float = 0.0
    quality: float = 0.0

    def __post_init__(self) -> None:
        for key in ("speed", "quality"):
            value = getattr(self, key)
            if not 0 <= value <= MOST_WISH:
                raise InvalidInput(
                    f"{key} is {value}.", key=key, hint=f"Give 0 to {MOST_WISH:.0f}."
                )


@dataclass(frozen=True, slots=True)
class ScoreWeights:
    """What each part counts, together 100."""

    fit: float = 20.0
    quality: float = 40.0
    speed: float = 30.0
    confidence: float = 10.0

    def shifted(self, wishes: Wishes) -> ScoreWeights:
        """A wish of 10 doubles its weight; all are then brought back to 100 together."""
        quality = self.quality * (1 + wishes.quality / MOST_WISH)
        speed = self.speed * (1 + wishes.speed / MOST_WISH)
        share = 100 / (self.fit + quality + speed + self.confidence)
        return ScoreWeights(
            self.fit * share, quality * share, speed * share, self.confidence * share
        )


@dataclass(frozen=True, slots=True)
class Score:
    """One model's parts in [0, 1], and their weighted sum, of 100.

    `confidence` is the fit to be expected, given how sure the task is. `answers` is how many
    outcomes are behind `quality`; `tokens_per_s` is None where nothing tells it.
    """

    model: str
    total: float
    fit: float
    quality: float
    speed: float
    confidence: float
    tokens_per_s: float | None
    speed_measured: bool
    memory_mb: int | None
    memory_measured: bool
    answers: float
    loaded: bool


Rules = Mapping[TaskType, Sequence[str]]

_FAMILIES = (tuple(TaskType)[:8], tuple(TaskType)[8:])
"""Texts, and the steps of mending a program: what is no certain one of these is another of them."""


def certainty_of(
    task: TaskType, confidence: float, probabilities: Mapping[str, float] | None
) -> dict[TaskType, float]:
    """How likely each task is meant: `confidence` for `task` and the rest shared by the others
    of its family, or `probabilities` where they are known.

    Raises: InvalidInput, for a confidence beyond [0, 1], an unknown task, or probabilities that
        are below 0 or all 0.
    """
    if probabilities:
        whole = sum(probabilities.values())
        if min(probabilities.values()) < 0 or not whole > 0:
            raise InvalidInput(
                "These are no probabilities.", key="probabilities", hint="Give 0 to 1 for each."
            )
        return {task_type(name): share / whole for name, share in probabilities.items()}
    if not 0 <= confidence <= 1:
        raise InvalidInput(f"confidence is {confidence}.", key="confidence", hint="Give 0 to 1.")
    others = [each for each in next(f for f in _FAMILIES if task in f) if each is not task]
    rest = dict.fromkeys(others, (1 - confidence) / len(others))
    return {task: confidence, **rest}


def fit_of(
    task: TaskType, names: Sequence[str], declared: ModelCapabilities, rules: Rules
) -> float:
    """How much the model is meant for the task: by its place among the rules, else by its
    strengths; a weakness is 0 whatever else is said."""
    if task in declared.weaknesses:
        return 0.0
    places = [place for place, name in enumerate(rules.get(task, ())) if name in names]
    by_rule = max(LEAST_OF_RULES, 1 - STEP_OF_RULES * places[0]) if places else UNMENTIONED
    return max(by_rule, STRENGTH if task in declared.strengths else 0.0)


def score(
    candidate: Candidate,
    task: TaskType,
    *,
    rules: Rules,
    weights: ScoreWeights,
    certainty: Mapping[TaskType, float],
    belief: Belief | None,
    machine_factor: float,
) -> Score:
    """Judge one model.

    Args:
        certainty: how likely each task is the one that is meant; sums to 1.
        belief: what outcomes have taught of it; None before any.
        machine_factor: speed of this machine relative to the declared speeds.
    """
    declared = candidate.declared
    tokens_per_s = candidate.tokens_per_s
    if tokens_per_s is None and (expected := declared_tokens_per_s(declared)) is not None:
        tokens_per_s = expected * machine_factor
    parts = {
        "fit": fit_of(task, candidate.names, declared, rules),
        "quality": declared_quality(declared) if belief is None else belief.mean,
        "speed": UNKNOWN if tokens_per_s is None else speed_score(tokens_per_s),
        "confidence": sum(
            share * fit_of(each, candidate.names, declared, rules)
            for each, share in certainty.items()
        ),
    }
    return Score(
        model=candidate.name,
        total=sum(getattr(weights, part) * value for part, value in parts.items()),
        **parts,
        tokens_per_s=tokens_per_s,
        speed_measured=candidate.tokens_per_s is not None,
        memory_mb=candidate.memory_mb,
        memory_measured=candidate.memory_measured,
        answers=0.0 if belief is None else belief.answers,
        loaded=candidate.room == "loaded",
    )
