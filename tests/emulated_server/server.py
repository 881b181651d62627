"""A server on the loopback, with a thread for each connection."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, TypeVar

EmulatorT = TypeVar("EmulatorT")
_POLL_S = 0.01


class LoopbackServer(ThreadingHTTPServer, Generic[EmulatorT]):
    """Binds a free port and serves until `stop`; handlers find the emulator in `emulator`."""

    daemon_threads = True
    # Many clients may come at once; a full queue makes the kernel drop one for a second.
    request_queue_size = 128

    def __init__(self, emulator: EmulatorT, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.emulator = emulator
        self._thread = threading.Thread(target=self.serve_forever, args=(_POLL_S,))
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that left, or was killed, is no error here."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
