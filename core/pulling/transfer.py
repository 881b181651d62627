"""One file, from its source to its place.

Owns the order: go on where the part ends, ask again when the source gives way, compare the
sum, and only then give the final name. Knows nothing of other files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.cancellation import Cancellation
from core.errors import DownloadFailed, StorageError
from core.model_files.checksums import Checksums, sha256_of
from core.model_files.identity import identify
from core.pulling.part import Part, Receipt, open_part
from core.pulling.patience import TRY_AGAIN, Patience, Tries
from core.pulling.progress import FileProgress
from core.pulling.sources import Interrupted, RemoteFile, Source
from core.storage.database import Database


@dataclass(frozen=True, slots=True)
class Transfer:
    """One file that is to be fetched."""

    remote: RemoteFile
    destination: Path
    progress: FileProgress


class Fetcher:
    """Fetches one file after another. Threads may share it."""

    def __init__(
        self, source: Source, database: Database, patience: Patience, cancel: Cancellation
    ) -> None:
        self._source = source
        self._checksums = Checksums(database)
        self._patience = patience
        self._cancel = cancel

    def fetch(self, transfer: Transfer) -> None:
        """Leaves the whole file at its destination, or what came of it beside.

        Raises: DownloadFailed, StorageError; Cancelled, on request.
        """
        try:
            with open_part(transfer.destination, transfer.remote) as part:
                transfer.progress.at(part.size_bytes)
                self._fill(part, transfer)
                transfer.progress.state = "checking"
                sha256 = self._checked(part, transfer.remote)
                part.finish()
        except OSError as error:
            raise _unwritable(transfer.destination, error) from error
        model = transfer.remote.wanted.model
        self._checksums.keep(identify(transfer.destination, model=model), sha256)

    def _fill(self, part: Part, transfer: Transfer) -> None:
        remote, tries = transfer.remote, Tries(self._patience, self._cancel)
        while part.size_bytes < remote.size_bytes:
            before = part.size_bytes
            try:
                self._read(part, remote, transfer.progress)
            except Interrupted as why:
                if part.size_bytes > before:
                    tries.succeeded()
                transfer.progress.gave_way(why.reason)
                tries.failed(why, giving_up=_gave_up(remote, part.size_bytes, why))
                remote = self._found_again(part, remote)

    def _read(self, part: Part, remote: RemoteFile, progress: FileProgress) -> None:
        with self._source.read(remote, part.size_bytes, self._cancel) as stream:
            if stream.start != part.size_bytes:
                part.restart()
                progress.at(0)
            left = remote.size_bytes - part.size_bytes
            for block in stream.blocks:
                left -= len(block)
                if left < 0:
                    part.discard()
                    raise _other_content(remote, "it is longer than it was said to be")
                part.append(block)
                progress.received(len(block))
        if left:
            raise Interrupted("the connection ended before the file did")

    def _found_again(self, part: Part, remote: RemoteFile) -> RemoteFile:
        """Addresses of content are signed, and end after a while: a new try asks for a new one."""
        try:
            found = self._source.describe(remote.wanted)
        except Interrupted:
            return remote
        if not Receipt.of(found).same_content(Receipt.of(remote)):
            part.discard()
            raise _other_content(remote, "it was replaced meanwhile")
        return found

    def _checked(self, part: Part, remote: RemoteFile) -> str:
        model = remote.wanted.model
        actual = sha256_of(identify(part.path, model=model), model=model, cancel=self._cancel)
        if remote.sha256 is not None and actual != remote.sha256:
            part.discard()
            raise _other_content(remote, f"its SHA-256 is {actual} and not {remote.sha256}")
        return actual


def _other_content(remote: RemoteFile, why: str) -> DownloadFailed:
    return DownloadFailed(
        f"{remote.wanted.name} is not the file that it should be: {why}. It was not kept.",
        hint="Run the same command again. If that does not help, its source is at fault.",
    )


def _gave_up(remote: RemoteFile, kept_bytes: int, why: Interrupted) -> DownloadFailed:
    share = kept_bytes / remote.size_bytes
    return DownloadFailed(
        f"{remote.wanted.name} is {share:.0%} here, and no more came: {why.reason}.",
        hint=TRY_AGAIN,
    )


def _unwritable(destination: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{destination} cannot be written: {error.strerror or error}. What came so far is kept.",
        hint="Make room on that disk, or set paths.models to a folder on another; then run the "
        "same command again: it goes on where it was.",
    )
