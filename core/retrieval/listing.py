"""Which documents there are below what the user named: files, folders and patterns.

Owns walking and what is left out; reads nothing but names, sizes and times.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import InvalidInput, StorageError
from core.retrieval.catalogue.catalogue import Stamp
from core.retrieval.parsing.formats import MIB, format_of

UNSEEN_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is not searched; `path` is absolute."""

    path: str
    reason: str


@dataclass(slots=True)
class Listing:
    """Documents by their absolute path, and what was left out.

    Files of other kinds are in `skipped` only where the user named them one by one.
    """

    stamps: dict[str, Stamp] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)


def absolute_root(path: str | Path) -> str:
    """A root as it is kept: absolute, patterns with their magic.

    Raises: InvalidInput, when there is no such file, folder or pattern's folder.
    """
    plain = Path(os.path.expanduser(path))  # noqa: PTH111  Path.expanduser raises
    if plain.exists():
        return str(plain.resolve())
    base, rest = _pattern(str(plain.absolute()))
    if not rest or not Path(base).is_dir():
        raise InvalidInput(f"There is no file or folder {path}.", key="paths")
    return str(Path(base).resolve() / rest)


def list_documents(root: str) -> Listing:
    """Every document below an absolute root, in the order of their paths.

    No link is followed, so nothing outside the root is ever read. Hidden files, and folders
    of programs' own files, are left out.

    Raises: StorageError, when a file or folder is not there or cannot be read.
    """
    listing = Listing()
    try:
        if Path(root).is_dir():
            _walk(root, listing)
        elif (parts := _pattern(root))[1] and not Path(root).exists():
            for path in _matching(*parts):
                _add(path, listing, named=False)
        else:
            Path(root).stat()
            _add(root, listing, named=True)
    except OSError as error:
        raise StorageError(
            f"The documents of {root} cannot be read: {error.strerror}.",
            hint="Set retrieval.folder, or index a folder, that exists and that you can read.",
        ) from error
    return listing


def base_of(root: str) -> str:
    """The folder that a root's documents lie in: of a pattern, that before its magic."""
    return root if Path(root).exists() else _pattern(root)[0]


def below(root: str, paths: Iterable[str]) -> Iterator[str]:
    """Those of `paths` that a listing of `root` would have to hold, if they are there still."""
    base, rest = _pattern(root)
    magic = bool(rest) and not Path(root).exists()
    for path in paths:
        if magic:
            # What a pattern matched once may match no more, and be there all the same.
            if path.startswith(f"{base}/") and not os.path.lexists(path):
                yield path
        elif path == root or path.startswith(root.rstrip("/") + "/"):
            yield path


def _walk(folder: str, listing: Listing) -> None:
    for entry in _sorted_entries(folder):
        if entry.name.startswith("."):
            listing.skipped.append(Skipped(entry.path, "hidden"))
        elif entry.is_symlink():
            listing.skipped.append(Skipped(entry.path, "a link"))
        elif not entry.is_dir():
            _add(entry.path, listing, named=False)
        elif entry.name not in UNSEEN_FOLDERS:
            try:
                _walk(entry.path, listing)
            except OSError as error:
                listing.skipped.append(Skipped(entry.path, f"unreadable: {error.strerror}"))


def _sorted_entries(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from sorted(entries, key=lambda entry: entry.name)


def _add(path: str, listing: Listing, *, named: bool) -> None:
    form = format_of(path)
    if not _is_unicode(path):
        # Repeated without what no terminal and no database takes.
        shown = path.encode(errors="replace").decode()
        listing.skipped.append(Skipped(shown, "its name is no Unicode"))
        return
    if form is None:
        if named:
            listing.skipped.append(Skipped(path, "no document of a known format"))
        return
    try:
        found = Path(path).lstat()
    except FileNotFoundError:
        return  # deleted while we looked: no document any more
    if not os.path.isfile(path) or os.path.islink(path):  # noqa: PTH113, PTH114  2000 a second
        listing.skipped.append(Skipped(path, "no file"))
    elif found.st_size > form.max_bytes:
        size_mib, most = found.st_size / MIB, form.max_bytes // MIB
        listing.skipped.append(Skipped(path, f"{size_mib:.1f} MiB, above {most} MiB"))
    else:
        listing.stamps[path] = Stamp(found.st_size, found.st_mtime_ns)


def _is_unicode(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pattern(path: str) -> tuple[str, str]:
    """The folder of a pattern and its rest from the first part with magic in it, or ""."""
    parts = Path(path).parts
    for place, part in enumerate(parts):
        if glob.has_magic(part):
            return str(Path(*parts[:place])), str(Path(*parts[place:]))
    return path, ""


def _matching(base: str, pattern: str) -> Iterator[str]:
    """Files that match and that no link leads to."""
    for found in sorted(glob.glob(pattern, root_dir=base, recursive=True)):  # noqa: PTH207
        path = Path(base, found)
        if path.is_file() and str(path.resolve()) == str(path):
            yield str(path)
