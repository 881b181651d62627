"""From a question to passages.

Owns the stages of a search and what each is worth; knows nothing of files' formats, of
indexing or of how a model answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.cancellation import Cancellation
from core.errors import ModelError
from core.retrieval.catalogue.catalogue import Catalogue, StoredPassage
from core.retrieval.collection import Collection
from core.retrieval.embeddings import Embeddings
from core.retrieval.fusion import Fusion, fuse
from core.retrieval.late_interaction import LateInteraction
from core.retrieval.meaning import Meaning, meaning_of
from core.retrieval.passage import Explanation
from core.retrieval.sparse import SparseVector, coverage, query_vector, word_rarity
from core.retrieval.stores.protocol import Filters, Scored, Vector
from core.retrieval.terms import SearchWord, search_words

CANDIDATES = 100
LOOKED_AT = 30
LATE_WEIGHT = 0.3
"""What the nearness of words adds, next to the best score of the fusion (ADR 25)."""

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
        identity = self._collection.dense_identity()
        meaning = meaning_of(query, alpha, self._embeddings, identity, cancel)
        by_words, by_meaning = self._candidates(self._words(asked), meaning.vector, filters)
        fused = fuse(fusion, by_meaning, by_words, meaning.alpha)
        ranked = sorted(fused, key=lambda found: (-fused[found], found))
        passages = self._catalogue.passages(ranked[: top_k + CANDIDATES])
        hits = [
            Hit(
                passages[found],
                fused[found],
                Explanation(by_words.get(found, 0.0), by_meaning.get(found), meaning.alpha, fusion),
            )
            for found in ranked
            if found in passages
        ]
        hits, note = self._looked_at_word_by_word(hits, asked, meaning, cancel)
        return Found(tuple(_without_repetitions(hits)[:top_k]), note)

    def match(self, query: str, filters: Filters = Filters()) -> float:  # noqa: B008
        """How likely the documents answer `query`, in [0, 1], by the words in common.

        Raises: StorageError.
        """
        words = search_words(query)
        found = self._collection.store.search_sparse(self._words(words), PROBED, filters)
        passages = self._catalogue.passages([each.id for each in found])
        bags = [passage.bag() for passage in passages.values()]
        return coverage(words, bags, self._holders(words), self._catalogue.size())

    def _words(self, words: Sequence[SearchWord]) -> SparseVector:
        return query_vector(words, self._holders(words), self._catalogue.size())

    def _rarities(self, words: Iterable[SearchWord]) -> dict[SearchWord, float]:
        holders, size = self._holders(words), self._catalogue.size()
        return {word: word_rarity(word, holders, size) for word in words}

    def _holders(self, words: Iterable[SearchWord]) -> dict[int, int]:
        return self._catalogue.holders({term for word in words for term in word.terms})

    def _looked_at_word_by_word(
        self,
        hits: list[Hit],
        asked: Sequence[SearchWord],
        meaning: Meaning,
        cancel: Cancellation | None,
    ) -> tuple[list[Hit], str]:
        """The best of `hits` in the order that late interaction gives them, and what failed.

        What is added counts in parts of the best score, so that it weighs the same in every
        way to fuse. Hits that are not looked at stay below those that are.
        """
        first, rest = hits[:LOOKED_AT], hits[LOOKED_AT:]
        if meaning.encoder is None or not first or not asked:
            return hits, meaning.note
        texts = [hit.passage.chunk.text for hit in first]
        try:
            scores = self._late.scores(meaning.encoder, self._rarities(asked), texts, cancel)
        except ModelError as error:
            return hits, f"Not looked at word by word: {error.message}"
        if scores is None:
            return hits, meaning.note
        unit = LATE_WEIGHT * first[0].score
        looked_at = [
            replace(
                hit,
                score=hit.score + unit * late,
                explanation=replace(hit.explanation, late_interaction=late),
            )
            for hit, late in zip(first, scores, strict=True)
        ]
        return [*sorted(looked_at, key=lambda hit: -hit.score), *rest], meaning.note

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
