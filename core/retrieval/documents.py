"""The text documents of a folder: which there are, and what they say.

Owns walking, limits and decoding; knows nothing of chunks or search.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import StorageError

SUFFIXES = frozenset({".md", ".markdown", ".txt", ".text", ".rst", ".adoc", ".org", ".tex", ".log"})
MAX_FILE_BYTES = 5 * 2**20


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file has not changed."""

    size_bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that is not searched; `path` is relative to the folder."""

    path: str
    reason: str


@dataclass(slots=True)
class Listing:
    """A folder's documents by their relative path (with `/`), and what was left out."""

    stamps: dict[str, Stamp] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)


def list_documents(folder: Path) -> Listing:
    """Every text document below `folder`, in the order of their paths.

    No link is followed, so nothing outside the folder is ever read.

    Raises: StorageError, when `folder` itself cannot be read.
    """
    listing = Listing()
    try:
        _walk(folder, "", listing)
    except OSError as error:
        raise StorageError(
            f"The documents folder {folder} cannot be read: {error.strerror}.",
            hint="Set retrieval.folder to a folder that exists and that you can read.",
        ) from error
    return listing


def read_document(path: Path) -> str:
    """The text of a document; line ends are kept as they are.

    UTF-8 with or without a mark, UTF-16 with one, else Windows-1252.

    Raises:
        OSError: it cannot be read, or has become a link.
        ValueError: it is binary.
    """
    # The file may have been exchanged since it was listed: no link, and no wait for a pipe.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(path, flags), "rb") as file:
        data = file.read(MAX_FILE_BYTES)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    if b"\0" in data:
        raise ValueError("binary")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _walk(folder: Path, prefix: str, listing: Listing) -> None:
    for entry in _sorted_entries(folder):
        path = prefix + entry.name
        if entry.name.startswith("."):
            listing.skipped.append(Skipped(path, "hidden"))
        elif entry.is_symlink():
            listing.skipped.append(Skipped(path, "a link"))
        elif entry.is_dir():
            try:
                _walk(folder / entry.name, f"{path}/", listing)
            except OSError as error:
                listing.skipped.append(Skipped(path, f"unreadable: {error.strerror}"))
        else:
            _add_file(entry, path, listing)


def _sorted_entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        yield from sorted(entries, key=lambda entry: entry.name)


def _add_file(entry: os.DirEntry[str], path: str, listing: Listing) -> None:
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # deleted while we looked: no document any more
    if not entry.is_file(follow_symlinks=False) or Path(path).suffix.lower() not in SUFFIXES:
        listing.skipped.append(Skipped(path, "no text document"))
    elif found.st_size > MAX_FILE_BYTES:
        size_mb = found.st_size / 2**20
        listing.skipped.append(
            Skipped(path, f"{size_mb:.1f} MiB, above {MAX_FILE_BYTES // 2**20} MiB")
        )
    else:
        listing.stamps[path] = Stamp(found.st_size, found.st_mtime_ns)
