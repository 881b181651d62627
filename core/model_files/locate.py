"""Where a model's files lie on this machine.

Owns the search; knows nothing of what is in the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.errors import ModelUnavailable
from core.settings.schema import ModelSettings


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model's weights and, for images or audio, its media tower."""

    gguf_path: Path
    mmproj_path: Path | None


def locate(
    model: str, settings: ModelSettings, *, models_folder: Path, self_test_folder: Path
) -> ModelFiles:
    """Raises: ModelUnavailable, when a file is not there."""
    folder = self_test_folder if settings.self_test else models_folder
    names = (settings.gguf_file or Path(f"{settings.self_test}.gguf"), settings.mmproj_file)
    paths = [None if name is None else folder / name for name in names]
    for path in paths:
        if path is not None and not path.is_file():
            raise ModelUnavailable(
                f"{model} is not installed: {path} is missing.",
                model=model,
                hint=f"Put the file there: {path}.",
            )
    assert paths[0] is not None  # noqa: S101
    return ModelFiles(paths[0], paths[1])
