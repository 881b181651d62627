"""Texts to vectors by a model of the pool, each only once.

Owns prefixes, the order of work and the cache; knows nothing of chunks or stores. Which
model it is depends on what is installed, never on what fails: the vectors of another would
mean something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.cancellation import Cancellation
from core.engines.protocol import Engine
from core.errors import ContextOverflow, ModelError, ModelUnavailable
from core.model_pool import ModelPool
from core.retrieval.stores.protocol import Vector
from core.settings.models import ModelSettings
from core.storage.database import Database

BATCH = 32  # texts that are computed, and kept, at once
_SHORTEN = 0.7  # of a text that does not fit the model's context, again and again


@dataclass(frozen=True, slots=True)
class Encoder:
    """The model that makes the vectors of a collection. `identity` changes with its file."""

    name: str
    identity: str
    settings: ModelSettings

    def query(self, text: str) -> str:
        return self.settings.query_prefix + text

    def document(self, title: str, text: str) -> str:
        prefix = self.settings.document_prefix.replace("{title}", title or "none")
        return prefix + text

    def key(self, prefixed: str) -> bytes:
        return hashlib.blake2b(f"{self.identity}\0{prefixed}".encode(), digest_size=20).digest()


class Embeddings:
    """Vectors of the configured model, cached in the catalogue's database.

    Args:
        keep_questions: whether those of questions are cached too.
    """

    def __init__(self, pool: ModelPool, database: Database, *, keep_questions: bool = True) -> None:
        self._pool = pool
        self._database = database
        self._keep_questions = keep_questions

    def encoder(self) -> Encoder:
        """The first model of the role that is installed.

        Raises: ModelError, when none is, or its file is damaged.
        """
        name = self._installed()
        resolved = self._pool.resolve(name)
        files = [f"{file.path.name} {file.size_bytes}" for file in resolved.files]
        identity = "; ".join(files) or f"{resolved.spec.engine} {resolved.spec.remote_model}"
        return Encoder(name, identity, self._pool.settings.models[name])

    def dimensions(self, encoder: Encoder) -> int:
        """Raises: ModelError."""
        return int(self.vectors(encoder, [encoder.query("?")]).shape[1])

    def question(self, encoder: Encoder, text: str, cancel: Cancellation | None = None) -> Vector:
        """The L2-normalised vector of a question. Raises: ModelError."""
        prefixed = encoder.query(text)
        if self._keep_questions:
            return self.vectors(encoder, [prefixed], cancel)[0]  # type: ignore[no-any-return]
        with self._pool.lease(encoder.name, cancel=cancel) as engine:
            return _embedded(engine, [prefixed])[0]  # type: ignore[no-any-return]

    def vectors(
        self, encoder: Encoder, prefixed: Sequence[str], cancel: Cancellation | None = None
    ) -> Vector:
        """L2-normalised, shape (len(prefixed), dimensions), in input order.

        A text that is longer than the model's context is embedded by its beginning.

        Raises: ModelError, Cancelled; what was computed until then is kept.
        """
        keys = [encoder.key(text) for text in prefixed]
        found = self._cached(keys)
        missing = {key: text for key, text in zip(keys, prefixed, strict=True) if key not in found}
        if missing:
            # Texts of one length stand together, for engines that compute several at once.
            ordered = sorted(missing.items(), key=lambda item: len(item[1]))
            with self._pool.lease(encoder.name, cancel=cancel) as engine:
                for batch in _batches(ordered):
                    if cancel is not None:
                        cancel.raise_if_cancelled()
                    made = _embedded(engine, [text for _, text in batch])
                    new = {key: vector for (key, _), vector in zip(batch, made, strict=True)}
                    self._keep(new, encoder.name)
                    found |= new
        if not keys:
            return np.empty((0, 0), dtype=np.float32)
        return np.stack([found[key] for key in keys])

    def forget(self, passages: Iterable[tuple[str, str]]) -> None:
        """Delete the vectors of (title, text); of all texts, where the model is not there to
        tell whose they are.

        Raises: StorageError.
        """
        try:
            encoder = self.encoder()
        except ModelError:
            keys = None
        else:
            keys = [(encoder.key(encoder.document(*each)),) for each in passages]
        with self._database.transaction() as connection:
            if keys is None:
                connection.execute("DELETE FROM embeddings")
            else:
                connection.executemany("DELETE FROM embeddings WHERE key = ?", keys)

    def _installed(self) -> str:
        missing: list[ModelUnavailable] = []
        for name in self._pool.settings.chain("embeddings"):
            try:
                self._pool.check_available(name)
            except ModelUnavailable as error:
                missing.append(error)
            else:
                return name
        if missing:
            raise missing[0]
        raise ModelUnavailable(
            "There is no embedding model.",
            model="embeddings",
            hint="Get one: sarai models pull embeddings",
        )

    def _cached(self, keys: Sequence[bytes]) -> dict[bytes, Vector]:
        found: dict[bytes, Vector] = {}
        with self._database.connection() as connection:
            for first in range(0, len(keys), 500):
                some = keys[first : first + 500]
                marks = ", ".join("?" * len(some))
                rows = connection.execute(
                    f"SELECT key, vector FROM embeddings WHERE key IN ({marks})",  # noqa: S608
                    some,
                )
                found |= {row["key"]: np.frombuffer(row["vector"], np.float32) for row in rows}
        return found

    def _keep(self, vectors: dict[bytes, Vector], model: str) -> None:
        rows = [(key, model, vector.tobytes()) for key, vector in vectors.items()]
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", rows)


def _batches(items: Sequence[tuple[bytes, str]]) -> Iterator[Sequence[tuple[bytes, str]]]:
    for first in range(0, len(items), BATCH):
        yield items[first : first + BATCH]


def _embedded(engine: Engine, texts: Sequence[str]) -> Vector:
    try:
        return engine.embed(texts)
    except ContextOverflow:
        return np.stack([_fitted(engine, text) for text in texts])


def _fitted(engine: Engine, text: str) -> Vector:
    """The vector of as much of `text` as fits."""
    while True:
        try:
            return engine.embed([text])[0]  # type: ignore[no-any-return]
        except ContextOverflow:
            if len(text) < 2:
                raise
            text = text[: int(len(text) * _SHORTEN)]


def unavailable(error: ModelError) -> str:
    """Why a search or an index goes by words alone."""
    return f"By words alone: {error.message}"
