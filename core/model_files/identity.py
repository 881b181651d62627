"""Which file it is, told without reading it.

Owns the identity of a file as it is at one moment, and the errors for one that cannot be
had; knows nothing of what is inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.errors import ModelUnavailable
from core.model_files.files import ModelFiles


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """A file that is changed, or replaced by another of its name, has a new identity."""

    path: Path
    size_bytes: int
    modified_ns: int
    inode: int


def identify(path: Path, *, model: str) -> FileIdentity:
    """The identity of `path` now; `model` is named in errors.

    Raises: ModelUnavailable.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise unreadable(path, error, model=model) from error
    return FileIdentity(path.absolute(), found.st_size, found.st_mtime_ns, found.st_ino)


def identify_all(files: ModelFiles, *, model: str) -> tuple[FileIdentity, ...]:
    """The identities of the model and, where it has one, of its projector.

    Raises: ModelUnavailable.
    """
    paths = (files.gguf_path, files.mmproj_path)
    return tuple(identify(path, model=model) for path in paths if path is not None)


def unreadable(path: Path, error: Exception, *, model: str) -> ModelUnavailable:
    """The error for a file that the system does not give out."""
    if isinstance(error, FileNotFoundError):
        return ModelUnavailable(
            f"The model file {path} does not exist.",
            model=model,
            hint="Download it, or correct its name in the configuration.",
        )
    return ModelUnavailable(
        f"The model file {path} cannot be read: {error}.",
        model=model,
        hint="Check its path and that you may read it.",
    )
