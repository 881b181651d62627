"""The vector store in this process: Qdrant's engine on a folder of its own.

Owns the translation to qdrant-edge and the files; knows nothing of documents. Searches are
exact: without a graph to build, a point is there as soon as it is written.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import qdrant_edge as qdrant

from core.clock import Clock
from core.retrieval.sparse import SparseVector
from core.retrieval.stores.held_shard import IDLE_S, MENDED_BY, HeldShard
from core.retrieval.stores.protocol import (
    DENSE,
    SPARSE,
    Filters,
    Point,
    Scored,
    Vector,
    matches,
)

_INDEXED = ("tenant", "places", "format")


class EmbeddedStore:
    """A `VectorStore` in `folder`, which is made when it is needed.

    One process at a time can have it open: it is let go of a moment after each use, and
    whoever finds it taken waits. `idle_s` is how long that moment is,
    and `mended_by` the command that makes a damaged store anew.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock | None = None,
        idle_s: float = IDLE_S,
        mended_by: str = MENDED_BY,
    ) -> None:
        self.place = str(folder)
        self._held = HeldShard(folder, clock=clock, idle_s=idle_s, mended_by=mended_by)

    def reset(self, dimensions: int | None) -> None:
        def emptied(folder: Path) -> qdrant.EdgeShard:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700, parents=True)
            shard = qdrant.EdgeShard.create(str(folder), _config(dimensions))
            for key in _INDEXED:
                kind = qdrant.PayloadSchemaType.Keyword
                shard.update(qdrant.UpdateOperation.create_field_index(key, kind))
            return shard

        self._held.replace(emptied)

    def exists(self) -> bool:
        return self._held.exists()

    def upsert(self, points: Sequence[Point]) -> None:
        if points:
            self._change(qdrant.UpdateOperation.upsert_points([_point(each) for each in points]))

    def delete(self, ids: Sequence[int]) -> None:
        if ids:
            self._change(qdrant.UpdateOperation.delete_points(list(ids)))

    def search_dense(self, vector: Vector, limit: int, filters: Filters) -> list[Scored]:
        query = qdrant.Query.Nearest(vector.tolist(), using=DENSE)
        return self._search(query, limit, filters)

    def search_sparse(self, vector: SparseVector, limit: int, filters: Filters) -> list[Scored]:
        if not vector.indices:
            return []
        query = qdrant.Query.Nearest(_sparse(vector), using=SPARSE)
        return [found for found in self._search(query, limit, filters) if found.score > 0]

    def count(self) -> int:
        with self._held.shard() as shard:
            return int(shard.count(qdrant.CountRequest(exact=True)))

    def close(self) -> None:
        self._held.close()

    def _change(self, operation: qdrant.UpdateOperation) -> None:
        with self._held.shard() as shard:
            shard.update(operation)
            shard.flush()

    def _search(self, query: qdrant.Query, limit: int, filters: Filters) -> list[Scored]:
        request = qdrant.QueryRequest(
            limit=limit,
            query=query,
            filter=_filter(filters),
            params=qdrant.SearchParams(exact=True),
        )
        with self._held.shard() as shard:
            return [Scored(int(found.id), float(found.score)) for found in shard.query(request)]


def _config(dimensions: int | None) -> qdrant.EdgeConfig:
    dense = None
    if dimensions is not None:
        size, distance = dimensions, qdrant.Distance.Cosine
        dense = {DENSE: qdrant.EdgeVectorParams(size=size, distance=distance)}
    return qdrant.EdgeConfig(
        vectors=dense,
        sparse_vectors={SPARSE: qdrant.EdgeSparseVectorParams()},
        wal_enabled=True,
    )


def _point(point: Point) -> qdrant.Point:
    vectors: dict[str, list[float] | qdrant.SparseVector | list[list[float]]] = {
        SPARSE: _sparse(point.sparse)
    }
    if point.dense is not None:
        vectors[DENSE] = point.dense.tolist()
    return qdrant.Point(point.id, vectors, point.payload.as_json())


def _sparse(vector: SparseVector) -> qdrant.SparseVector:
    return qdrant.SparseVector(indices=list(vector.indices), values=list(vector.values))


def _filter(filters: Filters) -> qdrant.Filter:
    return qdrant.Filter(must=list(_conditions(filters)))


def _conditions(filters: Filters) -> Iterable[qdrant.FieldCondition | qdrant.HasIdCondition]:
    for key, values in matches(filters):
        yield qdrant.FieldCondition(key=key, match=qdrant.MatchAny(any=values))
    if filters.modified_from_s is not None or filters.modified_before_s is not None:
        span = qdrant.RangeFloat(gte=filters.modified_from_s, lt=filters.modified_before_s)
        yield qdrant.FieldCondition(key="modified_s", range=span)
    if filters.ids is not None:
        yield qdrant.HasIdCondition(set(filters.ids))
