"""Finds the files of a configured model on this machine.

Owns where files are looked for; knows nothing of what is inside them.
"""

from __future__ import annotations

from pathlib import Path

from core.errors import ModelUnavailable
from core.model_files.files import ModelFiles
from core.settings.models import ModelSettings

__all__ = ["ModelFiles", "embedded_folder", "find_file", "locate", "repository_folder"]

_PACKAGE = Path(__file__).parents[1]


def locate(model: str, settings: ModelSettings, *, models_folder: Path) -> ModelFiles:
    """The files of `model`.

    Relative names are looked for in `models_folder`, then in its sub-folder named like the
    last part of the repository; absolute and `~` paths are taken as they are. Those of an
    embedded model are looked for where SARAi itself lies.

    Raises: ModelUnavailable, when a file is missing, or the model has no files at all.
    """
    if settings.gguf_file is None:
        raise ModelUnavailable(
            f"{model} has no file of its own.",
            model=model,
            hint="Give it a gguf_file, or use it through its own engine.",
        )
    folder = embedded_folder() if settings.embedded else models_folder
    return ModelFiles(
        _find(model, settings, settings.gguf_file, folder),
        None
        if settings.mmproj_file is None
        else _find(model, settings, settings.mmproj_file, folder),
    )


def embedded_folder() -> Path:
    """Where the models lie that came with SARAi."""
    # A wheel carries them inside the package; a checkout has them beside it.
    installed = _PACKAGE / "_models" / "nano"
    return installed if installed.is_dir() else _PACKAGE.parent / "models" / "nano" / "weights"


def _find(model: str, settings: ModelSettings, file: Path, models_folder: Path) -> Path:
    found = find_file(file, settings.repo_id, models_folder)
    if found is not None:
        return found
    first = _places(file, settings.repo_id, models_folder)[0]
    raise ModelUnavailable(
        f"{model} is not installed: {first.name} is not in {first.parent}.",
        model=model,
        hint=_hint(model, settings),
    )


def _hint(model: str, settings: ModelSettings) -> str:
    if settings.embedded:
        return "Install SARAi again."
    if settings.repo_id:
        return (
            f"Get it from {settings.repo_id} with `sarai models pull {model}`, or correct the "
            "configuration."
        )
    return "Put the file there, or correct the configuration."


def find_file(file: Path, repo_id: str | None, models_folder: Path) -> Path | None:
    """The first place of `file` that exists; anything there will do, `read_header` judges it."""
    return next((p for p in _places(file, repo_id, models_folder) if p.exists()), None)


def repository_folder(repo_id: str, models_folder: Path) -> Path:
    """Where files of this repository are kept, so that equal names of two never meet."""
    return models_folder / repo_id.rpartition("/")[2]


def _places(file: Path, repo_id: str | None, models_folder: Path) -> list[Path]:
    expanded = _expanded(file)
    if expanded.is_absolute():
        return [expanded]
    places = [models_folder / expanded]
    if repo_id:
        places.append(repository_folder(repo_id, models_folder) / expanded)
    return places


def _expanded(file: Path) -> Path:
    try:
        return file.expanduser()
    except RuntimeError:  # no home folder is known: then ~ is a plain name
        return file
