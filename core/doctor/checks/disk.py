"""Free space where SARAi keeps its data and where models go."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from core.doctor.finding import Finding, fail, ok, warn
from core.doctor.places import existing_part
from core.doctor.surroundings import Surroundings
from core.errors import ModelUnavailable
from core.model_files.locate import locate

LEAST_FREE_MB = 100
"""Conversations, logs and states of unloaded models no longer fit below it."""
COMFORTABLE_MB = 1024
MODELS_MB = 12_288
"""All models of the shipped configuration together: about 12 GB of files (README)."""


def check_disk(around: Surroundings) -> Iterator[Finding]:
    yield _room(around.data.root, "data folder", COMFORTABLE_MB, "set SARAI_HOME")
    wanted_mb = MODELS_MB if _some_model_is_missing(around) else LEAST_FREE_MB
    yield _room(around.models_folder, "models folder", wanted_mb, "set paths.models")


def _some_model_is_missing(around: Surroundings) -> bool:
    for name, model in around.sound_settings.models.items():
        if model.gguf_file is None:
            continue
        try:
            locate(name, model, models_folder=around.models_folder)
        except ModelUnavailable:
            return True
    return False


def _room(folder: Path, subject: str, wanted_mb: int, move: str) -> Finding:
    free_mb = shutil.disk_usage(existing_part(folder)).free // 2**20
    told = f"{free_mb} MiB free for {folder}"
    cure = f"Free some space, or {move} to a folder on a larger disk."
    if free_mb < LEAST_FREE_MB:
        return fail(told, cure, subject=subject)
    if free_mb < wanted_mb:
        return warn(f"{told}, {wanted_mb} would be comfortable", cure, subject=subject)
    return ok(told, subject=subject)
