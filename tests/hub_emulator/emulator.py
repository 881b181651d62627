"""The emulated hub: its files, its faults, its pace, and a record of what it was asked."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from tests.hub_emulator.faults import Fault

TOKEN = "hf_emulated"  # noqa: S105  nobody else's
COMMIT = hashlib.sha1(b"emulated", usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class RecordedRequest:
    """`server` is "hub" or "files"; names of headers are in lower case."""

    server: str
    method: str
    path: str
    headers: Mapping[str, str]


class EmulatedServer(ThreadingHTTPServer):
    """Binds a free loopback port at once; handlers find the emulator in `emulator`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, emulator: HubEmulator, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.emulator = emulator

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is killed is no error here."""


class HubEmulator:
    """A hub and its file server, from entering the block to leaving it.

    Args:
        repositories: files by name, by repository; all at the revision COMMIT, alias main.
        bytes_per_s: the pace of all files together; None is as fast as it goes.
        gated: repositories that ask for TOKEN.
        renamed: old names of repositories, which redirect within the hub.
    """

    def __init__(
        self,
        repositories: Mapping[str, Mapping[str, bytes]],
        *,
        bytes_per_s: float | None = None,
        gated: frozenset[str] = frozenset(),
        renamed: Mapping[str, str] | None = None,
    ) -> None:
        self.repositories = {name: dict(files) for name, files in repositories.items()}
        self.bytes_per_s = bytes_per_s
        self.gated = gated
        self.renamed = renamed or {}
        self.revisions = {COMMIT, "main"}
        self.claimed_sizes: dict[str, int] = {}
        self.links_last = True
        self.serves_itself = False  # as mirrors do, without another server for the files
        self._faults: dict[str, deque[Fault]] = {"hub": deque(), "files": deque()}
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._requests: list[RecordedRequest] = []
        self._sent_bytes = 0
        self._free_s = 0.0
        self._stalls_at: int | None = None

    def __enter__(self) -> Self:
        from tests.hub_emulator.handlers import FileHandler, HubHandler  # noqa: PLC0415

        self._servers = [EmulatedServer(self, HubHandler), EmulatedServer(self, FileHandler)]
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.01,)) for server in self._servers
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stall_at(None)
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()

    @property
    def endpoint(self) -> str:
        return self._servers[0].address

    @property
    def files_address(self) -> str:
        return self._servers[1].address

    @property
    def sent_bytes(self) -> int:
        """Of all files, without headers. What was sent to somebody who died counts too."""
        with self._lock:
            return self._sent_bytes

    def wait_for_bytes(self, sent_bytes: int, within_s: float = 100.0) -> bool:
        """Wait until so many were sent; whether it came to that."""
        with self._changed:
            return self._changed.wait_for(lambda: self._sent_bytes >= sent_bytes, within_s)

    def stall_at(self, sent_bytes: int | None) -> None:
        """From now on nothing is sent beyond so many bytes; None lets everything pass."""
        with self._changed:
            self._stalls_at = sent_bytes
            self._changed.notify_all()

    def requests(self, server: str) -> list[RecordedRequest]:
        """The requests to "hub" or "files" so far, oldest first."""
        with self._lock:
            return [request for request in self._requests if request.server == server]

    def fail_next(self, fault: Fault, server: str = "files") -> None:
        """Let the next request to this server (after those already scheduled) meet `fault`."""
        self._faults[server].append(fault)

    # What the handlers use.

    def record(self, request: RecordedRequest) -> None:
        with self._lock:
            self._requests.append(request)

    def next_fault(self, server: str) -> Fault | None:
        with self._lock:
            waiting = self._faults[server]
            return waiting.popleft() if waiting else None

    def find(self, repository: str, name: str) -> bytes | None:
        return self.repositories[repository].get(name)

    def by_sum(self, sha256: str) -> bytes | None:
        for files in self.repositories.values():
            for content in files.values():
                if hashlib.sha256(content).hexdigest() == sha256:
                    return content
        return None

    def pace(self, size_bytes: int) -> None:
        """Wait until so many more may be sent."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._stalls_at is None or self._sent_bytes < self._stalls_at
            )
            if self.bytes_per_s is None:
                return
            start_s = max(self._free_s, time.monotonic())
            self._free_s = start_s + size_bytes / self.bytes_per_s
        time.sleep(max(0.0, start_s - time.monotonic()))

    def sent(self, size_bytes: int) -> None:
        with self._changed:
            self._sent_bytes += size_bytes
            self._changed.notify_all()
