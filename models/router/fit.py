"""Fits the linear heads: logistic regression for the chances, a support vector machine per task.

Owns the matrices, the losses and their minimisation (one thread, always with the same result).
Knows nothing of where examples come from. The squared hinge loss tells many classes apart better
than a softmax does (docs/measurements.md); its sums are calibrated later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.special import expit  # type: ignore[import-untyped]
from sklearn.svm import LinearSVC

from core.routing.heads import BINARY, COLUMNS, TASKS
from core.routing.structure import form_of
from core.text.features import BUCKETS, Form, features_of
from core.text.lexicon import Lexicon
from models.router.prompts import Example

PENALTY = 0.06
COST, TOLERANCE = 0.3, 0.01  # of the machines
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


def fit_heads(rows: sparse.csr_matrix, wanted: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Weights (BUCKETS, COLUMNS) and offsets (COLUMNS): chances first, then the tasks."""
    tasks = counts[:, FIRST_TASK:].max(axis=1)
    told = np.flatnonzero(tasks)
    parts = (
        fit_chances(rows, wanted[:, :FIRST_TASK], counts[:, :FIRST_TASK]),
        fit_classes(rows[told], wanted[told, FIRST_TASK:].argmax(axis=1), tasks[told]),
    )
    weights, offsets = zip(*parts, strict=True)
    return np.concatenate(weights, axis=1), np.concatenate(offsets)


def fit_classes(
    rows: sparse.csr_matrix, classes: NDArray[Any], counts: Floats, *, cost: float = COST
) -> tuple[Floats, Floats]:
    """Weights (BUCKETS, classes) and offsets (classes), in sorted order: each class against the
    rest by a linear support vector machine. An error costs `cost`, against the weights' size.
    """
    used, factors = _scaled(rows)
    machine = LinearSVC(C=cost, intercept_scaling=OFFSET_SIZE, tol=TOLERANCE, random_state=0)
    machine.fit((rows[:, used] @ sparse.diags_array(factors)).tocsr(), classes, counts)
    weights = np.zeros((BUCKETS, len(machine.classes_)), np.float32)
    weights[used] = machine.coef_.T * factors[:, None]
    return weights, machine.intercept_.astype(np.float32)


def fit_chances(
    rows: sparse.csr_matrix, wanted: Floats, counts: Floats, *, penalty: float = PENALTY
) -> tuple[Floats, Floats]:
    """Weights (BUCKETS, columns) and offsets (columns) of least logistic loss; what is wanted
    may be a chance. No randomness: L-BFGS from zero.
    """
    used, factors = _scaled(rows)
    dense = np.ones((rows.shape[0], 1), np.float32) * OFFSET_SIZE
    scaled = rows[:, used] @ sparse.diags_array(factors)
    taken = sparse.hstack([scaled.astype(np.float32), dense]).tocsr()
    turned = taken.T.tocsr()
    shape = (taken.shape[1], wanted.shape[1])

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(shape).astype(np.float32)
        sums = taken @ weights
        softplus = np.maximum(sums, 0) + np.log1p(np.exp(-np.abs(sums)))
        value = float((counts * (softplus - sums * wanted)).sum())
        gradient = turned @ ((expit(sums) - wanted) * counts) + penalty * weights
        value += 0.5 * penalty * float((weights**2).sum())
        return value, gradient.ravel().astype(np.float64)

    options = {"maxiter": ITERATIONS, "maxcor": 6}
    start = np.zeros(shape[0] * shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    learned = found.x.reshape(shape).astype(np.float32)
    weights = np.zeros((BUCKETS, shape[1]), np.float32)
    weights[used] = learned[:-1] * factors[:, None]
    return weights, OFFSET_SIZE * learned[-1]


def _scaled(rows: sparse.csr_matrix) -> tuple[NDArray[np.intp], Floats]:
    """The buckets to learn, and by how much each is made larger before.

    Those that fewer than three texts have stay at zero: they say little about others. The rarer
    one is among the rest, the less its weight is penalised (by its inverse document frequency).
    """
    used = np.flatnonzero(rows.getnnz(axis=0) >= FEWEST_TEXTS)
    taken = rows[:, used]
    factors = np.sqrt(np.log1p(taken.shape[0] / taken.getnnz(axis=0))).astype(np.float32)
    scaled: Floats = factors / factors[taken.indices].mean()
    return used, scaled
