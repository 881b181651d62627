"""`sarai memory`: what is remembered, looked at, added to, forgotten, taken along."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from pathlib import Path

from core.errors import InvalidInput
from core.interfaces.exit_codes import EXIT_OK
from core.interfaces.memory_view import found_lines, meant_by, memory_line, memory_lines
from core.interfaces.opened_memory import opened_memory
from core.interfaces.presenter import Presenter, terminal_presenter
from core.interfaces.program_log import program_log
from core.interfaces.standard_input import input_text
from core.memory.memory import Memory
from core.memory.transfer import export_lines, exported, import_lines
from core.settings.user_path import with_home
from core.storage.folder import open_data_folder
from core.storage.private_file import PRIVATE_FILE_MODE

STANDARD = "-"
FOUND = 10


def run(arguments: argparse.Namespace) -> int:
    """One of the actions, on the memory of one user."""
    presenter, folder = terminal_presenter(), open_data_folder()
    words, user = " ".join(getattr(arguments, "words", ())), arguments.user
    with program_log(folder), opened_memory(folder) as memory:
        match arguments.action:
            case "list":
                _list(memory, user, presenter, as_json=arguments.json)
            case "search":
                _search(memory, words, user, presenter, as_json=arguments.json)
            case "remember":
                presenter.line(f"remembered: {memory_line(memory.remember(words, user=user))}")
            case "forget":
                count = memory.forget(meant_by(words, memory, user))
                presenter.line(f"Forgotten: {count}. It does not come back by itself.")
            case "export":
                _export(memory, arguments.file, user, presenter)
            case "import":
                _import(memory, arguments.file, user, presenter)
            case "rebuild":
                memory.rebuild()
                presenter.line("The vectors of everybody's memory are made anew.")
    return EXIT_OK


def _list(memory: Memory, user: str, presenter: Presenter, *, as_json: bool) -> None:
    memories = memory.listed(user=user)
    if as_json:
        presenter.line(json.dumps([{"id": each.id, **exported(each)} for each in memories]))
        return
    _show(memory_lines(memories), presenter)


def _search(memory: Memory, words: str, user: str, presenter: Presenter, *, as_json: bool) -> None:
    found = memory.search(words, FOUND, user=user)
    if as_json:
        rows = [
            {"id": each.memory.id, "score": each.score, **exported(each.memory)}
            for each in found.recollections
        ]
        presenter.line(json.dumps(rows))
        return
    _show(found_lines(found.recollections), presenter)
    if found.note:
        presenter.note(found.note)


def _show(lines: Iterable[str], presenter: Presenter) -> None:
    for line in list(lines) or ["Nothing is remembered."]:
        presenter.line(line)


def _export(memory: Memory, file: str, user: str, presenter: Presenter) -> None:
    lines = list(export_lines(memory, user=user))
    text = "".join(f"{line}\n" for line in lines)
    if file == STANDARD:
        print(text, end="")
        return
    target = with_home(Path(file)).absolute()
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE)
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(text)
    except OSError as error:
        raise InvalidInput(
            f"{target} cannot be written: {error.strerror}.",
            key="file",
            hint="Name a file that is not there yet, in a folder that you may write to.",
        ) from error
    presenter.line(f"{len(lines)} memories are in {target}; only you can read it.")


def _import(memory: Memory, file: str, user: str, presenter: Presenter) -> None:
    done = import_lines(memory, _lines(file), user=user)
    presenter.line(
        f"{done.new} memories are new, {done.known} were there already, "
        f"{done.forgotten} stay forgotten."
    )


def _lines(file: str) -> list[str]:
    if file == STANDARD:
        return input_text().split("\n")
    path = with_home(Path(file)).absolute()
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not written in UTF-8"
        raise InvalidInput(f"{path} cannot be read: {reason}.", key="file") from error
