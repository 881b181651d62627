"""The most memory that each model was ever seen to take.

Owns the table `memory_peaks` and what counts as the same model; decides nothing. A peak is
of exactly these files, these settings and this build of the engine: any change begins anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version

from core.engines.spec import EngineSpec
from core.errors import StorageError
from core.model_files.identity import FileIdentity
from core.storage.database import Database

KEPT_PEAKS = 256
WEIGHTLESS = {
    *("model", "threads", "log_path", "states_path", "gguf_path", "mmproj_path"),
    *("base_url", "connect_timeout_s", "read_timeout_s"),
}
"""Fields of a spec that change no memory worth counting, or are in the files' identities.
A field that is not named here counts, so that a new one cannot be forgotten."""

logger = logging.getLogger(__name__)


class MeasuredPeaks:
    """The newest peaks, older ones forgotten. Threads may share it: see `Database`.

    What the database refuses is logged and otherwise as if it had not been measured: no
    model has to stay unloaded for it.
    """

    def __init__(self, open_database: Callable[[], Database], *, keep: int = KEPT_PEAKS) -> None:
        self._open_database = open_database
        self._keep = keep

    def record(
        self,
        spec: EngineSpec,
        files: Sequence[FileIdentity],
        peak_mb: float,
        device_mb: float = 0.0,
    ) -> None:
        """`spec` was open from `files` and took up to `peak_mb` MiB of the machine's memory and
        `device_mb` of the GPUs'; the largest of each is kept."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            with self._open_database().transaction() as connection:
                connection.execute(
                    _INSERT,
                    {
                        "key": peak_key(spec, files),
                        "model": spec.model,
                        "peak_mb": peak_mb,
                        "device_mb": device_mb,
                        "now": now,
                    },
                )
                connection.execute(_PRUNE, (self._keep,))
        except StorageError as error:
            logger.warning("The memory that %s took was not recorded. %s", spec.model, error)

    def largest_mb(self, spec: EngineSpec, files: Sequence[FileIdentity]) -> float | None:
        """The largest peak so far, MiB; None before the first that was more than 0."""
        return self._largest("peak_mb", spec, files)

    def largest_device_mb(self, spec: EngineSpec, files: Sequence[FileIdentity]) -> float | None:
        """The same of the GPUs' memory."""
        return self._largest("device_mb", spec, files)

    def _largest(
        self, column: str, spec: EngineSpec, files: Sequence[FileIdentity]
    ) -> float | None:
        try:
            with self._open_database().connection() as connection:
                row = connection.execute(_SELECT, (peak_key(spec, files),)).fetchone()
        except StorageError as error:
            logger.warning("What %s took is not known. %s", spec.model, error)
            return None
        return None if row is None else float(row[column]) or None


_SELECT = "SELECT peak_mb, device_mb FROM memory_peaks WHERE key = ?"
_INSERT = """
    INSERT OR REPLACE INTO memory_peaks (key, model, peak_mb, device_mb, measured_at)
    SELECT :key, :model, max(:peak_mb, coalesce(max(peak_mb), 0)),
        max(:device_mb, coalesce(max(device_mb), 0)), :now
    FROM memory_peaks WHERE key = :key
"""
_PRUNE = """
    DELETE FROM memory_peaks
    WHERE id NOT IN (SELECT id FROM memory_peaks ORDER BY id DESC LIMIT ?)
"""


def peak_key(spec: EngineSpec, files: Sequence[FileIdentity]) -> str:
    """A digest of all that decides how much memory a model takes."""
    settings = {name: value for name, value in asdict(spec).items() if name not in WEIGHTLESS}
    facts = {"settings": settings, "files": [asdict(file) for file in files], "build": _build()}
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _build() -> str:
    return version("llama-cpp-python")
