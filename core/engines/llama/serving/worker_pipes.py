"""The worker's ends of the two pipes: what comes in, and what goes out.

Owns the thread that reads; knows nothing of models.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from typing import BinaryIO, overload

from core.engines.llama.serving.aborts import Aborts
from core.engines.llama.wire import Buffer, Frame, Header, read_frame, write_frame

CLOSE_LIMIT_S = 1.8
"""Less than what the engine waits before it kills the process."""


class Inbox:
    """Reads the pipe on a thread of its own, so that an abort is heard during an evaluation.

    The process ends when the other end of the pipe closes, whatever it is doing then; after a
    polite word the main thread has CLOSE_LIMIT_S to end it itself.
    """

    def __init__(self, stream: BinaryIO, aborts: Aborts) -> None:
        self._stream = stream
        self._aborts = aborts
        self._requests: SimpleQueue[Frame] = SimpleQueue()
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    @overload
    def wait(self) -> Frame: ...
    @overload
    def wait(self, limit_s: float) -> Frame | None: ...
    def wait(self, limit_s: float | None = None) -> Frame | None:
        """The next request, when it has come; None when none has within `limit_s`."""
        try:
            return self._requests.get(timeout=limit_s)
        except Empty:
            return None

    def next(self) -> Frame | None:
        """The next request, if one has come."""
        try:
            return self._requests.get_nowait()
        except Empty:
            return None

    def _read(self) -> None:
        closing = False
        try:
            while frame := read_frame(self._stream):
                number = frame.header["id"]
                if frame.kind == "abort":
                    self._aborts.abort(number)
                    continue
                if frame.kind == "close":
                    closing = True
                    self._aborts.stop()
                self._aborts.open(number)
                self._requests.put(frame)
        finally:
            if closing:
                time.sleep(CLOSE_LIMIT_S)
            # Not sys.exit: the main thread may be deep inside llama.cpp.
            os._exit(0)


class Outbox:
    """Writes what answers the requests."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def send(self, number: int, header: Header, buffers: Sequence[Buffer] = ()) -> None:
        """Write a frame about request `number`."""
        try:
            write_frame(self._stream, header | {"id": number}, buffers)
        except BrokenPipeError:
            os._exit(0)  # the parent has gone
