"""What a conversation carries from line to line, at a terminal or in a pipe.

Owns the assistant's opening in the background, the thread and the last answer.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

from core.closing import Closing
from core.interfaces.answering import answer_turn
from core.interfaces.attachments import parse_line
from core.interfaces.presenter import Presenter
from core.state import State

if TYPE_CHECKING:
    from core.graph import SARAiOrchestrator


class Session(Closing):
    """One conversation. `open_it` runs at once, on a thread, while the user types.

    Args:
        thread: the name of a conversation to go on with; without one nothing is kept.
    """

    def __init__(
        self,
        presenter: Presenter,
        open_it: Callable[[], SARAiOrchestrator],
        *,
        thread: str | None = None,
    ) -> None:
        self.presenter = presenter
        self.last: State | None = None
        self.thread_id = thread or f"conversation-{uuid4().hex}"
        self._kept = thread is not None
        self._asked = False
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="opening")
        self._opening = self._executor.submit(open_it)

    @property
    def assistant(self) -> SARAiOrchestrator:
        """Waits for the opening. Raises: SARAiError, when it failed."""
        if not self._opening.done():
            with self.presenter.waiting() as waiting:
                waiting.at("starting")
                return self._opening.result()
        return self._opening.result()

    def ask(self, words: str) -> State | None:
        """Answer `words`, files attached to them; None when it was stopped before any word.

        Raises: SARAiError.
        """
        turn = {**parse_line(words), "thread_id": self.thread_id}
        self._asked = True  # even what fails may leave a trace
        answered = answer_turn(self.assistant, turn, self.presenter)
        self.last = answered or self.last
        return answered

    def forget(self) -> None:
        """Later answers know nothing of what was said, and nothing of it stays in the folder."""
        self.last = None
        self.assistant.forget(self.thread_id)

    def close(self) -> None:
        """Let go of the assistant; a conversation that nobody named is forgotten."""
        self._executor.shutdown()
        if self._opening.exception() is not None:
            return  # it was never open; whoever asked it something was told why
        with self._opening.result() as assistant:
            if self._asked and not self._kept:
                assistant.forget(self.thread_id)
