"""The emulated server: its models, its faults and a record of what it was asked."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterable
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Self

from core.engines.ollama.server import full_name
from tests.ollama_emulator.faults import Fault
from tests.ollama_emulator.handler import EmulatedHttpServer
from tests.ollama_emulator.models import EmulatedModel
from tests.ollama_emulator.recording import RecordedRequest

WAIT_S = 10.0


class OllamaEmulator:
    """A server on a free port of the loopback, from entering the block to leaving it.

    Args:
        models: installed at the start.
        registry: models that can be pulled.
        version: what `/api/version` says.
    """

    def __init__(
        self,
        models: Iterable[EmulatedModel] = (),
        *,
        registry: Iterable[EmulatedModel] = (),
        version: str = "0.32.1",
    ) -> None:
        self.version = version
        self.stopping = threading.Event()
        self._installed = {full_name(model.name): model for model in models}
        self._registry = {full_name(model.name): model for model in registry}
        self._loaded: dict[str, int] = {}
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
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def fail_next(self, fault: Fault, path: str = "/api/chat") -> None:
        """Let the next request to `path` (after those already scheduled) meet `fault`."""
        self._faults[path].append(fault)

    def requests(self, path: str) -> list[RecordedRequest]:
        """The requests to `path` so far, oldest first."""
        with self._changed:
            return [request for request in self._requests if request.path == path]

    def wait_for(self, path: str, count: int = 1) -> RecordedRequest:
        """Wait until `path` was asked `count` times; the last of these requests."""
        with self._changed:
            arrived = self._changed.wait_for(
                lambda: sum(request.path == path for request in self._requests) >= count, WAIT_S
            )
        assert arrived, f"{path} was not asked {count} times"
        return self.requests(path)[count - 1]

    def remove(self, name: str) -> None:
        """As `ollama rm` does."""
        del self._installed[full_name(name)]
        self.unload(name)

    def is_loaded(self, name: str) -> bool:
        return full_name(name) in self._loaded

    # What the handlers use.

    @property
    def installed(self) -> list[EmulatedModel]:
        return list(self._installed.values())

    @property
    def loaded(self) -> list[tuple[EmulatedModel, int]]:
        """Loaded models, each with its context in tokens."""
        return [(self._installed[name], context) for name, context in self._loaded.items()]

    def find(self, name: str) -> EmulatedModel | None:
        return self._installed.get(full_name(name))

    def load(self, model: EmulatedModel, context_tokens: int) -> None:
        self._loaded[full_name(model.name)] = context_tokens

    def unload(self, name: str) -> None:
        self._loaded.pop(full_name(name), None)

    def pull(self, name: str) -> EmulatedModel | None:
        model = self._registry.get(full_name(name))
        if model is not None:
            self._installed[full_name(name)] = model
        return model

    def record(self, request: RecordedRequest) -> None:
        with self._changed:
            self._requests.append(request)
            self._changed.notify_all()

    def next_fault(self, path: str) -> Fault | None:
        waiting = self._faults[path]
        return waiting.popleft() if waiting else None
