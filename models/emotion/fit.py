"""Fits the emotion heads: a linear support vector machine per label, ridge for the scales.

Owns the penalties and the calls of scikit-learn; knows nothing of where texts come from. The
squared hinge loss finds rare feelings better than logistic regression does on the same
features (docs/measurements.md); its sums are calibrated afterwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.linear_model import Ridge
from sklearn.svm import LinearSVC

BUCKETS = 1 << 17
COST = 0.1  # of an error of a label, against the size of the weights
SMOOTHNESS = 3.0  # of the two scales
OFFSET_SIZE = 3.0  # the offsets' own feature: larger is penalised less
LEAST_TEXTS = 3  # a bucket that fewer have says little about others

Floats = NDArray[np.float32]


def used_buckets(rows: sparse.csr_matrix) -> NDArray[Any]:
    return np.flatnonzero(rows.getnnz(axis=0) >= LEAST_TEXTS)


def fit_labels(
    rows: sparse.csr_matrix, wanted: Floats, counts: Floats, *, cost: float = COST
) -> tuple[Floats, Floats]:
    """Weights (buckets, labels) and offsets (labels); `wanted` above 0 is a yes."""
    used = used_buckets(rows)
    taken = rows[:, used]
    weights = np.zeros((rows.shape[1], wanted.shape[1]), np.float32)
    offsets = np.zeros(wanted.shape[1], np.float32)
    for column in range(wanted.shape[1]):
        machine = LinearSVC(C=cost, intercept_scaling=OFFSET_SIZE, random_state=0)
        machine.fit(taken, wanted[:, column] > 0, sample_weight=counts)
        weights[used, column] = machine.coef_[0]
        offsets[column] = machine.intercept_[0]
    return weights, offsets


def fit_scales(rows: sparse.csr_matrix, wanted: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Weights (buckets, scales) and offsets (scales) of least squared error."""
    used = used_buckets(rows)
    ridge = Ridge(alpha=SMOOTHNESS, solver="sparse_cg").fit(
        rows[:, used], wanted, sample_weight=counts
    )
    weights = np.zeros((rows.shape[1], wanted.shape[1]), np.float32)
    weights[used] = ridge.coef_.T
    return weights, ridge.intercept_.astype(np.float32)
