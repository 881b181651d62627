"""LangChain's EnsembleRetriever on the same texts and the same encoder, for comparison.

Owns its set-up: BM25 on words in small letters, and the nearest vectors, fused by reciprocal
ranks with equal weights, which is its default. Needs the extra `peers`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.retrieval.parts import Parts
from benchmarks.retrieval.sets import TestSet

CANDIDATES = 100  # of each of the two, as many as ours
LIMIT = 10
_WORD = re.compile(r"\w+")
Encode = Callable[[Sequence[str]], Any]


def ranked(made: Parts, test_set: TestSet) -> dict[str, list[str]] | None:
    """The ids of the best texts for every question; None where the extra is not installed."""
    encoder = made.encoder
    if encoder is None:
        return None
    try:
        retriever = _retriever(
            test_set, lambda texts: made.embeddings.vectors(encoder, texts).tolist()
        )
    except ImportError:
        return None
    return {
        query: [found.metadata["id"] for found in retriever.invoke(text)][:LIMIT]
        for query, text in test_set.queries.items()
    }


def _retriever(test_set: TestSet, encode: Encode) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its community package says that it ends
        from langchain_classic.retrievers import EnsembleRetriever  # noqa: PLC0415
        from langchain_community.retrievers import BM25Retriever  # noqa: PLC0415
    from langchain_core.documents import Document  # noqa: PLC0415
    from langchain_core.embeddings import Embeddings  # noqa: PLC0415
    from langchain_core.vectorstores import InMemoryVectorStore  # noqa: PLC0415

    class SameEncoder(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return list(encode(texts))

        def embed_query(self, text: str) -> list[float]:
            return list(encode([text])[0])

    documents = [Document(text, metadata={"id": name}) for name, text in test_set.texts.items()]
    by_words = BM25Retriever.from_documents(documents, k=CANDIDATES, preprocess_func=_words)
    by_meaning = InMemoryVectorStore.from_documents(documents, SameEncoder())
    return EnsembleRetriever(
        retrievers=[by_words, by_meaning.as_retriever(search_kwargs={"k": CANDIDATES})],
        weights=[0.5, 0.5],
        id_key="id",
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())
