"""`sarai fix`: a file of code is mended, the change shown, and written when it is wanted."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.syntax import Syntax

from core.checking import CODE_LANGUAGES, CodeLanguage, names_of
from core.errors import InvalidInput
from core.interfaces.answering import interrupt_cancels
from core.interfaces.consent import consents
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_OK
from core.interfaces.presenter import Presenter, terminal_presenter
from core.interfaces.program_log import program_log
from core.interfaces.source_file import SourceFile, read_source, write_source
from core.interfaces.standard_input import from_terminal, input_text
from core.model_pool import ModelPool
from core.profiles import with_what_is_here
from core.settings import load_settings
from core.storage.folder import open_data_folder

if TYPE_CHECKING:
    from agents.developer import FixResult

STEPS = {
    "analyze": "looking for the cause",
    "fix": "writing a fix",
    "validate": "checking it",
    "document": "explaining it",
}


def run(arguments: argparse.Namespace) -> int:
    """Without a proved fix the file stays as it is."""
    source, error = read_source(arguments.file), _error(arguments)
    folder = Path(arguments.folder).resolve() if arguments.folder else source.project()
    if not source.path.is_relative_to(folder):
        raise InvalidInput(f"{arguments.file} is not in {folder}.", key="folder")
    presenter = terminal_presenter()
    result = _mended(arguments, source, error, folder, presenter)
    if arguments.json:
        print(json.dumps(asdict(result), ensure_ascii=False, indent=2))
    else:
        _show(result, presenter)
    if not result.success:
        return EXIT_FAILED
    return _written(arguments, source, result, presenter)


def _error(arguments: argparse.Namespace) -> str:
    if arguments.error_file is None:
        return str(arguments.error)
    if arguments.error_file == "-":
        return input_text()
    return read_source(arguments.error_file).code


def _language(name: str | None) -> CodeLanguage | None:
    """Raises: InvalidInput, for one that has no check."""
    if name is None:
        return None
    for language in CODE_LANGUAGES:
        if name.lower() in names_of(language):
            return language
    raise InvalidInput(
        f"Nothing checks {name!r}.", key="language", hint=f"There are {', '.join(CODE_LANGUAGES)}."
    )


def _mended(
    arguments: argparse.Namespace,
    source: SourceFile,
    error: str,
    folder: Path,
    presenter: Presenter,
) -> FixResult:
    from agents.developer import CodeFixer  # noqa: PLC0415  about a second

    data = open_data_folder()
    settings = with_what_is_here(load_settings(), data)
    with (
        program_log(data),
        closing(ModelPool(settings, data)) as pool,
        interrupt_cancels() as cancel,
    ):
        return CodeFixer(pool, strategy=arguments.strategy).fix_code(
            source.code,
            error,
            filename=str(source.path.relative_to(folder)),
            code_language=_language(arguments.language),
            command=arguments.command,
            folder=folder,
            follow=lambda step: presenter.note(f"{STEPS[step]} ..."),
            cancel=cancel,
        )


def _show(result: FixResult, presenter: Presenter) -> None:
    presenter.line(result.diagnosis)
    presenter.line("")
    if result.success:
        presenter.render(Syntax(result.changes_made, "diff", background_color="default"))
        presenter.line(result.explanation)
        presenter.line("")
    else:
        presenter.line(f"No fix in {len(result.attempts)} tries. The last one:")
        presenter.line(result.attempts[-1].objection)
        presenter.line("")
    presenter.note(result.check)
    for warning in result.warnings:
        presenter.warn(warning)


def _written(
    arguments: argparse.Namespace, source: SourceFile, result: FixResult, presenter: Presenter
) -> int:
    if not (arguments.yes or _wanted(arguments, source)):
        presenter.note("Nothing was written.")
        return EXIT_OK
    backup = write_source(source, result.fixed_code)
    presenter.note(f"Written. {f'As it was: {backup}' if backup else 'Git has it as it was.'}")
    return EXIT_OK


def _wanted(arguments: argparse.Namespace, source: SourceFile) -> bool:
    if arguments.json or not from_terminal():
        return False
    return consents(f"Write it to {source.path}?", need="Writing needs a yes.", option="--yes")
