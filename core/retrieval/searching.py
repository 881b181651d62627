"""From a question to passages.

Owns the stages of a search and what each is worth; knows nothing of files' formats, of
indexing or of how a model answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.cancellation import Cancellation
from core.errors import ModelError
from core.language import evident_language
from core.retrieval.catalogue.catalogue import Catalogue, StoredPassage
from core.retrieval.collection import Collection
from core.retrieval.embeddings import Embeddings, Encoder, unavailable
from core.retrieval.fusion import Fusion, fuse
from core.retrieval.passage import Explanation
from core.retrieval.sparse import SparseVector, coverage, query_vector
from core.retrieval.stores.protocol import Filters, Scored, Vector
from core.retrieval.terms import search_words

CANDIDATES = 100
PROBED = 20
"""Passages that are looked at to tell how well the documents answer a question."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `also` are others with the same words."""

    passage: StoredPassage
    score: float
    explanation: Explanation
    also: tuple[StoredPassage, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first. `note` says what could not be taken into account, if anything."""

    hits: tuple[Hit, ...]
    note: str = ""


class Searcher:
    """Searches one collection. Safe among threads."""

    def __init__(
        self, catalogue: Catalogue, collection: Collection, embeddings: Embeddings
    ) -> None:
        self._catalogue = catalogue
        self._collection = collection
        self._embeddings = embeddings

    def search(
        self,
        query: str,
        top_k: int,
        *,
        alpha: float | None = None,
        fusion: Fusion = "weighted",
        filters: Filters = Filters(),  # noqa: B008  immutable
        cancel: Cancellation | None = None,
    ) -> Found:
        """The `top_k` best passages.

        `alpha` is the weight of meaning, 0 (words alone) to 1; None takes the model's own for
        the language of the question. Where meaning cannot be had, words count alone.

        Raises: StorageError, Cancelled.
        """
        vector, alpha, note = self._meaning(query, alpha, cancel)
        words = self._words(query)
        by_words, by_meaning = self._candidates(words, vector, filters)
        fused = fuse(fusion, by_meaning, by_words, alpha)
        ranked = sorted(fused, key=lambda found: (-fused[found], found))
        passages = self._catalogue.passages(ranked[: top_k + CANDIDATES])
        hits = [
            Hit(
                passages[found],
                fused[found],
                Explanation(by_words.get(found, 0.0), by_meaning.get(found), alpha, fusion),
            )
            for found in ranked
            if found in passages
        ]
        return Found(tuple(_without_repetitions(hits)[:top_k]), note)

    def match(self, query: str, filters: Filters = Filters()) -> float:  # noqa: B008
        """How likely the documents answer `query`, in [0, 1], by the words in common.

        Raises: StorageError.
        """
        words = search_words(query)
        vector = self._words(query)
        found = self._collection.store.search_sparse(vector, PROBED, filters)
        passages = self._catalogue.passages([each.id for each in found])
        bags = [passage.bag() for passage in passages.values()]
        holders = self._catalogue.holders({term for word in words for term in word.terms})
        return coverage(words, bags, holders, self._catalogue.size())

    def _words(self, query: str) -> SparseVector:
        words = search_words(query)
        holders = self._catalogue.holders({term for word in words for term in word.terms})
        return query_vector(words, holders, self._catalogue.size())

    def _meaning(
        self, query: str, alpha: float | None, cancel: Cancellation | None
    ) -> tuple[Vector | None, float, str]:
        """The question's vector, what it weighs, and why there is none."""
        identity = self._collection.dense_identity()
        if not identity or not query.strip() or alpha == 0:
            return None, 0.0, ""
        try:
            encoder = self._embeddings.encoder()
            if encoder.identity != identity:
                return None, 0.0, "By words alone: the index was made with another model."
            weight = own_alpha(encoder, query) if alpha is None else alpha
            if weight == 0:
                return None, 0.0, ""
            return self._embeddings.vectors(encoder, [encoder.query(query)], cancel)[0], weight, ""
        except ModelError as error:
            return None, 0.0, unavailable(error)

    def _candidates(
        self, words: SparseVector, vector: Vector | None, filters: Filters
    ) -> tuple[dict[int, float], dict[int, float]]:
        """Scores by words and by meaning, both for every passage that either found."""
        store = self._collection.store
        by_words = _scores(store.search_sparse(words, CANDIDATES, filters))
        if vector is None:
            return by_words, {}
        by_meaning = _scores(store.search_dense(vector, CANDIDATES, filters))
        if only_words := tuple(by_words.keys() - by_meaning.keys()):
            chosen = replace(filters, ids=only_words)
            by_meaning |= _scores(store.search_dense(vector, len(only_words), chosen))
        if only_meaning := tuple(by_meaning.keys() - by_words.keys()):
            chosen = replace(filters, ids=only_meaning)
            by_words |= _scores(store.search_sparse(words, len(only_meaning), chosen))
        return by_words, by_meaning


def own_alpha(encoder: Encoder, query: str) -> float:
    """The model's weight for the language of `query`; for one that may be either, the lower."""
    alphas = {"es": encoder.settings.alpha_es, "en": encoder.settings.alpha_en}
    language = evident_language(query)
    return alphas[language] if language else min(alphas.values())


def _scores(found: Sequence[Scored]) -> dict[int, float]:
    return {each.id: each.score for each in found}


def _without_repetitions(hits: Sequence[Hit]) -> list[Hit]:
    """Passages that say the same of the same, but for form, are one hit with other places."""
    first: dict[bytes, Hit] = {}
    for hit in hits:
        same = first.get(hit.passage.digest)
        first[hit.passage.digest] = (
            hit if same is None else replace(same, also=(*same.also, hit.passage))
        )
    return list(first.values())
