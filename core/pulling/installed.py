"""Files that are here: checked against what they should be, and removed.

Owns both; knows nothing of how files came here, except by their receipts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.cancellation import Cancellation
from core.errors import ModelError, StorageError
from core.model_files.checksums import Checksums, sha256_of
from core.model_files.header import read_header
from core.model_files.identity import identify
from core.pulling.part import part_path, read_receipt, receipt_path
from core.pulling.plan import found_at, place_of
from core.pulling.wanted import WantedFile, WantedModel
from core.storage.database import Database

Verdict = Literal["whole", "no sum known", "damaged", "incomplete", "missing"]
GOOD: tuple[Verdict, ...] = ("whole", "no sum known")


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one file. `path` is None when nothing of it is here."""

    wanted: WantedFile
    verdict: Verdict
    path: Path | None
    detail: str = ""


def verify(
    models: Iterable[WantedModel], models_folder: Path, database: Database, cancel: Cancellation
) -> Iterator[Checked]:
    """Read every file of `models` in full, as it is now, and compare its sum.

    Raises: StorageError; Cancelled, on request.
    """
    checksums = Checksums(database)
    for model in models:
        for wanted in model.files:
            yield _checked(wanted, models_folder, checksums, cancel)


def _checked(
    wanted: WantedFile, models_folder: Path, checksums: Checksums, cancel: Cancellation
) -> Checked:
    path = found_at(wanted, models_folder)
    if path is None:
        part = part_path(place_of(wanted, models_folder))
        if part.exists():
            return Checked(wanted, "incomplete", part, "`sarai models pull` goes on with it")
        return Checked(wanted, "missing", None)
    expected = _expected(wanted, path)
    try:
        read_header(path, model=wanted.model)
        file = identify(path, model=wanted.model)
        actual = sha256_of(file, model=wanted.model, cancel=cancel)
    except ModelError as error:
        return Checked(wanted, "damaged", path, error.message)
    checksums.keep(file, actual)
    if expected is None:
        return Checked(wanted, "no sum known", path, f"its SHA-256 is {actual}")
    if actual != expected:
        return Checked(wanted, "damaged", path, f"its SHA-256 is {actual} and not {expected}")
    return Checked(wanted, "whole", path)


def _expected(wanted: WantedFile, path: Path) -> str | None:
    if wanted.sha256 is not None:
        return wanted.sha256
    receipt = read_receipt(path)
    return None if receipt is None else receipt.sha256


@dataclass(frozen=True, slots=True)
class Removal:
    """What would go: whole files, parts and receipts. `kept` are needed by other models."""

    paths: tuple[Path, ...]
    kept: tuple[Path, ...]
    size_bytes: int


def plan_removal(
    models: Sequence[WantedModel], others: Iterable[WantedModel], models_folder: Path
) -> Removal:
    """All that is here of `models`, less what one of `others` is made of too."""
    shared = {path for model in others for path in _all_paths(model, models_folder)}
    own = dict.fromkeys(path for model in models for path in _all_paths(model, models_folder))
    gone = tuple(path for path in own if path not in shared)
    kept = tuple(path for path in own if path in shared and path.suffix == ".gguf")
    return Removal(gone, kept, sum(path.stat().st_size for path in gone))


def remove(removal: Removal, models_folder: Path) -> None:
    """Delete it, and folders that are empty then. Raises: StorageError."""
    try:
        for path in removal.paths:
            path.unlink(missing_ok=True)
        for folder in {path.parent for path in removal.paths} - {models_folder}:
            if not any(folder.iterdir()):
                folder.rmdir()
    except OSError as error:
        raise StorageError(
            f"{error.filename} cannot be deleted: {error.strerror}.",
            hint="Check who owns the file, and try again.",
        ) from error


def _all_paths(model: WantedModel, models_folder: Path) -> Iterator[Path]:
    for wanted in model.files:
        place = place_of(wanted, models_folder)
        found = (found_at(wanted, models_folder), part_path(place), receipt_path(place))
        yield from (path for path in found if path is not None and path.exists())
