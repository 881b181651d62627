"""The data folder as a whole: saved into one archive, or deleted.

Owns the choice of what is saved and what is deleted; knows nothing of what the files mean.
To restore a backup, unpack it into an empty data folder.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from core.errors import StorageError
from core.settings.user_path import with_home
from core.storage.database import is_damage, storage_error
from core.storage.folder import DataFolder
from core.storage.private_file import PRIVATE_FILE_MODE, UNFINISHED_PREFIX
from core.storage.process_lock import lock_of

_DATABASE_SUFFIXES = {".db", ".sqlite"}
_COMPANIONS = ("-wal", "-shm")


def backup(folder: DataFolder, target: Path) -> Path:
    """Write a .tar.gz to `target`, readable by its owner alone, and give back its path.

    Downloads, vectors, logs and states are left out: they can be had again. It may run
    while SARAi does: databases are copied as of one moment. A damaged one is saved byte
    by byte, so that nothing is lost.

    Raises: StorageError, when `target` exists, lies in the data folder or cannot be written.
    """
    target = with_home(target).absolute()
    if target.is_relative_to(folder.root):
        raise StorageError(
            f"{target} lies inside the data folder.", hint="Choose a place outside of it."
        )
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE)
    except FileExistsError as error:
        raise StorageError(
            f"{target} exists and is not overwritten.", hint="Choose another name."
        ) from error
    except OSError as error:
        raise _unwritable(target, error) from error
    try:
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            _fill(archive, folder)
    except BaseException as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(target, error) from error
        raise
    return target


def _unwritable(target: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The backup {target} cannot be made: {error.strerror}.",
        hint="Check that the folder exists, may be written and has free space.",
    )


def delete(folder: DataFolder, *, include_models: bool = False) -> list[Path]:
    """Delete what SARAi keeps, and the folder itself once it is empty. No way back.

    Only SARAi's own files go, and the downloaded models only when asked for. The caller
    has asked the user. Gives back what was left: models, and files that others put there.

    Raises: StorageError, when something cannot be deleted.
    """
    databases = (
        folder.database,
        folder.checkpoints,
        folder.index,
        folder.workflows,
        folder.answers,
        folder.memory,
    )
    own = [Path(f"{path}{end}") for path in databases for end in ("", *_COMPANIONS)]
    own += [folder.feedback_log, folder.prompt_history, folder.accepted_licences]
    own += [
        *(lock_of(path) for path in (folder.memory, folder.memory_vectors, folder.vectors)),
        folder.vectors,
        folder.memory_vectors,
        folder.media,
        folder.states,
        folder.logs,
        folder.reservations,
        folder.runs,
    ]
    own += [folder.models] if include_models else []
    try:
        for path in own:
            _remove(path)
        left = _without_empty_models(folder)
        if not left:
            folder.root.rmdir()
    except OSError as error:
        raise StorageError(
            f"{error.filename} cannot be deleted: {error.strerror}.",
            hint="Close SARAi, check who owns the file, and try again.",
        ) from error
    return left


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)  # of a link, the link: its target is not ours


def _without_empty_models(folder: DataFolder) -> list[Path]:
    if folder.models.is_dir() and not any(folder.models.iterdir()):
        folder.models.rmdir()
    return sorted(folder.root.iterdir())


def _fill(archive: tarfile.TarFile, folder: DataFolder) -> None:
    for path in sorted(_files(folder)):
        if _is_database(path):
            _add_database(archive, path, folder)
        elif not _is_companion(path) and (path.is_file() or path.is_symlink()):
            archive.add(path, path.relative_to(folder.root), recursive=False)


def _files(folder: DataFolder) -> Iterator[Path]:
    left_out = {
        folder.vectors,
        folder.memory_vectors,
        folder.models,
        folder.states,
        folder.logs,
        folder.reservations,
        folder.runs,
    }
    for base, names, files in os.walk(folder.root):
        names[:] = [name for name in names if Path(base, name) not in left_out]
        links = [name for name in names if Path(base, name).is_symlink()]
        found = (Path(base, name) for name in files + links)
        yield from (p for p in found if not p.name.startswith(UNFINISHED_PREFIX))


def _is_database(path: Path) -> bool:
    # By its name: to open and close it here would drop SQLite's locks in this process.
    return path.suffix in _DATABASE_SUFFIXES and path.is_file() and not path.is_symlink()


def _is_companion(path: Path) -> bool:
    """Whether this is SQLite's side file; the database's copy contains what is in it."""
    owners = (path.with_name(path.name.removesuffix(end)) for end in _COMPANIONS)
    return any(owner != path and _is_database(owner) for owner in owners)


def _add_database(archive: tarfile.TarFile, path: Path, folder: DataFolder) -> None:
    name = path.relative_to(folder.root)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, path.name)
        try:
            _copy_database(path, copy)
        except sqlite3.Error as error:
            if not is_damage(error):
                raise storage_error(error, path) from error
            archive.add(path, name)
        else:
            copy.chmod(PRIVATE_FILE_MODE)
            archive.add(copy, name)


def _copy_database(path: Path, copy: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as into:
        # Reading first takes the lock, or gives up in time; `backup` would wait for ever.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema")
        source.backup(into)
