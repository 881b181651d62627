"""The index of this process, for callers that were given none, under the seeds' names.

Owns the one shared `DocumentIndex`; everything else takes its index as an argument.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from core.errors import ModelError
from core.model_pool import get_model_pool
from core.retrieval.duplicates import Duplicate, find_duplicates
from core.retrieval.index import DocumentIndex
from core.retrieval.passage import Passage
from core.retrieval.stores.protocol import Vector

_lock = threading.Lock()
_shared: list[DocumentIndex] = []


def get_document_index() -> DocumentIndex:
    """The process's index, on the process's pool; made at the first call.

    One whose pool was closed is replaced.

    Raises: ConfigError, StorageError.
    """
    pool = get_model_pool()
    with _lock:
        if _shared and _shared[0].pool is not pool:
            _shared.pop().close()
        if not _shared:
            _shared.append(DocumentIndex(pool))
        return _shared[0]


def get_embeddings_batch(texts: Sequence[str]) -> Vector:
    """L2-normalised vectors, shape (len(texts), dimensions), in input order; cached.

    Raises: ModelError, when the embedding model cannot be used; StorageError.
    """
    embeddings = get_document_index().embeddings
    encoder = embeddings.encoder()
    return embeddings.vectors(encoder, [encoder.document("", text) for text in texts])


def deduplicate_documents(documents: Sequence[str], threshold: float = 0.95) -> list[Duplicate]:
    """Which documents repeat an earlier one, and how; nothing is deleted.

    "near" ones have at least `threshold` cosine, and agree in numbers, negations and names.
    Without an embedding model only "exact" and "normalised" ones are found.

    Raises: StorageError.
    """
    try:
        vectors = get_embeddings_batch(documents)
    except ModelError:
        return find_duplicates(documents)
    return find_duplicates(documents, vectors, threshold)


def hybrid_search(query: str, top_k: int = 10, alpha: float | None = None) -> list[Passage]:
    """The best passages of what is indexed, by words and meaning; see `DocumentIndex.search`.

    Raises: StorageError.
    """
    return list(get_document_index().search(query, top_k, alpha=alpha).passages)


def retrieve_with_reranking(query: str, top_k: int = 10, rerank_top_k: int = 3) -> list[Passage]:
    """The `rerank_top_k` best of the `top_k` that the search finds, by `retrieval.rerank_model`.

    Without such a model, or when it fails or takes too long, by the search itself.

    Raises: StorageError.
    """
    found = get_document_index().search(query, top_k, rerank=True)
    return list(found.passages[:rerank_top_k])
