"""Random weights for the self-test towers.

Owns how they are drawn; knows nothing of where they go.
"""

from __future__ import annotations

import math

import numpy as np

from tests.self_test_models.gguf_file import Array


def spread(random: np.random.Generator, *shape: int) -> Array:
    """Normal weights of shape (outputs, inputs...) that keep the size of what they act on."""
    scale = 1 / math.sqrt(math.prod(shape[1:]))
    return random.normal(0, scale, shape).astype(np.float32)


def contrasts(random: np.random.Generator, outputs: int, inputs: int) -> Array:
    """Rows (outputs, inputs) of as many equal positive as negative weights.

    They answer zero to what is the same in all inputs, exactly, also in half precision: so
    silence stays silent and what all pictures share cancels.
    """
    scale = 2.0 ** -round(math.log2(inputs) / 2)
    signs = np.repeat(np.array([scale, -scale], np.float32), inputs // 2)
    return np.stack([random.permutation(signs) for _ in range(outputs)])
