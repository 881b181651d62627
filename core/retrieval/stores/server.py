"""The vector store on a Qdrant server, as one collection.

Owns the translation to qdrant-client; knows nothing of documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import ApiException

from core.errors import StorageError
from core.retrieval.sparse import SparseVector
from core.retrieval.stores.protocol import (
    DENSE,
    SPARSE,
    Filters,
    Point,
    Scored,
    Vector,
    matches,
)

TIMEOUT_S = 30
BATCH = 256  # points of one request


class ServerStore:
    """A `VectorStore` in `collection` of the server at `url`; `api_key` may be empty."""

    def __init__(self, url: str, collection: str, api_key: str = "") -> None:
        self.place = f"{url}/collections/{collection}"
        self._url = url
        self._collection = collection
        self._client = QdrantClient(
            url=url, api_key=api_key or None, timeout=TIMEOUT_S, check_compatibility=False
        )

    def reset(self, dimensions: int | None) -> None:
        dense = {}
        if dimensions is not None:
            dense[DENSE] = models.VectorParams(size=dimensions, distance=models.Distance.COSINE)
        with self._failures():
            if self._client.collection_exists(self._collection):
                self._client.delete_collection(self._collection)
            self._client.create_collection(
                self._collection,
                vectors_config=dense,
                sparse_vectors_config={SPARSE: models.SparseVectorParams()},
            )
            self._index_payload()

    def exists(self) -> bool:
        with self._failures():
            return self._client.collection_exists(self._collection)

    def upsert(self, points: Sequence[Point]) -> None:
        with self._failures():
            for first in range(0, len(points), BATCH):
                batch = [_point(each) for each in points[first : first + BATCH]]
                self._client.upsert(self._collection, batch, wait=True)

    def delete(self, ids: Sequence[int]) -> None:
        if ids:
            chosen = models.PointIdsList(points=list(ids))
            with self._failures():
                self._client.delete(self._collection, chosen, wait=True)

    def search_dense(self, vector: Vector, limit: int, filters: Filters) -> list[Scored]:
        return self._search(vector.tolist(), DENSE, limit, filters)

    def search_sparse(self, vector: SparseVector, limit: int, filters: Filters) -> list[Scored]:
        if not vector.indices:
            return []
        found = self._search(_sparse(vector), SPARSE, limit, filters)
        return [each for each in found if each.score > 0]

    def count(self) -> int:
        with self._failures():
            return self._client.count(self._collection, exact=True).count

    def close(self) -> None:
        self._client.close()

    def _index_payload(self) -> None:
        tenant = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=True)
        self._client.create_payload_index(self._collection, "tenant", tenant)
        for key in ("places", "format"):
            kind = models.PayloadSchemaType.KEYWORD
            self._client.create_payload_index(self._collection, key, kind)

    def _search(
        self, query: list[float] | models.SparseVector, using: str, limit: int, filters: Filters
    ) -> list[Scored]:
        with self._failures():
            found = self._client.query_points(
                self._collection,
                query=query,
                using=using,
                limit=limit,
                query_filter=models.Filter(must=list(_conditions(filters))),
                search_params=models.SearchParams(exact=True),
                with_payload=False,
            )
        return [Scored(int(point.id), point.score) for point in found.points]

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except ApiException as error:
            raise StorageError(
                f"The Qdrant server at {self._url} failed: {error}.",
                hint="Check retrieval.qdrant_url and that the server runs.",
            ) from error


def _point(point: Point) -> models.PointStruct:
    vectors: dict[str, models.Vector] = {SPARSE: _sparse(point.sparse)}
    if point.dense is not None:
        vectors[DENSE] = point.dense.tolist()
    return models.PointStruct(id=point.id, vector=vectors, payload=point.payload.as_json())


def _sparse(vector: SparseVector) -> models.SparseVector:
    return models.SparseVector(indices=list(vector.indices), values=list(vector.values))


def _conditions(filters: Filters) -> Iterator[models.Condition]:
    for key, values in matches(filters):
        yield models.FieldCondition(key=key, match=models.MatchAny(any=values))
    if filters.modified_from_s is not None or filters.modified_before_s is not None:
        span = models.Range(gte=filters.modified_from_s, lt=filters.modified_before_s)
        yield models.FieldCondition(key="modified_s", range=span)
    if filters.ids is not None:
        yield models.HasIdCondition(has_id=list(filters.ids))
