"""The conversation at a terminal, from the greeting to the end.

Owns its loop; the prompt, the commands and the look of answers have modules of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import SARAiError, StorageError
from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.opening import open_assistant
from core.interfaces.presenter import Presenter, terminal_presenter
from core.interfaces.program_log import program_log
from core.interfaces.prompt import Prompt
from core.interfaces.session import Session
from core.interfaces.slash_commands import COMMANDS, Leave, is_command, run_command
from core.interfaces.unseen_keys import unseen_keys
from core.interfaces.who_answers import who_answers
from core.settings import Settings, load_settings
from core.storage.folder import DataFolder, open_data_folder

if TYPE_CHECKING:
    from core.graph import SARAiOrchestrator

GREETING = "SARAi · /help lists the commands · @file attaches · Alt-Enter for a new line"
HOW_TO_LEAVE = "Ctrl-D or /exit leaves."


def converse(thread: str | None) -> int:
    """Talk until /exit or Ctrl-D. `thread` names a conversation that is kept.

    Raises: ConfigError, StorageError, before anything is asked.
    """
    settings, folder = load_settings(), open_data_folder()
    presenter = terminal_presenter()
    prompt = _prompt(folder)

    def open_and_tell() -> SARAiOrchestrator:
        return _open_and_tell(settings, folder, presenter)

    presenter.note(GREETING)
    with program_log(folder), Session(presenter, open_and_tell, thread=thread) as session:
        while True:
            try:
                _respond(prompt.ask(), session)
            except KeyboardInterrupt:
                presenter.note(HOW_TO_LEAVE)
            except SARAiError as error:
                presenter.error(error)
            except (EOFError, Leave):
                return EXIT_OK


def _prompt(folder: DataFolder) -> Prompt:
    try:
        return Prompt(folder.prompt_history, tuple(COMMANDS))
    except OSError as error:
        raise StorageError(
            f"The prompt's history {folder.prompt_history} cannot be used: {error.strerror}.",
            hint="Check who owns it, or set SARAI_HOME to a folder of your own.",
        ) from error


def _open_and_tell(
    settings: Settings, folder: DataFolder, presenter: Presenter
) -> SARAiOrchestrator:
    assistant = open_assistant(settings, folder)
    answerers = who_answers(assistant.services.pool)
    presenter.tell_absent(answerers.absent)
    presenter.note(answerers.line)
    return assistant


def _respond(entry: str, session: Session) -> None:
    if is_command(entry):
        run_command(entry, session)
    elif entry:
        with unseen_keys():
            session.ask(entry)
