"""From a question to memories.

Owns the stages: by words and meaning as documents are, then with neighbours, then by age and
difficulty; knows nothing of who asks or of prompts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.cancellation import Cancellation
from core.memory.ranking import ranked, with_neighbours, with_successors
from core.memory.record import Kind, Remembered
from core.memory.records import Records, folder_of, id_of, tenant_of
from core.memory.vectors import Vectors
from core.retrieval.chunks import MAX_SIGNS
from core.retrieval.searching import Hit
from core.retrieval.stores.protocol import Filters


@dataclass(frozen=True, slots=True)
class Recollection:
    """A memory that was found. `passage` is the part of its text that fits best, verbatim.

    `similarity` is 1 for the most similar; `meaning` is the cosine with the question, None
    where it was not compared. `beside` names what was said right before and after.
    """

    memory: Remembered
    passage: str
    score: float
    similarity: float
    meaning: float | None = None
    beside: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Recalled:
    """Recollections, best first. `note` says what could not be taken into account, if anything."""

    recollections: tuple[Recollection, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a memory was found."""

    score: float
    passage: str
    meaning: float | None


class MemorySearch:
    """Searches the memories of one database. Safe among threads."""

    def __init__(self, records: Records, vectors: Vectors) -> None:
        self._records = records
        self._vectors = vectors

    def search(
        self,
        query: str,
        top_k: int,
        *,
        user: str,
        now: datetime,
        thread: str | None = None,
        kinds: Sequence[Kind] = ("fact", "turn"),
        difficulty: float | None = None,
        cancel: Cancellation | None = None,
    ) -> Recalled:
        """The user's memories that fit `query` best; of one conversation, where it is named.

        Raises: StorageError, Cancelled.
        """
        filters = Filters(
            tenant=tenant_of(user),
            formats=tuple(kinds),
            paths=() if thread is None else (folder_of("turn", thread),),
        )
        found = self._vectors.search(query, filters, cancel)
        places = _places(found.hits)
        scores = {each: place.score for each, place in places.items()}
        neighbours = self._records.neighbours(list(places))
        similarities = with_neighbours(scores, neighbours)
        records = self._with_successors(similarities, user)
        similarities = {each: share for each, share in similarities.items() if each in records}
        similarities = with_successors(similarities, records)
        best = ranked(similarities, records, now=now, difficulty=difficulty)[:top_k]
        recollections = (
            Recollection(
                records[each],
                places[each].passage if each in places else _beginning(records[each].text),
                score,
                similarities[each],
                places[each].meaning if each in places else None,
                tuple(neighbours.get(each, ())),
            )
            for each, score in best
        )
        return Recalled(tuple(recollections), found.note)

    def _with_successors(
        self, similarities: Mapping[int, float], user: str
    ) -> dict[int, Remembered]:
        """What was found, and the facts that took the place of found ones."""
        records = self._records.get(list(similarities), user)
        while missing := {
            each.superseded_by
            for each in records.values()
            if each.superseded_by is not None and each.superseded_by not in records
        }:
            records |= self._records.get(list(missing), user)
        return records


def _places(hits: Sequence[Hit]) -> dict[int, _Place]:
    """The best place of each memory."""
    places: dict[int, _Place] = {}
    for hit in hits:
        for passage in (hit.passage, *hit.also):
            place = _Place(hit.score, passage.chunk.text, hit.explanation.meaning)
            places.setdefault(id_of(passage), place)
    return places


def _beginning(text: str) -> str:
    """What is shown of a memory that was found by its neighbours."""
    whole = len(text) <= MAX_SIGNS
    return text if whole else f"{text[:MAX_SIGNS].rsplit(' ', 1)[0]} …"
