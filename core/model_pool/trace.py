"""What was asked of the pool and when, as a file that `sarai pool replay` reads.

Owns the lines and their writing; knows nothing of the pool, and no words of the user's. Each
line is a JSON object of its own, of one of two kinds:

    {"at_s": 1790000000.25, "model": "lfm2_1_2b"}            somebody asked for this model
    {"loaded": "lfm2_1_2b", "size_mb": 1012, "load_s": 1.9}  its load ended

`at_s` is in seconds since 1970, so that several processes may share the file.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from core.model_pool.scheduling.events import ModelReady, PoolEvent
from core.storage.private_file import append_private

logger = logging.getLogger(__name__)


class Trace:
    """Appends to the file; safe to share among threads. A disk that fails ends the recording,
    which is logged, and harms nobody.

    Args:
        path: the file; created at the first line, readable by its owner alone. None records
            nothing.
        now_s: the time of day, in seconds since 1970.
    """

    def __init__(self, path: Path | None, now_s: Callable[[], float] = time.time) -> None:
        self._path = path
        self._now_s = now_s

    def requested(self, model: str) -> None:
        """Somebody asks for `model` now."""
        self._append({"at_s": self._now_s(), "model": model})

    def heard(self, event: PoolEvent) -> None:
        """A listener of the pool."""
        if isinstance(event, ModelReady):
            load = {"loaded": event.model, "size_mb": event.reserved_mb, "load_s": event.load_s}
            self._append(load)

    def _append(self, entry: Mapping[str, object]) -> None:
        path = self._path
        if path is None:
            return
        try:
            append_private(path, json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            self._path = None
            logger.warning(
                "runtime.pool_trace: %s cannot be written, so what is asked of the models from "
                "now on is not recorded: %s.",
                path,
                error.strerror,
            )
