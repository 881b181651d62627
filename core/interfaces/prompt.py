"""The prompt: history, completion, several lines, and what the keys do.

Owns prompt_toolkit's settings; knows nothing of what is typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.patch_stdout import patch_stdout
from prompt_toolkit.shortcuts import CompleteStyle

from core.interfaces.completion import ReplCompleter
from core.storage.private_file import make_private

PROMPT = "› "
CONTINUATION = "· "


class Prompt:
    """Asks for one entry at a time; it may have several lines.

    Raises: OSError, when the history cannot be written.
    """

    def __init__(self, history: Path, commands: Sequence[str]) -> None:
        make_private(history)
        self._session: PromptSession[str] = PromptSession(
            history=FileHistory(str(history)),
            completer=ReplCompleter(commands),
            complete_while_typing=False,
            complete_style=CompleteStyle.READLINE_LIKE,
            enable_suspend=True,
            multiline=True,
            prompt_continuation=CONTINUATION,
            key_bindings=_keys(),
        )

    def ask(self) -> str:
        """What was typed, without the blank space around it.

        Raises: KeyboardInterrupt at Ctrl-C, EOFError at Ctrl-D.
        """
        with patch_stdout(raw=True):  # what is told meanwhile stands above the prompt
            return self._session.prompt(PROMPT).strip()


def _keys() -> KeyBindings:
    """Enter sends; Alt-Enter (or Esc, Enter) begins a new line. Pasted lines stay lines."""
    keys = KeyBindings()

    @keys.add("enter")
    def send(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def new_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
