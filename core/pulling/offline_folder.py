"""A folder that has the files, for a machine without network: a stick, a share, another disk.

Owns where they are looked for in it; knows nothing of where they go.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from core.cancellation import Cancellation
from core.errors import DownloadFailed, InvalidInput
from core.pulling.sources import RemoteFile, Stream
from core.pulling.wanted import WantedFile

BLOCK_BYTES = 1024 * 1024


class OfflineFolder:
    """Files as FOLDER/FILE, FOLDER/REPOSITORY/FILE or FOLDER/OWNER/REPOSITORY/FILE.

    Raises: InvalidInput, when it is no folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.expanduser()
        self.name = str(self._folder)
        if not self._folder.is_dir():
            raise InvalidInput(
                f"{folder} is no folder.", key="--from", hint="Name the folder that has the files."
            )

    def describe(self, wanted: WantedFile) -> RemoteFile:
        """As it lies there. Without a known sum, size and time of change stand for it."""
        for place in self._places(wanted):
            if place.is_file():
                found = place.stat()
                etag = f"{found.st_size}-{found.st_mtime_ns}"
                return RemoteFile(
                    wanted, found.st_size, wanted.sha256, etag, "", str(place.absolute())
                )
        raise DownloadFailed(
            f"{wanted.name} is not in {self.name}.",
            hint=f"Put it there, or into its folder {wanted.repo_id.rpartition('/')[2]}.",
        )

    @contextmanager
    def read(self, remote: RemoteFile, offset: int, cancel: Cancellation) -> Iterator[Stream]:
        """The file's bytes. Raises: DownloadFailed, when it cannot be read."""
        with _opened(remote) as file:
            file.seek(offset)
            yield Stream(offset, _blocks(file, remote, cancel))

    def _places(self, wanted: WantedFile) -> tuple[Path, ...]:
        repository = wanted.repo_id.rpartition("/")[2]
        folders = (self._folder, self._folder / repository, self._folder / wanted.repo_id)
        return tuple(folder / wanted.file for folder in folders)


def _opened(remote: RemoteFile) -> BinaryIO:
    try:
        return Path(remote.location).open("rb")
    except OSError as error:
        raise _unreadable(remote, error) from error


def _blocks(file: BinaryIO, remote: RemoteFile, cancel: Cancellation) -> Iterator[bytes]:
    # Its errors are told apart here from those of writing, which the caller sees too.
    while True:
        cancel.raise_if_cancelled()
        try:
            block = file.read(BLOCK_BYTES)
        except OSError as error:
            raise _unreadable(remote, error) from error
        if not block:
            return
        yield block


def _unreadable(remote: RemoteFile, error: OSError) -> DownloadFailed:
    return DownloadFailed(f"{remote.location} cannot be read: {error.strerror}.")
