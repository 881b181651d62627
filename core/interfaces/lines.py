"""Answers to the lines of a stream: SARAi in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from core.errors import SARAiError
from core.interfaces.answering import was_stopped
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK
from core.interfaces.opening import open_assistant
from core.interfaces.presenter import terminal_presenter
from core.interfaces.program_log import program_log
from core.interfaces.session import Session
from core.interfaces.slash_commands import Leave, is_command, run_command
from core.settings import load_settings
from core.storage.folder import open_data_folder


def answer_lines(lines: Iterable[str], *, thread: str | None) -> int:
    """Answer each line, or do what its `/command` says; all as one conversation, which is kept
    only when it has a name.

    Returns: EXIT_FAILED when a line could not be answered (those after it still are);
        EXIT_INTERRUPTED when one was stopped, which ends it all.

    Raises: ConfigError, StorageError, before the first line is read.
    """
    settings, folder = load_settings(), open_data_folder()
    presenter = terminal_presenter()
    with (
        program_log(folder),
        Session(presenter, lambda: open_assistant(settings, folder), thread=thread) as session,
    ):
        _ = session.assistant  # what cannot be opened ends it here, not once for each line
        return _answer_all(lines, session)


def _answer_all(lines: Iterable[str], session: Session) -> int:
    code = EXIT_OK
    for line in lines:
        try:
            if is_command(line):
                run_command(line, session)
            elif was_stopped(session.ask(line)):
                return EXIT_INTERRUPTED
        except Leave:
            break
        except SARAiError as error:
            print(f"sarai: {error}", file=sys.stderr)
            code = EXIT_FAILED
    return code
