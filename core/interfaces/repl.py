"""The conversation at a terminal: prompt, history, completion, commands.

Owns the prompt; commands live in `slash_commands`, the look of answers in `presenter`.
"""

from __future__ import annotations

import threading
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from core.errors import SARAiError
from core.interfaces.answering import answer_turn
from core.interfaces.attachments import parse_line
from core.interfaces.completion import ReplCompleter
from core.interfaces.presenter import terminal_presenter
from core.interfaces.session import Session
from core.interfaces.slash_commands import COMMANDS, Leave, run_command
from core.interfaces.start_line import start_line
from core.storage.folder import open_data_folder

GREETING = "SARAi · /help for commands · @file attaches · Alt-Enter for a new line"
PROMPT = "› "
PRIVATE_FILE_MODE = 0o600


def converse() -> int:
    """Talk until /exit or Ctrl-D."""
    folder = open_data_folder()
    presenter = terminal_presenter()
    presenter.note(GREETING)
    with Session(presenter) as session:
        # LangGraph takes about a second to import: that happens while the user types.
        threading.Thread(target=session.warm_up, daemon=True).start()
        prompt = _prompt_session(folder.root / "history")
        told = False
        while True:
            try:
                line = prompt.prompt(PROMPT).strip()
            except KeyboardInterrupt:
                continue
            except EOFError:
                return 0
            if not line:
                continue
            try:
                if not told:
                    presenter.note(start_line(session.orchestrator.services))
                    told = True
                _answer(line, session)
            except Leave:
                return 0
            except SARAiError as error:
                presenter.error(error)


def _answer(line: str, session: Session) -> None:
    if line.startswith("/"):
        run_command(line, session)
        return
    turn = {**parse_line(line), "thread_id": session.thread_id}
    state = answer_turn(session.orchestrator, turn, session.presenter)
    if state is not None:
        session.last = state


def _prompt_session(history: Path) -> PromptSession[str]:
    history.touch(PRIVATE_FILE_MODE)
    return PromptSession(
        history=FileHistory(str(history)),
        completer=ReplCompleter(tuple(COMMANDS)),
        complete_while_typing=False,
        multiline=True,
        key_bindings=_keys(),
    )


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
