"""What every vector store can do.

Owns the protocol and its small types; knows nothing of documents. A store may lag behind
the catalogue and may be lost: it is made anew from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.retrieval.sparse import SparseVector

Vector = NDArray[np.float32]

DENSE = "dense"
SPARSE = "sparse"


@dataclass(frozen=True, slots=True)
class Payload:
    """What passages can be chosen by. `path` is absolute."""

    tenant: str
    path: str
    format: str
    modified_s: float

    def as_json(self) -> dict[str, object]:
        """As stores keep it; `places` are the file and every folder that it is in."""
        path = PurePath(self.path)
        places = [str(path), *(str(folder) for folder in path.parents)]
        return {
            "tenant": self.tenant,
            "format": self.format,
            "modified_s": self.modified_s,
            "places": places,
        }


@dataclass(frozen=True, slots=True)
class Point:
    """One passage. `dense` is L2-normalised, or None as long as nothing has embedded it."""

    id: int
    sparse: SparseVector
    payload: Payload
    dense: Vector | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages are meant; what is empty does not choose.

    Args:
        tenant: whose documents; always chosen by.
        paths: files, or folders with all that is in them; absolute.
        formats: as in `core.retrieval.parsing.formats`.
        modified_from_s, modified_before_s: of the file, seconds since 1970.
        ids: only these passages.
    """

    tenant: str = ""
    paths: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    modified_from_s: float | None = None
    modified_before_s: float | None = None
    ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    id: int
    score: float


class VectorStore(Protocol):
    """One collection of points. Safe among threads.

    Every method raises StorageError, when the store cannot be reached, read or written.
    """

    @property
    def place(self) -> str:
        """Where the collection lies; another place is another collection."""
        ...

    def reset(self, dimensions: int | None) -> None:
        """Begin anew and empty; None: passages have no dense vectors."""
        ...

    def upsert(self, points: Sequence[Point]) -> None:
        """Put points there; once it returns, no kill loses them."""
        ...

    def delete(self, ids: Sequence[int]) -> None:
        """Take points away; those that are not there are none."""
        ...

    def search_dense(self, vector: Vector, limit: int, filters: Filters) -> list[Scored]:
        """The nearest by cosine, the nearest first."""
        ...

    def search_sparse(self, vector: SparseVector, limit: int, filters: Filters) -> list[Scored]:
        """The largest inner products above 0, the largest first."""
        ...

    def count(self) -> int:
        """How many points there are."""
        ...

    def exists(self) -> bool:
        """Whether there is a collection at all."""
        ...

    def close(self) -> None:
        """Let go of it; safe to call twice."""
        ...


def matches(filters: Filters) -> list[tuple[str, list[str]]]:
    """Keys of the payload, and the values of which each must have one."""
    wanted = {
        "tenant": (filters.tenant,),
        "places": filters.paths,
        "format": filters.formats,
    }
    return [(key, list(values)) for key, values in wanted.items() if values]
