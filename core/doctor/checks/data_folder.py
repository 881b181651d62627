"""The data folder: whether it can be written, and whether its databases are whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from core.doctor.finding import Finding, fail, ok
from core.doctor.places import existing_part
from core.doctor.surroundings import Surroundings
from core.errors import StorageError
from core.storage.inspection import inspect_database
from core.storage.migrations import MIGRATIONS

ELSEWHERE = "Give it to yourself (chown), or set SARAI_HOME to a folder you can write to."
PROBE = bytes(4096)
"""A block: a full disk takes an empty file."""


def check_data_folder(around: Surroundings) -> Iterator[Finding]:
    root = around.data.root
    if existing_part(root) != root:
        yield _would_be_made(root)
        return
    if not root.is_dir():
        yield fail(f"{root} is not a folder", "Set SARAI_HOME to a folder.")
        return
    problem = _write_probe(root)
    yield fail(f"{root} cannot be written: {problem}", ELSEWHERE) if problem else ok(str(root))
    if around.data.database.exists():
        yield _database(around.data.database, len(MIGRATIONS))
    data = around.data
    for path in (data.checkpoints, data.workflows, data.memory, data.answers):
        if path.exists():
            yield _database(path)


def _would_be_made(root: Path) -> Finding:
    above = existing_part(root)
    if above.is_dir() and os.access(above, os.W_OK | os.X_OK):
        return ok(f"{root} will be made when it is needed")
    return fail(f"{root} cannot be made: {above} may not be written", ELSEWHERE)


def _write_probe(root: Path) -> str:
    """Why nothing can be written there; "" when it can. The file is gone afterwards."""
    try:
        with tempfile.NamedTemporaryFile(dir=root, prefix=".doctor-") as file:
            file.write(PROBE)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _database(path: Path, newest: int | None = None) -> Finding:
    """`newest` is the version of the tables that this SARAi knows, where it owns them."""
    try:
        version = inspect_database(path)
    except StorageError as error:
        return fail(error.message, error.hint, subject=path.name)
    if newest is None:
        return ok("whole", subject=path.name)
    told = f"whole, version {version}"
    if version > newest:
        return fail(
            f"{told}, which belongs to a newer SARAi: this one knows {newest}",
            "Update SARAi, or set SARAI_HOME to another folder.",
            subject=path.name,
        )
    update = f"; the next start brings it to {newest}" if version < newest else ""
    return ok(told + update, subject=path.name)
