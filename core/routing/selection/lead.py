"""Who goes first, and what decided it: somebody's order, a table, or the weights.

Owns these three; which of them is asked is the selector's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import InvalidInput, ModelUnavailable
from core.routing.selection.choice import refusals, why_best
from core.routing.selection.inventory import Candidate
from core.routing.selection.scoring import Score
from core.routing.selection.snapshot import Snapshot
from core.routing.selection.tables import TableEntry
from core.routing.selection.tasks import TaskType
from core.settings import Settings
from core.settings.model_override import model_override


@dataclass(frozen=True, slots=True)
class Lead:
    """`strategy` is the table that decided, `override` who forced it; neither: the weights."""

    candidate: Candidate
    reason: str
    strategy: str | None = None
    override: str = ""


def forced(model: str | None, settings: Settings, now: Snapshot) -> Lead | None:
    """The caller's model, else that of LLM_MODEL_OVERRIDE at this moment; None without either.

    Raises: InvalidInput, ModelTooLarge, ModelUnavailable: it is not replaced in silence.
    """
    if model is not None:
        return Lead(now.require(model, "The caller"), "The caller names it.", override="caller")
    override = model_override(settings)
    if override is None:
        return None
    candidate = now.require(override.model, override.source)
    return Lead(candidate, f"{override.source} names it.", override=override.source)


def by_table(
    entry: TableEntry,
    task: TaskType,
    now: Snapshot,
    ranked: Sequence[Score],
    fallback: Candidate | None,
) -> Lead:
    """The table's model, else the fallback model, else the best by weights.

    Raises: InvalidInput, where the table has no line and there is no fallback model;
        ModelUnavailable.
    """
    if entry.model is not None:
        wanted = now.find(entry.model)
        if wanted.usable:
            return Lead(wanted, f"The table of {entry.why} names it.", entry.strategy)
        missing = f"{entry.strategy} names {entry.model}, but {wanted.why_not}"
    else:
        missing = f"{entry.strategy} has no model for {task}"
        if fallback is None:
            raise InvalidInput(
                f"{missing}.", key="task", hint="Add it to the table, or set a fallback_model."
            )
    if fallback is not None and fallback.usable:
        return Lead(fallback, f"{missing}; it is the fallback model.", entry.strategy)
    instead = best(ranked, now)
    return Lead(instead.candidate, f"{missing}. {instead.reason}", entry.strategy)


def best(ranked: Sequence[Score], now: Snapshot) -> Lead:
    """The first of `ranked`.

    Raises: ModelUnavailable, when nobody can be used.
    """
    if not ranked:
        first = next(iter(refusals(now.candidates)), None)
        raise ModelUnavailable(
            "No model can be used now.",
            model=first.model if first else "",
            hint=f"{first.model}: {first.reason}." if first else "Configure one.",
        )
    candidate = now.find(ranked[0].model)
    return Lead(candidate, why_best(ranked, candidate.declared))
