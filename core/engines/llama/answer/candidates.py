"""Tokens with their scores as llama.cpp's samplers take them.

Owns that form; knows nothing of how one is chosen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""Source: llama.h, llama_token_data."""


def candidates_of(logits: NDArray[np.float32]) -> NDArray[np.void]:
    """Every token of the vocabulary, as CANDIDATE."""
    candidates: NDArray[np.void] = np.zeros(len(logits), dtype=CANDIDATE)
    candidates["id"] = np.arange(len(logits))
    candidates["logit"] = logits
    return candidates
