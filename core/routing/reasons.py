"""Why a score is what it is: the exact shares of the features in its log-odds.

Owns the choice and the wording of reasons; knows nothing of routes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.routing.heads import COLUMNS
from core.state import Language
from core.text.features import Features
from core.text.linear import Heads

SHOWN = 5  # reasons for each score


class Reason(NamedTuple):
    """How much `cue` added to the log-odds of `score`; negative speaks against it."""

    cue: str
    score: str
    contribution: float


def largest_shares(
    features: Features, heads: Heads, language: Language, columns: Sequence[str]
) -> tuple[Reason, ...]:
    """For each of `columns` the `SHOWN` features that moved it most, largest first."""
    shares = heads.shares(features, language)
    reasons = [
        Reason(name, column, round(share, 3))
        for column in columns
        for name, share in _largest(features, shares[:, COLUMNS.index(column)].tolist())
    ]
    return tuple(sorted(reasons, key=lambda reason: -abs(reason.contribution)))


def _largest(features: Features, shares: Sequence[float]) -> list[tuple[str, float]]:
    sums: dict[str, float] = {}
    for (group, name), share in zip(features.names(), shares, strict=True):
        shown = _shown(group, name.decode(errors="replace"))
        sums[shown] = sums.get(shown, 0.0) + share
    return sorted(sums.items(), key=lambda item: -abs(item[1]))[:SHOWN]


def _shown(group: str, name: str) -> str:
    if group == "letters":
        return f"letters: {name.replace(' ', '_')}"
    return f"{group}: {name}"
