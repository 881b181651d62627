"""Points for the tests of stores."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.retrieval.sparse import SparseVector
from core.retrieval.stores.protocol import Payload, Point, Vector

DIMENSIONS = 8


def direction(seed: int) -> Vector:
    vector = np.random.default_rng(seed).normal(size=DIMENSIONS).astype(np.float32)
    return vector / np.linalg.norm(vector)


def point(number: int, *, tenant: str = "", path: str = "/a/b.md", dense: bool = True) -> Point:
    """`number` is its id, its time, and its weight for term 7."""
    return Point(
        number,
        SparseVector((7, 4_000_000_000 + number), (1.0 + number, 2.0)),
        Payload(tenant, path, Path(path).suffix[1:], float(number)),
        direction(number) if dense else None,
    )
