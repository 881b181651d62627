"""Files into the catalogue: what is new, what changed, what is gone.

Owns the comparison and the order of work; knows nothing of vectors. A file costs a look at
its size and time when they are as before, and a reading when they are not; only what it says
anew is parsed, and only one that was read and kept counts as done.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.cancellation import Cancellation
from core.errors import DocumentError, StorageError
from core.retrieval.catalogue.catalogue import Catalogue, FileRecord, Stamp
from core.retrieval.chunks import Chunk, split_blocks
from core.retrieval.listing import Skipped, base_of, below, list_documents
from core.retrieval.missing import gone_for_good
from core.retrieval.parsing.formats import MAX_PACKED_BYTES, format_of
from core.retrieval.parsing.isolation import Parsers

FileDone = Callable[[int, int, int], None]
"""Called with files done, files in all and chunks so far."""

AtRest = Callable[[str, Stamp | None], bool]
"""Takes a file that is not as it was, None for one that is gone; whether to believe it yet."""


@dataclass(slots=True)
class IndexReport:
    """What came of it. `problems` are documents that could not be read, with the reason.

    `note` says why passages are found by their words alone, when they are.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    chunks: int = 0
    problems: list[Skipped] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    note: str = ""


class Indexer:
    """Keeps the files of one tenant in the catalogue.

    Args:
        retry_problems: read files again that could not be read, although they are as they were:
            a machine that was too busy, or a reader that has learnt since, made the difference.
    """

    def __init__(
        self, catalogue: Catalogue, parsers: Parsers, tenant: str, *, retry_problems: bool
    ) -> None:
        self._catalogue = catalogue
        self._parsers = parsers
        self._tenant = tenant
        self._retry_problems = retry_problems

    def update(
        self,
        roots: Sequence[str],
        told: FileDone = lambda *_: None,
        cancel: Cancellation | None = None,
        at_rest: AtRest = lambda *_: True,
    ) -> IndexReport:
        """Look at everything below absolute roots, and read what is not as it was.

        A root or a folder that cannot be looked at keeps what is known of it, and is a
        problem: a disk that is not there has lost nothing.

        Raises: StorageError, when the catalogue fails; Cancelled.
        """
        report = IndexReport()
        known = self._catalogue.known(self._tenant)
        stamps: dict[str, Stamp] = {}
        gone: set[str] = set()
        for root in roots:
            try:
                listing = list_documents(root)
            except StorageError as error:
                report.problems.append(Skipped(root, error.message))
                continue
            stamps |= listing.stamps
            report.skipped += listing.skipped
            missing = (known[path] for path in below(root, known) if path not in listing.stamps)
            deleted, unseen = gone_for_good(missing, base_of(root))
            report.problems += unseen
            gone |= deleted
        gone = {path for path in gone - stamps.keys() if at_rest(path, None)}
        self._catalogue.forget(sorted(gone), self._tenant)
        report.removed = len(gone)
        for done, (path, stamp) in enumerate(stamps.items(), start=1):
            if cancel is not None:
                cancel.raise_if_cancelled()
            if _as_it_was(known.get(path), stamp) or at_rest(path, stamp):
                self._look(path, stamp, known.get(path), report)
            told(done, len(stamps), report.chunks)
        return report

    def _look(self, path: str, stamp: Stamp, known: FileRecord | None, report: IndexReport) -> None:
        tried_again = self._retry_problems and known is not None and bool(known.problem)
        if known is not None and known.stamp == stamp and not tried_again:
            report.unchanged += 1
            if known.problem:
                report.problems.append(Skipped(path, known.problem))
            return
        try:
            data = read_bytes(path)
        except FileNotFoundError:
            return  # deleted while we looked; the next look will tell
        except OSError as error:
            report.problems.append(Skipped(path, f"unreadable: {error.strerror}"))
            return
        sha256 = hashlib.sha256(data).hexdigest()
        if known is not None and known.sha256 == sha256 and not tried_again:
            self._catalogue.touch(path, stamp, self._tenant)
            report.unchanged += 1
        else:
            was_read = self._read(path, stamp, sha256, data, report)
            report.added += known is None
            report.changed += known is not None and (was_read or not tried_again)
            report.unchanged += tried_again and not was_read

    def _read(self, path: str, stamp: Stamp, sha256: str, data: bytes, report: IndexReport) -> bool:
        """Whether it could be."""
        form = format_of(path)
        problem, chunks = "", list[Chunk]()
        try:
            chunks = split_blocks(self._parsers.parse(path, data))
        except DocumentError as error:
            problem = error.message
            report.problems.append(Skipped(path, problem))
        record = FileRecord(path, stamp, sha256, form.name if form else "", problem)
        self._catalogue.keep(record, chunks, self._tenant)
        report.chunks += len(chunks)
        return not problem


def _as_it_was(known: FileRecord | None, stamp: Stamp) -> bool:
    return known is not None and known.stamp == stamp


def read_bytes(path: str) -> bytes:
    """The bytes of a document.

    Raises: OSError, when it cannot be read, or has become a link.
    """
    # The file may have been exchanged since it was listed: no link, and no wait for a pipe.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(path, flags), "rb") as file:
        return file.read(MAX_PACKED_BYTES)
