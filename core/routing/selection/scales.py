"""One scale from 0 to 1 for what models are rated, declared or measured by.

Owns the conversions; chooses nobody.

Speed: a point of a rating is a factor of the square root of 2, and 10 is 32 tokens/s, more
than anybody reads. Where neither speed nor rating is known, the size tells: a token reads all
weights once, so that speed times size is about constant on one machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import median

from core.routing.selection.catalogue import ModelCapabilities

DECLARED_GB_PER_S = 25.0
"""Size times speed of the seven models whose speed is declared: 23 to 27.5, one machine."""
UNKNOWN = 0.5


def speed_score(tokens_per_s: float) -> float:
    """1 token/s is 0, 32 are 1; each doubling is a fifth."""
    return _within(math.log2(tokens_per_s) / 5) if tokens_per_s > 0 else 0.0


def declared_tokens_per_s(declared: ModelCapabilities) -> float | None:
    """As declared, else by its rating, else by its size; None when nothing is known."""
    if declared.tokens_per_s is not None:
        return declared.tokens_per_s
    if declared.speed_rating is not None:
        return float(2 ** (declared.speed_rating / 2))
    if declared.memory_usage_gb:
        return DECLARED_GB_PER_S / declared.memory_usage_gb
    return None


def machine_factor(measured_and_declared: Iterable[tuple[float, float]]) -> float:
    """How this machine compares with the declared speeds; 1 before anything was measured."""
    ratios = [measured / declared for measured, declared in measured_and_declared if declared > 0]
    return median(ratios) if ratios else 1.0


def declared_quality(declared: ModelCapabilities) -> float:
    """The rating, else one by size: the line through the rated models, on a scale of doublings."""
    if declared.quality_rating is not None:
        return _within(declared.quality_rating / 10)
    if declared.memory_usage_gb:
        return _within(0.45 + 0.126 * math.log2(declared.memory_usage_gb))
    return UNKNOWN


def _within(score: float) -> float:
    return min(1.0, max(0.0, score))
