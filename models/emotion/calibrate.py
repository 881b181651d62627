"""From sums to chances that can be believed, and to scales from 0 to 1, per language.

Owns which calibration each column gets; the formulas of Platt's are the routing's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.emotion.heads import LABELS, SCALES
from models.emotion.texts import LANGUAGES, Told
from models.router.calibrate import Platt, temperature

Doubles = NDArray[np.float64]
FIRST_LABEL = len(SCALES)


def calibrated(sums: Doubles, texts: Sequence[Told]) -> dict[str, list[Platt]]:
    """Every column's calibration in each language, from sums that no fit has seen."""
    found = {}
    for language in LANGUAGES:
        rows = [row for row, each in enumerate(texts) if each.language == language]
        wanted = [LABELS.index(texts[row].labels[0]) for row in rows]  # type: ignore[arg-type]
        found[language] = [
            *_scales(sums[rows, :FIRST_LABEL], [texts[row] for row in rows]),
            *temperature(sums[rows, FIRST_LABEL:], wanted),
        ]
    return found


def _scales(sums: Doubles, texts: Sequence[Told]) -> list[Platt]:
    """Slope and offset of least squared error."""
    wanted = np.array([[each.valence, each.arousal] for each in texts])
    weights = np.sqrt([each.weight for each in texts])
    return [
        Platt(*(float(part) for part in np.polyfit(sums[:, at], wanted[:, at], 1, w=weights)))
        for at in range(FIRST_LABEL)
    ]


def chances(sums: Doubles, platt: Sequence[Platt]) -> Doubles:
    """The probabilities of the labels; a row sums to 1."""
    slopes = np.array([item.slope for item in platt[FIRST_LABEL:]])
    odds = sums[:, FIRST_LABEL:] * slopes + [item.offset for item in platt[FIRST_LABEL:]]
    grown = np.exp(odds - odds.max(axis=1, keepdims=True))
    shares: Doubles = grown / grown.sum(axis=1, keepdims=True)
    return shares
