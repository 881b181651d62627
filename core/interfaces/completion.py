"""Completion at the prompt: /commands, and paths behind an @.

Owns what is offered where; knows nothing of what commands do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from core.interfaces.attachments import MEDIA_SUFFIXES

_BEGUN_ATTACHMENT = re.compile(
    r"""(?<![^\s(\[«¿¡])@(?:(?P<quote>["'])(?P<quoted>.*)|(?P<plain>\S*))$"""
)


class ReplCompleter(Completer):
    """Offers commands at the start of a line, media files and folders behind an @."""

    def __init__(self, commands: Sequence[str]) -> None:
        self._commands = commands
        self._paths = PathCompleter(file_filter=_attachable, expanduser=True)

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        """Complete the word before the cursor."""
        typed = document.text_before_cursor
        if typed.startswith("/") and not any(map(str.isspace, typed)):
            yield from (
                Completion(command, start_position=-len(typed))
                for command in self._commands
                if command.startswith(typed)
            )
        elif begun := _BEGUN_ATTACHMENT.search(document.current_line_before_cursor):
            yield from self._attachments(begun, event)

    def _attachments(self, begun: re.Match[str], event: CompleteEvent) -> Iterable[Completion]:
        """Whole names, quoted where a space would end them."""
        path = begun["quoted"] if begun["quote"] else begun["plain"]
        for found in self._paths.get_completions(Document(path, len(path)), event):
            whole = path + found.text
            quote = begun["quote"] or ('"' if " " in whole else "")
            yield Completion(
                quote + whole + (quote if Path(whole).expanduser().is_file() else ""),
                start_position=begun.start() + 1 - len(begun.string),
                display=found.display,
            )


def _attachable(name: str) -> bool:
    path = Path(name)
    return path.is_dir() or path.suffix.lower() in MEDIA_SUFFIXES
