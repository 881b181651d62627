"""The user's documents: read, cut, kept, searched and cited.

The names of the seeds are loaded when they are used: what reads a document in a process of
its own needs none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.retrieval.shared import (
        deduplicate_documents,
        get_document_index,
        get_embeddings_batch,
        hybrid_search,
        retrieve_with_reranking,
    )

__all__ = [
    "deduplicate_documents",
    "get_document_index",
    "get_embeddings_batch",
    "hybrid_search",
    "retrieve_with_reranking",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("core.retrieval.shared"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
