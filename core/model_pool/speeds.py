"""How fast each model was seen to write on this machine.

Owns the table `generation_speeds` and what counts as the same model; decides nothing. A speed is
of these files, these settings, this build of the engine and as many threads.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from core.engines.protocol import Usage
from core.engines.spec import EngineSpec
from core.errors import StorageError
from core.model_files.identity import FileIdentity
from core.model_pool.memory.peaks import peak_key
from core.storage.database import Database

LEAST_TOKENS = 16
"""Shorter answers are mostly the time to their first token."""
KEPT_OF_OLD = 0.7
"""So much of what was known stays with each answer: about the last three decide."""

logger = logging.getLogger(__name__)


def tells_speed(usage: Usage) -> bool:
    """Whether an answer was long enough, and timed."""
    return usage.completion_tokens >= LEAST_TOKENS and usage.completion_ms > 0


class MeasuredSpeeds:
    """Threads may share it: see `Database`. What the database refuses is logged and otherwise
    as if it had not been measured: no answer is lost for it."""

    def __init__(self, open_database: Callable[[], Database]) -> None:
        self._open_database = open_database

    def record(self, spec: EngineSpec, files: Sequence[FileIdentity], usage: Usage) -> None:
        """`spec` was open from `files` and wrote an answer of this `usage`, which tells speed."""
        row = {
            "key": _key(spec, files),
            "model": spec.model,
            "tokens": float(usage.completion_tokens),
            "seconds": usage.completion_ms / 1000,
            "kept": KEPT_OF_OLD,
            "now": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        try:
            with self._open_database().transaction() as connection:
                connection.execute(_UPSERT, row)
        except StorageError as error:
            logger.warning("The speed of %s was not recorded. %s", spec.model, error)

    def tokens_per_s(self, spec: EngineSpec, files: Sequence[FileIdentity]) -> float | None:
        """The mean over the last answers, long ones counting more; None before the first."""
        try:
            with self._open_database().connection() as connection:
                row = connection.execute(_SELECT, (_key(spec, files),)).fetchone()
        except StorageError as error:
            logger.warning("The speed of %s is not known. %s", spec.model, error)
            return None
        return None if row is None else float(row["tokens"]) / float(row["seconds"])


_SELECT = "SELECT tokens, seconds FROM generation_speeds WHERE key = ?"
_UPSERT = """
    INSERT INTO generation_speeds (key, model, tokens, seconds, measured_at)
    VALUES (:key, :model, :tokens, :seconds, :now)
    ON CONFLICT (key) DO UPDATE SET
        tokens = tokens * :kept + :tokens, seconds = seconds * :kept + :seconds, measured_at = :now
"""


def _key(spec: EngineSpec, files: Sequence[FileIdentity]) -> str:
    return f"{peak_key(spec, files)} x{spec.threads}"
