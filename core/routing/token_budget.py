"""How long an answer may be, from how hard its question is and of which kind.

Owns the bands and factors; knows neither models nor their contexts.
"""

from __future__ import annotations

from core.state import Task

# Source: the published bands and factors of JarvisIA V2, each band for 20 points of difficulty
# of 100. Texts to be written count as its "several parts": they are easy, but long.
BANDS_TOKENS = ((128, 256), (256, 512), (512, 1024), (1024, 2048), (2048, 4096))
FACTORS: dict[Task, float] = {
    "simple": 0.8,
    "exploration": 1.8,
    "writing": 2.5,
    "creative": 2.5,
    "research": 1.8,
    "coding": 1.5,
    "analysis": 1.8,
    "reasoning": 2.0,
}
HURRIED = 0.5
LEAST_TOKENS, MOST_TOKENS = 64, 8192
HURRY = 0.5  # urgency above which a short answer is wanted


def answer_tokens(hard: float, task: Task, *, urgency: float = 0.0) -> int:
    """The longest answer, in tokens: within the band of `hard`, times the kind's factor.

    Args:
        hard: difficulty in [0, 1].
        urgency: above `HURRY` a minimal answer is wanted, whatever the kind.
    """
    points = min(max(hard, 0.0), 1.0) * len(BANDS_TOKENS)
    band = min(int(points), len(BANDS_TOKENS) - 1)
    least, most = BANDS_TOKENS[band]
    factor = HURRIED if urgency > HURRY else FACTORS[task]
    tokens = (least + (most - least) * (points - band)) * factor
    return round(min(max(tokens, LEAST_TOKENS), MOST_TOKENS))
