"""The emulated server: its models, its faults and a record of what it was asked."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterable
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Self

from tests.openai_emulator.dialects import Dialect
from tests.openai_emulator.faults import Fault
from tests.openai_emulator.handler import EmulatedHttpServer
from tests.openai_emulator.models import EmulatedModel
from tests.openai_emulator.recording import RecordedRequest

WAIT_S = 10.0
CHAT = "/v1/chat/completions"


class OpenAIEmulator:
    """A server on a free port of the loopback, from entering the block to leaving it.

    Args:
        models: what it has.
        dialect: whose errors and additions it shows.
        api_key: what it wants to be shown; empty: nothing.
    """

    def __init__(
        self,
        models: Iterable[EmulatedModel] = (),
        *,
        dialect: Dialect = "llama.cpp",
        api_key: str = "",
    ) -> None:
        self.models = list(models)
        self.dialect = dialect
        self.api_key = api_key
        self.stopping = threading.Event()
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._requests: list[RecordedRequest] = []
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        self._server: ThreadingHTTPServer = EmulatedHttpServer(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def fail_next(self, fault: Fault, path: str = CHAT) -> None:
        """Let the next request to `path` (after those already scheduled) meet `fault`."""
        self._faults[path].append(fault)

    def requests(self, path: str = CHAT) -> list[RecordedRequest]:
        """The requests to `path` so far, oldest first."""
        with self._changed:
            return [request for request in self._requests if request.path == path]

    def wait_for(self, path: str = CHAT, count: int = 1) -> RecordedRequest:
        """Wait until `path` was asked `count` times; the last of these requests."""
        with self._changed:
            arrived = self._changed.wait_for(
                lambda: sum(request.path == path for request in self._requests) >= count, WAIT_S
            )
        assert arrived, f"{path} was not asked {count} times"
        return self.requests(path)[count - 1]

    # What the handlers use.

    def record(self, request: RecordedRequest) -> None:
        with self._changed:
            self._requests.append(request)
            self._changed.notify_all()

    def next_fault(self, path: str) -> Fault | None:
        waiting = self._faults[path]
        return waiting.popleft() if waiting else None
