"""One choice: who does the task, who follows when that fails, and why.

Owns the order of the candidates and the words for it; knows nothing of tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.routing.selection.catalogue import ModelCapabilities
from core.routing.selection.inventory import Candidate
from core.routing.selection.quality import Belief
from core.routing.selection.scales import declared_tokens_per_s, machine_factor
from core.routing.selection.scoring import Rules, Score, ScoreWeights, score
from core.routing.selection.tasks import TaskType

FALLBACKS = 3
"""So many others are tried after the chosen model, beside its own configured fallbacks."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A model that was not taken, and why."""

    model: str
    reason: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Who does `task`.

    Args:
        reason: one sentence.
        chain: `model`, then who is to be tried when it fails, in order.
        ranked: every usable model by its score, the best first.
        refused: who could not be taken.
        strategy: the table that was asked; None where the weights alone decided.
        override: what forced the model (a variable, a setting or the caller); empty: nothing.
        stand_in: whether `model` only stands in for real ones.
    """

    task: TaskType
    model: str
    reason: str
    chain: tuple[str, ...]
    ranked: tuple[Score, ...]
    refused: tuple[Refusal, ...]
    weights: ScoreWeights
    strategy: str | None = None
    override: str = ""
    stand_in: bool = False


def ranking(
    candidates: Sequence[Candidate],
    task: TaskType,
    *,
    rules: Rules,
    weights: ScoreWeights,
    certainty: Mapping[TaskType, float],
    belief_of: Callable[[Candidate], Belief | None],
) -> tuple[Score, ...]:
    """All usable candidates, the best first; stand-ins after all others."""
    factor = factor_of(candidates)
    usable = [candidate for candidate in candidates if candidate.usable]
    stand_ins = {candidate.name for candidate in usable if candidate.stand_in}
    scores = [
        score(
            candidate,
            task,
            rules=rules,
            weights=weights,
            certainty=certainty,
            belief=belief_of(candidate),
            machine_factor=factor,
        )
        for candidate in usable
    ]
    return tuple(sorted(scores, key=lambda each: (each.model in stand_ins, -each.total)))


def factor_of(candidates: Sequence[Candidate]) -> float:
    """How this machine compares with the declared speeds."""
    return machine_factor(
        (candidate.tokens_per_s, declared)
        for candidate in candidates
        if candidate.tokens_per_s is not None
        and (declared := declared_tokens_per_s(candidate.declared)) is not None
    )


def refusals(candidates: Sequence[Candidate]) -> tuple[Refusal, ...]:
    """Who cannot be used now, and why."""
    return tuple(
        Refusal(candidate.name, candidate.why_not)
        for candidate in candidates
        if not candidate.usable
    )


def chain_from(
    first: Candidate,
    candidates: Sequence[Candidate],
    ranked: Sequence[Score],
    fallback: Candidate | None,
) -> tuple[str, ...]:
    """Who is tried in which order: `first`, the wished fallback, its configured ones, the next
    best; stand-ins last, whoever named them."""
    by_name = {candidate.name: candidate for candidate in candidates}
    next_best = [each.model for each in ranked if not by_name[each.model].stand_in]
    next_best = [name for name in next_best if name != first.name][:FALLBACKS]
    named = [*([fallback.name] if fallback else []), *first.fallbacks, *next_best]
    following = [name for name in named if name in by_name and by_name[name].usable]
    following.sort(key=lambda name: by_name[name].stand_in)
    return tuple(dict.fromkeys((first.name, *following)))


def why_best(ranked: Sequence[Score], declared: ModelCapabilities) -> str:
    """The sentence for a choice by weights."""
    told = f"Best of those that can be used, with {ranked[0].total:.0f} of 100"
    if len(ranked) > 1:
        told += f", before {ranked[1].model} with {ranked[1].total:.0f}"
    good_at = ", ".join(declared.strengths)
    return f"{told}; good at {good_at}." if good_at else f"{told}."
