"""Documents that are gone, told from those that only cannot be seen now.

Owns that judgement. A disk that is not mounted leaves an empty folder that nobody deleted
anything from: whoever deletes a file changes the folder that it was in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from core.retrieval.catalogue.catalogue import FileRecord
from core.retrieval.listing import Skipped

NOT_THERE = (
    "cannot be looked into, or is empty although nothing was deleted from it, as when a disk is "
    "not mounted. What it held stays indexed; `sarai index rm` forgets it"
)


def gone_for_good(missing: Iterable[FileRecord], root: str) -> tuple[set[str], list[Skipped]]:
    """Which of the files missing below the folder `root` were deleted, by their paths.

    Returns: them, and the folders whose files only cannot be seen.
    """
    gone: set[str] = set()
    unseen: set[str] = set()
    for file in missing:
        folder = _nearest_folder(file.path, root)
        indexed_s = datetime.fromisoformat(file.indexed_at).timestamp()
        if _hides(folder, indexed_s):
            unseen.add(folder)
        else:
            gone.add(file.path)
    return gone, [Skipped(folder, NOT_THERE) for folder in sorted(unseen)]


def _nearest_folder(path: str, root: str) -> str:
    """The innermost folder around `path` that is still there, at most up to `root`."""
    for folder in Path(path).parents:
        if str(folder) == root or folder.is_dir():
            return str(folder)
    return root


def _hides(folder: str, indexed_s: float) -> bool:
    """Whether files that were in it at `indexed_s` may be there still."""
    try:
        with os.scandir(folder) as entries:
            empty = next(entries, None) is None
        return empty and Path(folder).stat().st_mtime < indexed_s
    except OSError:
        return True
