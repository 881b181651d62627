"""Fits all linear heads at once: logistic and softmax regression with an L2 penalty.

Owns the matrices, the loss and its minimisation (L-BFGS, one thread, no randomness).
Knows nothing of where examples come from.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.special import expit  # type: ignore[import-untyped]

from core.routing.heads import BINARY, COLUMNS, TASKS
from core.routing.structure import form_of
from core.text.features import BUCKETS, Form, features_of
from core.text.lexicon import Lexicon
from models.router.prompts import Example

PENALTY = 0.06
ITERATIONS = 150
FEWEST_TEXTS = 3
OFFSET_SIZE = 3.0  # the offsets' own feature: larger is penalised less
FIRST_TASK = len(BINARY)

Floats = NDArray[np.float32]


def matrix(texts: Sequence[str], lexicon: Lexicon, form: Form = form_of) -> sparse.csr_matrix:
    """The features of `texts` as rows, (texts, BUCKETS)."""
    found = [features_of(text, lexicon, form) for text in texts]
    ends = np.cumsum([0, *(len(item.slots) for item in found)])
    slots = np.concatenate([item.slots for item in found])
    values = np.concatenate([item.values for item in found])
    rows = sparse.csr_matrix((values, slots, ends), shape=(len(texts), BUCKETS))
    rows.sum_duplicates()
    return rows


def targets(examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """What each column should say, and how much that counts: two of (examples, COLUMNS)."""
    wanted = np.zeros((len(examples), len(COLUMNS)), np.float32)
    counts = np.zeros_like(wanted)
    for row, example in enumerate(examples):
        for column, head in enumerate(BINARY):
            if head in example.targets:
                wanted[row, column] = example.targets[head]
                counts[row, column] = example.weight
        if example.task is not None:
            wanted[row, FIRST_TASK + TASKS.index(example.task)] = 1.0
            counts[row, FIRST_TASK:] = example.weight
    return wanted, counts


def fit(
    rows: sparse.csr_matrix, wanted: Floats, counts: Floats, *, penalty: float = PENALTY
) -> tuple[Floats, Floats]:
    """Weights (BUCKETS, columns) and offsets (columns) of least loss.

    Buckets that fewer than three texts have stay at zero: they say little about others. The
    rarer one is among the rest, the less its weight is penalised (by its inverse document
    frequency, squared).
    """
    used = np.flatnonzero(rows.getnnz(axis=0) >= FEWEST_TEXTS)
    rarity = _rarity(rows[:, used])
    dense = np.ones((rows.shape[0], 1), np.float32) * OFFSET_SIZE
    scaled = rows[:, used] @ sparse.diags_array(rarity)
    taken = sparse.hstack([scaled.astype(np.float32), dense]).tocsr()
    turned = taken.T.tocsr()
    shape = (taken.shape[1], wanted.shape[1])

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(shape).astype(np.float32)
        value, residuals = _loss(taken @ weights, wanted, counts)
        gradient = turned @ residuals + penalty * weights
        value += 0.5 * penalty * float((weights**2).sum())
        return value, gradient.ravel().astype(np.float64)

    options = {"maxiter": ITERATIONS, "maxcor": 6}
    start = np.zeros(shape[0] * shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    learned = found.x.reshape(shape).astype(np.float32)
    weights = np.zeros((BUCKETS, shape[1]), np.float32)
    weights[used] = learned[:-1] * rarity[:, None]
    return weights, OFFSET_SIZE * learned[-1]


def _rarity(rows: sparse.csr_matrix) -> Floats:
    """The inverse document frequency of each column, 1 on the average feature."""
    rarity = np.log1p(rows.shape[0] / rows.getnnz(axis=0)).astype(np.float32)
    scaled: Floats = rarity / rarity[rows.indices].mean()
    return scaled


def _loss(sums: Floats, wanted: Floats, counts: Floats) -> tuple[float, Floats]:
    """The summed loss, and what each sum is off by."""
    binary, tasks = sums[:, :FIRST_TASK], sums[:, FIRST_TASK:]
    off = np.empty_like(sums)
    off[:, :FIRST_TASK] = expit(binary) - wanted[:, :FIRST_TASK]
    softplus = np.maximum(binary, 0) + np.log1p(np.exp(-np.abs(binary)))
    value = (counts[:, :FIRST_TASK] * (softplus - binary * wanted[:, :FIRST_TASK])).sum()
    if tasks.shape[1]:
        shifted = tasks - tasks.max(axis=1, keepdims=True)
        total = np.exp(shifted).sum(axis=1, keepdims=True)
        off[:, FIRST_TASK:] = np.exp(shifted) / total - wanted[:, FIRST_TASK:]
        surprise = wanted[:, FIRST_TASK:] * (np.log(total) - shifted)
        value += (counts[:, FIRST_TASK:] * surprise).sum()
    return float(value), off * counts
