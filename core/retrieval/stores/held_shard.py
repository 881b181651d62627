"""One process at a time: a shard is open while it is used, and a moment longer.

Owns opening, waiting for another process, and letting go; knows nothing of what is asked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import qdrant_edge as qdrant

from core.clock import Clock, SystemClock, Timer
from core.errors import StorageBusy, StorageError

IDLE_S = 2.0
"""How long it stays open unused: opening costs some tenths of a second."""

MENDED_BY = "sarai index rebuild"
PATIENCE_S = 10.0
_RETRY_S = 0.05
_CONFIG = "edge_config.json"
_TAKEN = "WouldBlock"  # its write-ahead log is locked by another process


class HeldShard:
    """The shard of a folder, shared by the threads of this process."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock | None = None,
        idle_s: float = IDLE_S,
        mended_by: str = MENDED_BY,
    ) -> None:
        self._idle_s = idle_s
        self._mended_by = mended_by
        self._folder = folder
        self._clock = clock or SystemClock()
        self._lock = threading.Condition()
        self._shard: qdrant.EdgeShard | None = None
        self._users = 0
        self._used_at_s = 0.0
        self._release: Timer | None = None

    def exists(self) -> bool:
        """Whether there is anything to open."""
        return (self._folder / _CONFIG).is_file()

    @contextmanager
    def shard(self) -> Iterator[qdrant.EdgeShard]:
        """The open shard, for one piece of work.

        Raises: StorageError, when it is damaged, or taken for more than 10 s.
        """
        with self._lock:
            if self._shard is None:
                self._shard = self._opened(_loaded)
            shard = self._shard
            self._users += 1
        try:
            yield shard
        except Exception as error:
            raise self._failure(error) from error
        finally:
            with self._lock:
                self._users -= 1
                self._lock.notify_all()
                self._release_later()

    def replace(self, make: Callable[[Path], qdrant.EdgeShard]) -> None:
        """Give up what is there for what `make` makes in the folder."""
        with self._lock:
            self._lock.wait_for(lambda: self._users == 0)
            if self._shard is None and self.exists():
                self._wait_until_free()
            self._let_go()
            self._shard = self._opened(make)
            self._release_later()

    def close(self) -> None:
        """Let go of it, once nobody uses it; safe to call twice."""
        with self._lock:
            self._lock.wait_for(lambda: self._users == 0)
            self._let_go()

    def _wait_until_free(self) -> None:
        """Files are not deleted while another process has them open; damaged ones nobody has."""
        try:
            self._shard = self._opened(_loaded)
        except StorageBusy:
            raise
        except StorageError:
            return

    def _opened(self, make: Callable[[Path], qdrant.EdgeShard]) -> qdrant.EdgeShard:
        give_up_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                return make(self._folder)
            except Exception as error:  # the engine knows no other kind
                if _TAKEN not in str(error) or time.monotonic() > give_up_s:
                    raise self._failure(error) from error
            time.sleep(_RETRY_S)

    def _release_later(self) -> None:
        """One timer runs as long as it is open, however often it is used."""
        self._used_at_s = self._clock.now_s()
        if self._release is None and self._shard is not None:
            self._release = self._clock.call_later(self._idle_s, self._release_if_idle)

    def _release_if_idle(self) -> None:
        with self._lock:
            self._release = None
            unused_s = self._clock.now_s() - self._used_at_s
            if self._users == 0 and unused_s >= self._idle_s:
                self._let_go()
            elif self._shard is not None:
                wait_s = max(self._idle_s - unused_s, _RETRY_S)
                self._release = self._clock.call_later(wait_s, self._release_if_idle)

    def _let_go(self) -> None:
        if self._release is not None:
            self._release.cancel()
            self._release = None
        shard, self._shard = self._shard, None
        if shard is not None:
            shard.close()

    def _failure(self, error: Exception) -> StorageError:
        """The engine knows one kind of exception; what it says tells them apart."""
        if _TAKEN in str(error):
            return StorageBusy(
                f"The vector store {self._folder} is in use by another program.",
                hint="Try again when the other SARAi has finished.",
            )
        return StorageError(
            f"The vector store {self._folder} cannot be used: {error}.",
            hint=f"`{self._mended_by}` makes it anew from SQLite; nothing is lost.",
        )


def _loaded(folder: Path) -> qdrant.EdgeShard:
    return qdrant.EdgeShard.load(str(folder))
