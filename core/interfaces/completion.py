"""Completion at the prompt: /commands, and paths behind an @.

Owns what is offered where; knows nothing of what commands do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from core.interfaces.attachments import MEDIA_SUFFIXES


class ReplCompleter(Completer):
    """Offers commands at the start of a line, media files and folders behind an @."""

    def __init__(self, commands: Sequence[str]) -> None:
        self._commands = commands
        self._paths = PathCompleter(file_filter=_attachable, expanduser=True)

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        """Complete the word before the cursor."""
        typed = document.text_before_cursor
        if typed.startswith("/") and " " not in typed:
            yield from (
                Completion(command, start_position=-len(typed))
                for command in self._commands
                if command.startswith(typed)
            )
            return
        _, at, path = typed.rpartition("@")
        if not at or (" " in path and not path.startswith('"')):
            return
        path = path.removeprefix('"')
        yield from self._paths.get_completions(Document(path, len(path)), event)


def _attachable(name: str) -> bool:
    path = Path(name)
    return path.is_dir() or path.suffix.lower() in MEDIA_SUFFIXES
