"""Free space where SARAi keeps its data and where models go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from core.doctor.finding import Finding, fail, ok, warn
from core.doctor.places import existing_part
from core.doctor.surroundings import Surroundings
from core.pulling.plan import SPARE_BYTES, found_at
from core.pulling.wanted import choose

LEAST_FREE_MB = 100
"""Conversations, logs and states of unloaded models no longer fit below it."""
COMFORTABLE_MB = 1024
MIB = 2**20


def check_disk(around: Surroundings) -> Iterator[Finding]:
    yield _room(around.data.root, "data folder", COMFORTABLE_MB, "set SARAI_HOME")
    yield _room(around.models_folder, "models folder", to_pull_mb(around), "set paths.models")


def to_pull_mb(around: Surroundings) -> int:
    """What `sarai models pull` would want of the disk, as published; parts that are here count
    as missing."""
    missing_bytes = sum(
        file.size_bytes or 0
        for model in choose((), around.sound_settings)
        for file in model.files
        if found_at(file, around.models_folder) is None
    )
    return (missing_bytes + SPARE_BYTES) // MIB if missing_bytes else LEAST_FREE_MB


def _room(folder: Path, subject: str, wanted_mb: int, move: str) -> Finding:
    free_mb = shutil.disk_usage(existing_part(folder)).free // MIB
    told = f"{free_mb} MiB free for {folder}"
    cure = f"Free some space, or {move} to a folder on a larger disk."
    if free_mb < LEAST_FREE_MB:
        return fail(told, cure, subject=subject)
    if free_mb < wanted_mb:
        return warn(f"{told}, {wanted_mb} would be comfortable", cure, subject=subject)
    return ok(told, subject=subject)
