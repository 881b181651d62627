"""MCP, the Meta Control Plane: how much the expert and the empathic branch weigh.

Owns the rules from scores to alpha and beta; knows neither models nor routes.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.state import Scores


@dataclass(frozen=True, slots=True)
class BranchWeights:
    """alpha (expert) + beta (empathic) = 1; `rule` is the rule that set them, in words."""

    alpha: float
    beta: float
    rule: str


def weigh(scores: Scores) -> BranchWeights:
    """Weigh the two branches by the first rule that holds.

    Source: SARAi's published control-plane rules; every bound is strict, and the
    figures are its own.
    """
    hard, soft = scores["hard"], scores["soft"]
    if hard > 0.8 and soft < 0.3:
        return _weights(0.95, "clearly technical")
    if soft > 0.7 and hard < 0.4:
        return _weights(0.20, "clearly emotional")
    if hard > 0.6 and soft < 0.5:
        return _weights(0.85, "mostly technical")
    if 0.4 < hard < 0.7 and 0.4 < soft < 0.7:
        return _weights(0.50, "both technical and emotional")
    return _weights(0.60, "neither side stands out")


def _weights(alpha: float, rule: str) -> BranchWeights:
    return BranchWeights(alpha=alpha, beta=round(1.0 - alpha, 2), rule=rule)
