"""What a pull would do, before anything is fetched.

Owns what is here already, what is missing, and whether there is room for it on the disk and
later in memory; changes nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core.cancellation import Cancellation
from core.errors import DownloadFailed, ModelTooLarge, SARAiError, StorageError
from core.model_files.locate import find_file, repository_folder
from core.model_pool.memory.budget import ceiling
from core.model_pool.memory.machine import MachineMemory, this_machine
from core.pulling.part import kept_bytes
from core.pulling.patience import Patience, patiently
from core.pulling.sources import RemoteFile, Source
from core.pulling.wanted import WantedFile, WantedModel
from core.settings.runtime import RuntimeSettings
from core.text.sizes import gigabytes

SPARE_BYTES = 512 * 2**20
"""Left on the disk by every pull: a full one stops more than SARAi."""

Standing = Literal["here", "missing", "failed"]


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """`place` is where it is, or will be; `kept_bytes` of it are there from an earlier pull.

    `remote` is what its source has, of a file that is missing; None of the others.
    """

    wanted: WantedFile
    standing: Standing
    place: Path
    remote: RemoteFile | None = None
    kept_bytes: int = 0
    problem: SARAiError | None = None

    @property
    def size_bytes(self) -> int:
        """As its source has it, else as published; 0 where neither is known."""
        return self.remote.size_bytes if self.remote else self.wanted.size_bytes or 0

    @property
    def to_get_bytes(self) -> int:
        return self.size_bytes - self.kept_bytes if self.standing == "missing" else 0


def plan_files(
    models: Sequence[WantedModel],
    source: Source,
    models_folder: Path,
    *,
    patience: Patience,
    cancel: Cancellation,
) -> Iterator[PlannedFile]:
    """Each file once, in order; the source is asked about those that are not here.

    Raises: Cancelled, on request.
    """
    seen: set[tuple[str, str]] = set()
    for model in models:
        for wanted in model.files:
            if (wanted.repo_id, wanted.file) not in seen:
                seen.add((wanted.repo_id, wanted.file))
                yield _planned(wanted, source, models_folder, patience, cancel)


def place_of(wanted: WantedFile, models_folder: Path) -> Path:
    """Where the file goes: one of the places where `locate` looks."""
    return repository_folder(wanted.repo_id, models_folder) / wanted.file


def found_at(wanted: WantedFile, models_folder: Path) -> Path | None:
    """Where the file is, whoever put it there; None when it is not."""
    return find_file(Path(wanted.file), wanted.repo_id, models_folder)


def _planned(
    wanted: WantedFile,
    source: Source,
    models_folder: Path,
    patience: Patience,
    cancel: Cancellation,
) -> PlannedFile:
    here = found_at(wanted, models_folder)
    if here is not None:
        return PlannedFile(wanted, "here", here)
    place = place_of(wanted, models_folder)
    try:
        remote = patiently(lambda: source.describe(wanted), patience, cancel, wanted.name)
    except DownloadFailed as problem:
        return PlannedFile(wanted, "failed", place, problem=problem)
    return PlannedFile(wanted, "missing", place, remote, kept_bytes(place, remote))


def disk_problem(files: Sequence[PlannedFile], models_folder: Path) -> StorageError | None:
    """What is wrong when the disk has not enough room for what is missing."""
    needed = sum(file.to_get_bytes for file in files)
    if needed == 0:
        return None
    free = _free_bytes(models_folder)
    if needed + SPARE_BYTES <= free:
        return None
    return StorageError(
        f"The files need {gigabytes(needed)} more on the disk of {models_folder}, which has "
        f"{gigabytes(free)} free, of which {gigabytes(SPARE_BYTES)} stay free.",
        hint="Make room, pull fewer models, or set paths.models to a folder on another disk.",
    )


def memory_problem(
    models: Sequence[WantedModel],
    runtime: RuntimeSettings,
    machine: MachineMemory | None = None,
) -> ModelTooLarge | None:
    """What is wrong when some of `models` could never be loaded with this budget."""
    at_most = ceiling(
        (machine or this_machine()).total_mb(),
        budget_mb=runtime.models_budget_mb,
        system_reserve_mb=runtime.system_reserve_mb,
    )
    too_large = {
        model.name: model.memory_mb
        for model in models
        if model.memory_mb is not None and model.memory_mb > at_most.limit_mb
    }
    if not too_large:
        return None
    takes = ", ".join(f"{name} takes about {need_mb} MiB" for name, need_mb in too_large.items())
    why = f" ({at_most.reason})" if at_most.reason else ""
    return ModelTooLarge(
        f"{takes}, and models may take {at_most.limit_mb} MiB at most{why}.",
        model=next(iter(too_large)),
        hint="Pull smaller models, raise runtime.budget_mb, or add --anyway to get it all the "
        "same.",
    )


def _free_bytes(folder: Path) -> int:
    # The folder may not exist yet; its nearest parent is on the same disk.
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        return shutil.disk_usage(place).free
    except OSError as error:
        raise StorageError(f"The disk of {folder} cannot be read: {error.strerror}.") from error
