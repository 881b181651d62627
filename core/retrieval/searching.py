"""From a question to passages.

Owns the stages of a search and what each is worth; knows nothing of files' formats, of
indexing or of how a model answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.cancellation import Cancellation
from core.errors import ModelError
from core.language import evident_language
from core.retrieval.catalogue.catalogue import Catalogue, StoredPassage
from core.retrieval.collection import Collection
from core.retrieval.embeddings import Embeddings
from core.retrieval.evidence import Evidence, best_first
from core.retrieval.fusion import Fusion, Scores
from core.retrieval.late_interaction import LateInteraction
from core.retrieval.meaning import Meaning, meaning_of
from core.retrieval.passage import Explanation
from core.retrieval.sparse import SparseVector, likelihood, query_vector, word_rarity
from core.retrieval.stores.protocol import Filters, Scored, Vector
from core.retrieval.terms import SearchWord, search_words
from core.state import Language

CANDIDATES = 100
LOOKED_AT = 30
PROBED = 5
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
        self,
        catalogue: Catalogue,
        collection: Collection,
        embeddings: Embeddings,
        late_interaction: LateInteraction,
    ) -> None:
        self._catalogue = catalogue
        self._collection = collection
        self._embeddings = embeddings
        self._late = late_interaction

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
        asked = search_words(query)
        words = self._words(asked)
        first_found = _scores(self._collection.store.search_sparse(words, CANDIDATES, filters))
        meaning = meaning_of(
            query,
            alpha,
            self._embeddings,
            self._collection.dense_identity(),
            language_found=lambda: self._language_of_best(first_found),
            cancel=cancel,
        )
        by_words, by_meaning = self._candidates(words, first_found, meaning.vector, filters)
        evidence = Evidence(fusion, meaning.alpha, by_words, by_meaning)
        ranked = [found for found, _ in evidence.ranked()][: top_k + CANDIDATES]
        passages = self._catalogue.passages(ranked)
        first = [passages[found] for found in ranked if found in passages][:LOOKED_AT]
        nearness, note = self._nearness(first, asked, meaning, cancel)
        evidence = replace(evidence, nearness=nearness)
        hits = [
            Hit(passages[found], score, evidence.of(found))
            for found, score in evidence.ranked()
            if found in passages
        ]
        return Found(tuple(_without_repetitions(hits)[:top_k]), note)

    def match(self, query: str, filters: Filters = Filters()) -> float:  # noqa: B008
        """How likely the documents answer `query`, in [0, 1], by the words in common.

        Raises: StorageError.
        """
        words = search_words(query)
        holders, size = self._holders(words), self._catalogue.size()
        asked = query_vector(words, holders, size)
        found = self._collection.store.search_sparse(asked, PROBED, filters)
        passages = self._catalogue.passages([each.id for each in found])
        return likelihood(words, (each.bag() for each in passages.values()), holders, size)

    def _words(self, words: Sequence[SearchWord]) -> SparseVector:
        return query_vector(words, self._holders(words), self._catalogue.size())

    def _rarities(self, words: Iterable[SearchWord]) -> dict[SearchWord, float]:
        holders, size = self._holders(words), self._catalogue.size()
        return {word: word_rarity(word, holders, size) for word in words}

    def _holders(self, words: Iterable[SearchWord]) -> dict[int, int]:
        return self._catalogue.holders({term for word in words for term in word.terms})

    def _language_of_best(self, by_words: Scores) -> Language | None:
        """Of the passage that the words of a question find first."""
        passages = self._catalogue.passages(best_first(by_words)[:1])
        return next((evident_language(each.chunk.text) for each in passages.values()), None)

    def _nearness(
        self,
        passages: Sequence[StoredPassage],
        asked: Sequence[SearchWord],
        meaning: Meaning,
        cancel: Cancellation | None,
    ) -> tuple[dict[int, float], str]:
        """How near the words of `passages` are to those asked for, by id, and what failed."""
        if meaning.encoder is None or meaning.alpha == 1 or not passages or not asked:
            return {}, meaning.note
        texts = [passage.chunk.text for passage in passages]
        try:
            scores = self._late.scores(meaning.encoder, self._rarities(asked), texts, cancel)
        except ModelError as error:
            return {}, f"Not looked at word by word: {error.message}"
        if scores is None:
            return {}, meaning.note
        ids = (passage.id for passage in passages)
        return dict(zip(ids, scores, strict=True)), meaning.note

    def _candidates(
        self, words: SparseVector, by_words: Scores, vector: Vector | None, filters: Filters
    ) -> tuple[Scores, Scores]:
        """Scores by words and by meaning, both for every passage that either found."""
        if vector is None:
            return by_words, {}
        store = self._collection.store
        by_meaning = _scores(store.search_dense(vector, CANDIDATES, filters))
        if only_words := tuple(by_words.keys() - by_meaning.keys()):
            chosen = replace(filters, ids=only_words)
            by_meaning |= _scores(store.search_dense(vector, len(only_words), chosen))
        by_both = dict(by_words)
        if only_meaning := tuple(by_meaning.keys() - by_words.keys()):
            chosen = replace(filters, ids=only_meaning)
            by_both |= _scores(store.search_sparse(words, len(only_meaning), chosen))
        return by_both, by_meaning


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
