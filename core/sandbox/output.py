"""What a program prints, kept to a bound while it runs.

Owns the first and the last part of a stream; a program that prints without end costs no more.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import IO

PIECE_BYTES = 65_536


class KeptOutput:
    """Reads a pipe in a thread of its own until it ends.

    Args:
        kept_kb: three quarters are for the beginning, where compilers say most, the rest for
            the end.
    """

    def __init__(self, pipe: IO[bytes], kept_kb: int) -> None:
        self._pipe = pipe
        self._first_bytes, self._last_bytes = kept_kb * 768, kept_kb * 256
        self._first = bytearray()
        self._last: deque[bytes] = deque()
        self._last_held = 0
        self.total_bytes = 0
        self._thread = threading.Thread(target=self._read, name="sandbox output", daemon=True)
        self._thread.start()

    def text(self, wait_s: float) -> str:
        """What was kept, once the stream has ended or `wait_s` have passed."""
        self._thread.join(wait_s)
        last = b"".join(self._last)[-self._last_bytes :]
        left_out = self.total_bytes - len(self._first) - len(last)
        middle = f"\n[... {left_out} bytes left out ...]\n".encode() if left_out > 0 else b""
        return (bytes(self._first) + middle + last).decode(errors="replace")

    def _read(self) -> None:
        with self._pipe:
            while piece := self._pipe.read1(PIECE_BYTES):  # type: ignore[attr-defined]
                self._keep(piece)

    def _keep(self, piece: bytes) -> None:
        self.total_bytes += len(piece)
        room = self._first_bytes - len(self._first)
        self._first += piece[:room]
        if rest := piece[room:]:
            self._last.append(rest)
            self._last_held += len(rest)
        while self._last and self._last_held - len(self._last[0]) >= self._last_bytes:
            self._last_held -= len(self._last.popleft())
