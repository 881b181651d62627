"""An emulated service: its servers, the faults to come, and a record of what it was asked."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from http.server import BaseHTTPRequestHandler
from typing import ClassVar, Generic, Self, TypeVar

from tests.emulated_server.recording import RecordedRequest
from tests.emulated_server.server import LoopbackServer

FaultT = TypeVar("FaultT")
WAIT_S = 10.0


class Emulator(Generic[FaultT]):
    """Serves from entering the block to leaving it, with one server for each of `handlers`.

    Requests and faults are kept apart by where they go: a path, unless handlers say otherwise;
    `usual` is where tests mean when they name none.
    """

    handlers: ClassVar[tuple[type[BaseHTTPRequestHandler], ...]]
    usual: ClassVar[str]

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._faults: dict[str, deque[FaultT]] = defaultdict(deque)
        self._requests: dict[str, list[RecordedRequest]] = defaultdict(list)
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        self.servers = [LoopbackServer(self, handler) for handler in self.handlers]
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        for server in self.servers:
            server.stop()

    def fail_next(self, fault: FaultT, where: str = "") -> None:
        """Let the next request there (after those already scheduled) meet `fault`."""
        with self._changed:
            self._faults[where or self.usual].append(fault)

    def requests(self, where: str = "") -> list[RecordedRequest]:
        """The requests there so far, oldest first."""
        with self._changed:
            return list(self._requests[where or self.usual])

    def wait_for(self, where: str = "", count: int = 1) -> RecordedRequest:
        """Wait until it was asked `count` times; the last of these requests."""
        where = where or self.usual
        with self._changed:
            arrived = self._changed.wait_for(lambda: len(self._requests[where]) >= count, WAIT_S)
            assert arrived, f"{where} was not asked {count} times"
            return self._requests[where][count - 1]

    # What the handlers use.

    def record(self, request: RecordedRequest, where: str) -> FaultT | None:
        """Keep the request; the fault that it shall meet."""
        with self._changed:
            self._requests[where].append(request)
            self._changed.notify_all()
            waiting = self._faults[where]
            return waiting.popleft() if waiting else None
