"""Fits the linear heads: logistic regression for the chances, a support vector machine per task.

Owns the matrices and the calls of scikit-learn, which are run to convergence: how far a fit is
from it would otherwise decide about single prompts. Knows nothing of where examples come from.
The squared hinge loss tells many classes apart better than a softmax does
(docs/measurements.md); its sums are calibrated later.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from core.routing.heads import BINARY, COLUMNS, TASKS
from core.routing.structure import OPENING_WORDS, form_of
from core.text.features import Form, features_of
from core.text.lexicon import Lexicon
from models.router.prompts import Example

PENALTY = 0.06
TOLERANCE_OF_CHANCES = 1e-3
COST, TOLERANCE = 0.6, 0.01  # of the machines
FEWEST_TEXTS = 3
BUCKETS = 1 << 19  # with a quarter of them three features share each
OFFSET_SIZE = 3.0  # the offsets' own feature: larger is penalised less
FIRST_TASK = len(BINARY)

Floats = NDArray[np.float32]


def matrix(
    texts: Sequence[str],
    lexicon: Lexicon,
    form: Form = form_of,
    *,
    buckets: int = BUCKETS,
    opening_words: int = OPENING_WORDS,
) -> sparse.csr_matrix:
    """The features of `texts` as rows, (texts, buckets)."""
    found = [features_of(text, lexicon, form, opening_words=opening_words) for text in texts]
    ends = np.cumsum([0, *(len(item.checksums) for item in found)])
    slots = np.concatenate([item.checksums % buckets for item in found])
    values = np.concatenate([item.values for item in found])
    rows = sparse.csr_matrix((values, slots, ends), shape=(len(texts), buckets))
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
    """Weights (buckets, COLUMNS) and offsets (COLUMNS): chances first, then the tasks."""
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
    """Weights (buckets, classes) and offsets (classes), in sorted order: each class against the
    rest by a linear support vector machine. An error costs `cost`, against the weights' size.
    """
    used, factors = _scaled(rows)
    machine = LinearSVC(C=cost, intercept_scaling=OFFSET_SIZE, tol=TOLERANCE, random_state=0)
    machine.fit((rows[:, used] @ sparse.diags_array(factors)).tocsr(), classes, counts)
    weights = np.zeros((rows.shape[1], len(machine.classes_)), np.float32)
    weights[used] = machine.coef_.T * factors[:, None]
    return weights, machine.intercept_.astype(np.float32)


def fit_chances(
    rows: sparse.csr_matrix, wanted: Floats, counts: Floats, *, penalty: float = PENALTY
) -> tuple[Floats, Floats]:
    """Weights (buckets, columns) and offsets (columns) of least logistic loss; what is wanted
    may be a chance.
    """
    used, factors = _scaled(rows)
    taken = (rows[:, used] @ sparse.diags_array(factors)).tocsr()

    def fitted(column: int) -> LogisticRegression:
        return _fit_chance(taken, wanted[:, column], counts[:, column], penalty)

    with ThreadPoolExecutor() as threads:
        heads = list(threads.map(fitted, range(wanted.shape[1])))
    weights = np.zeros((rows.shape[1], len(heads)), np.float32)
    weights[used] = np.stack([head.coef_[0] for head in heads], axis=1) * factors[:, None]
    return weights, np.array([head.intercept_[0] for head in heads], np.float32)


def _fit_chance(
    rows: sparse.csr_matrix, wanted: Floats, counts: Floats, penalty: float
) -> LogisticRegression:
    """A text of which a chance is wanted counts as a yes and as a no, each by its chance."""
    yes, no = wanted * counts, (1 - wanted) * counts
    texts = np.concatenate([np.flatnonzero(yes), np.flatnonzero(no)])
    answers = np.repeat([1, 0], [np.count_nonzero(yes), np.count_nonzero(no)])
    head = LogisticRegression(
        C=1 / penalty,
        solver="liblinear",
        intercept_scaling=OFFSET_SIZE,
        tol=TOLERANCE_OF_CHANCES,
        random_state=0,
    )
    return head.fit(rows[texts], answers, np.concatenate([yes[yes > 0], no[no > 0]]))


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
