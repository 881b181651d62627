"""Which frame is for whom, while several exchanges with one worker go on.

Owns the queues of those who wait; knows nothing of what the frames mean.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from queue import Empty, SimpleQueue
from typing import BinaryIO

from core.engines.llama.wire import Frame, read_frame


class Notice(Enum):
    """What may come in place of a frame."""

    GONE = auto()  # the worker: no frame comes any more
    CALLED_OFF = auto()  # the request, by its caller


Frames = SimpleQueue[Frame | Notice]


class Incoming:
    """Hands each frame to the exchange that it answers; what nobody expects is dropped.

    No lock is held, because `forget` runs in finalizers, which may interrupt any thread
    anywhere: each line relies on one operation of a dict or queue, which is atomic.
    """

    def __init__(self) -> None:
        self._expected: dict[int, Frames] = {}
        self._ended = False
        self._watchers: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def expect(self, number: int) -> Frames:
        """Where the frames of exchange `number` will come."""
        frames: Frames = SimpleQueue()
        self._expected[number] = frames
        if self._ended:  # looked at last: `receive_all` sets it before it looks for us
            frames.put(Notice.GONE)
        return frames

    def forget(self, number: int) -> None:
        self._expected.pop(number, None)

    def when_ended(self, call: Callable[[], None]) -> None:
        """Call it once, when the worker has gone."""
        self._watchers.put(call)
        if self._ended:
            self._call_watchers()

    def receive_all(self, pipe: BinaryIO) -> None:
        """Read until the worker has gone, which everybody is then told."""
        with pipe:
            while frame := read_frame(pipe):
                frames = self._expected.get(frame.header["id"])
                if frames is not None:
                    frames.put(frame)
        self._ended = True
        for frames in self._expected.copy().values():
            frames.put(Notice.GONE)
        self._call_watchers()

    def _call_watchers(self) -> None:
        """Each is taken out by one thread alone, however many come here."""
        while True:
            try:
                self._watchers.get_nowait()()
            except Empty:
                return
