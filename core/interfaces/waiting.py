"""A sign of life while nothing can be shown yet: what is being done.

Owns one line of the terminal, which it leaves empty. Elsewhere it writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

from core.closing import Closing

if TYPE_CHECKING:
    from core.model_pool import PoolEvent

ListenToPool = Callable[[Callable[["PoolEvent"], None]], Callable[[], None]]
"""As `ModelPool.listen`."""


class Waiting(Closing):
    """Shown on `notes`, if both it and `answers` are terminals, until `close`."""

    def __init__(self, notes: Console, answers: Console) -> None:
        self._status = Status("", console=notes) if _both_terminals(notes, answers) else None

    def at(self, what: str) -> None:
        """What is being done now."""
        if self._status is not None:
            self._status.update(Text(f"{what}…", style="dim"))

    @contextmanager
    def following(self, listen: ListenToPool) -> Iterator[None]:
        """While inside, what happens to models is shown too."""
        leave = listen(self._hear)
        try:
            yield
        finally:
            leave()

    def _hear(self, event: PoolEvent) -> None:
        # Imported here, because the prompt does not wait for the pool's modules.
        from core.interfaces.pool_words import words_for  # noqa: PLC0415

        if words := words_for(event):
            self.at(words)

    def close(self) -> None:
        """Give the line back."""
        if self._status is not None:
            self._status.stop()

    def __enter__(self) -> Self:
        if self._status is not None:
            self._status.start()
        return self


def _both_terminals(notes: Console, answers: Console) -> bool:
    return notes.is_terminal and answers.is_terminal
