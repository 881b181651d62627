"""What a conversation at the terminal carries from line to line.

Owns the orchestrator's lazy start, the thread and the last answer.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from core.errors import SARAiError
from core.interfaces.presenter import Presenter
from core.state import State

if TYPE_CHECKING:
    from core.graph import SARAiOrchestrator


class Session:
    """One conversation. The orchestrator is made at first use, by whoever comes first."""

    def __init__(self, presenter: Presenter) -> None:
        self.presenter = presenter
        self.last: State | None = None
        self.thread_id = ""
        self.start_thread()
        self._lock = threading.Lock()
        self._orchestrator: SARAiOrchestrator | None = None

    @property
    def orchestrator(self) -> SARAiOrchestrator:
        """Raises: SARAiError, when the configuration or the data folder is unusable."""
        with self._lock:
            if self._orchestrator is None:
                from core.graph import SARAiOrchestrator  # noqa: PLC0415  about a second

                self._orchestrator = SARAiOrchestrator()
            return self._orchestrator

    def warm_up(self) -> None:
        """Make the orchestrator ahead of its first use; a failure shows at that use."""
        with suppress(SARAiError):
            _ = self.orchestrator

    def start_thread(self) -> None:
        """Forget what was said: later answers know nothing of it."""
        self.thread_id = f"repl-{uuid4().hex}"
        self.last = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            if self._orchestrator is not None:
                self._orchestrator.close()
