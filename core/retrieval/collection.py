"""The vector store held to what the catalogue says.

Owns what of the store is up to date, and bringing it there; knows nothing of files' formats
or of questions. Passages are searchable by their words at once, and by their meaning as soon
as they are embedded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.cancellation import Cancellation
from core.retrieval.catalogue.catalogue import Catalogue, StoredPassage
from core.retrieval.catalogue.storing import (
    BY_MEANING,
    BY_WORDS,
    HeldCollection,
    StoringState,
)
from core.retrieval.embeddings import Embeddings, Encoder
from core.retrieval.sparse import Bag, MeanLengths, passage_vector
from core.retrieval.stores.protocol import Payload, Point, Vector, VectorStore
from core.storage.process_lock import ProcessLock

PASSAGES_AT_ONCE = 128
DRIFT = 0.2
"""How far the mean lengths may move before every sparse vector is weighed anew."""

Told = Callable[[int], None]
"""Called with how many more passages have come into the store."""


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A passage with the bags that its vector is made of."""

    passage: StoredPassage
    own: Bag
    section: Bag


class Collection:
    """One vector store and the catalogue behind it. Safe among threads.

    Args:
        making: held by the process that makes the store anew; whoever comes second finds it made.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        state: StoringState,
        store: VectorStore,
        embeddings: Embeddings,
        making: ProcessLock,
    ) -> None:
        self.store = store
        self._making = making
        self._catalogue = catalogue
        self._state = state
        self._embeddings = embeddings
        self._one_at_a_time = threading.Lock()

    def begun(self) -> bool:
        """Whether there is anything to search yet."""
        return self._state.collection() is not None

    def dense_identity(self) -> str:
        """Whose vectors the store holds; "" for none."""
        return self._state.identity()

    def pending(self, encoder: Encoder | None) -> int:
        """How many passages `sync` would bring into the store."""
        return self._state.pending(_wanted(encoder))

    def sync(
        self,
        encoder: Encoder | None = None,
        told: Told = lambda _: None,
        cancel: Cancellation | None = None,
    ) -> None:
        """Bring everything there; with no encoder, by words alone, which takes no model.

        Killed at any moment, it goes on from there the next time.

        Raises: StorageError, ModelError.
        """
        with self._one_at_a_time:
            self._sync(encoder, told, cancel)

    def catch_up(self) -> None:
        """As `sync` by words, unless another thread is at it: then what is there will do.

        Raises: StorageError.
        """
        if self._one_at_a_time.acquire(blocking=False):
            try:
                self._sync(None, lambda _: None, None)
            finally:
                self._one_at_a_time.release()

    def rebuild(self) -> None:
        """Give the store up, so that `sync` makes it anew; no text is embedded again."""
        with self._one_at_a_time:
            self._state.forget()

    def _sync(self, encoder: Encoder | None, told: Told, cancel: Cancellation | None) -> None:
        if self._as_wanted(encoder) and self._state.up_to_date(_wanted(encoder)):
            return
        self._begin_anew_if_needed(encoder)
        self._bury()
        for state, made_by in ((BY_WORDS, None), (BY_MEANING, encoder)):
            if state == BY_WORDS or made_by is not None:
                for some in self._portions(state):
                    if cancel is not None:
                        cancel.raise_if_cancelled()
                    self._store(some, state, made_by, cancel)
                    told(len(some) if state == _wanted(encoder) else 0)

    def _as_wanted(self, encoder: Encoder | None) -> bool:
        """Whether this store is there and made with this encoder; with none, any will do."""
        held = self._state.collection()
        return (
            held is not None
            and held.place == self.store.place
            and (encoder is None or held.identity == encoder.identity)
            and self.store.exists()
        )

    def _begin_anew_if_needed(self, encoder: Encoder | None) -> None:
        means = self._state.mean_lengths()
        held = self._state.collection()
        if held is not None and self._as_wanted(encoder):
            # Without their model, points with dense vectors could not be written over.
            if (encoder or not held.identity) and _drifted(held.means, means):
                self._state.begin(replace(held, means=means))
            return
        with self._making.held(alone=True):
            if not self._as_wanted(encoder):
                self.store.reset(self._embeddings.dimensions(encoder) if encoder else None)
                identity = encoder.identity if encoder else ""
                self._state.begin(HeldCollection(self.store.place, identity, means))

    def _bury(self) -> None:
        while ids := self._state.tombstones():
            self.store.delete(ids)
            self._state.buried(ids)

    def _portions(self, state: int) -> Iterator[list[_Weighed]]:
        """Passages that are not that far yet, as many as are stored at once."""
        while file_ids := self._state.files_below(state):
            waiting: list[_Weighed] = []
            for file_id in file_ids:
                below = self._state.passages_below(state, file_id)
                for section in self._catalogue.sections([file_id]):
                    waiting += [each for each in _weighed(section) if each.passage.id in below]
                    while len(waiting) >= PASSAGES_AT_ONCE:
                        yield waiting[:PASSAGES_AT_ONCE]
                        del waiting[:PASSAGES_AT_ONCE]
            if waiting:
                yield waiting

    def _store(
        self,
        some: Sequence[_Weighed],
        state: int,
        encoder: Encoder | None,
        cancel: Cancellation | None,
    ) -> None:
        held = self._state.collection()
        means = held.means if held else self._state.mean_lengths()
        vectors: Vector | None = None
        if encoder is not None:
            texts = [
                encoder.document(each.passage.chunk.heading, each.passage.chunk.text)
                for each in some
            ]
            vectors = self._embeddings.vectors(encoder, texts, cancel)
        self.store.upsert(
            [
                _point(each, means, None if vectors is None else vectors[place])
                for place, each in enumerate(some)
            ]
        )
        self._state.mark([each.passage.id for each in some], state)


def _wanted(encoder: Encoder | None) -> int:
    return BY_MEANING if encoder else BY_WORDS


def _drifted(held: MeanLengths, now: MeanLengths) -> bool:
    pairs = ((held.passage, now.passage), (held.section, now.section))
    return any(abs(new - old) > DRIFT * old for old, new in pairs)


def _weighed(section: Sequence[StoredPassage]) -> list[_Weighed]:
    bags = [passage.bag() for passage in section]
    whole = sum(bags, Bag())
    return [_Weighed(passage, bag, whole) for passage, bag in zip(section, bags, strict=True)]


def _point(each: _Weighed, means: MeanLengths, dense: Vector | None) -> Point:
    passage = each.passage
    payload = Payload(passage.tenant, passage.path, passage.format, passage.modified_s)
    return Point(passage.id, passage_vector(each.own, each.section, means), payload, dense)
