"""What all SARAi processes of one data folder have reserved, agreed on between them.

Owns the files in which each process says so, and the lock under which they are read and
written; knows nothing of why somebody reserves, nor how much there is.

Each process keeps one file, locked for as long as it lives: the system gives that lock back
however the process ends. So a file that can be locked belongs to nobody, and is deleted; a
process id, which may be given again, says nothing about that. A second lock, of the whole
folder, is held for the milliseconds in which a process reads all files and writes its own:
two that begin together can never both find the same room.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import IO

from core.errors import StorageError
from core.model_pool.memory.amount import KINDS, Amount, total
from core.storage.folder import PRIVATE_FOLDER_MODE
from core.storage.private_file import PRIVATE_FILE_MODE

LOCK_TIMEOUT_S = 5.0
LOCK_RETRY_S = 0.005
SUFFIX = ".json"


@dataclass(frozen=True, slots=True, eq=False)
class Reservation:
    """One model's share of this process; a new object each time, so names may repeat."""

    model: str
    reserved: Amount


@dataclass(frozen=True, slots=True)
class ProcessEntry:
    """What another living process has reserved, by the names of models."""

    process_id: int
    reservations: tuple[tuple[str, Amount], ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """There is no room: `limit` for all of this process, given what the others hold."""

    limit: Amount
    others: tuple[ProcessEntry, ...]


Limit = Callable[[Sequence[ProcessEntry]], Amount]
"""The most that this process may reserve in all, given the others' entries. Called with
the folder locked, so that it stays true until the reservation is written."""


class SharedLedger:
    """This process's entry, and a look at the others'. Safe to use from many threads.

    Every method raises StorageError when the folder cannot be used.
    """

    def __init__(self, folder: Path, *, lock_timeout_s: float = LOCK_TIMEOUT_S) -> None:
        self._folder = folder
        self._lock_timeout_s = lock_timeout_s
        self._own = folder / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"
        self._file: IO[str] | None = None
        self._held: list[Reservation] = []
        self._mutex = threading.Lock()

    def others(self) -> tuple[ProcessEntry, ...]:
        """What the other living processes have reserved now."""
        with self._alone():
            return self._read_others()

    def reserve(
        self,
        model: str,
        reserved: Amount,
        limit: Limit,
        *,
        instead_of: Collection[Reservation] = (),
    ) -> Reservation | Refused:
        """Enter `reserved` for `model`, and take `instead_of` out, in one step.

        A kind of memory of which this process's sum does not grow is no reason to refuse. A
        refusal changes nothing.
        """
        with self._alone():
            kept = [each for each in self._held if each not in instead_of]
            others = self._read_others()
            growing = grown(_sum(self._held), reserved + _sum(kept))
            if growing and growing.beyond(most := limit(others)):
                return Refused(most, others)
            reservation = Reservation(model, reserved)
            self._write([*kept, reservation])
            return reservation

    def release(self, reservations: Collection[Reservation]) -> None:
        """Give memory back; what is not held any more is passed over."""
        with self._alone():
            self._write([each for each in self._held if each not in reservations])

    def close(self) -> None:
        """Take this process's entry out; safe to call twice."""
        with self._alone():
            self._held = []
            if self._file is not None:
                self._own.unlink(missing_ok=True)
                self._file.close()
                self._file = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other thread and no other process reads or writes here meanwhile."""
        try:
            with self._mutex:
                self._folder.mkdir(mode=PRIVATE_FOLDER_MODE, parents=True, exist_ok=True)
                with _opened(self._folder / "lock") as lock:
                    _wait_for(lock, self._lock_timeout_s)
                    yield
        except OSError as error:
            raise StorageError(
                f"What SARAi has reserved cannot be kept in {self._folder}: {error.strerror}.",
                hint="Check who may write the data folder, or set SARAI_HOME to another one.",
            ) from error

    def _read_others(self) -> tuple[ProcessEntry, ...]:
        paths = sorted(self._folder.glob(f"*{SUFFIX}"))
        found = (_read_living(path) for path in paths if path != self._own)
        return tuple(entry for entry in found if entry is not None)

    def _write(self, held: list[Reservation]) -> None:
        if self._file is None:
            self._file = _opened(self._own)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        entry = {
            "process_id": os.getpid(),
            "reservations": [(each.model, *astuple(each.reserved)) for each in held],
        }
        self._file.seek(0)
        self._file.write(json.dumps(entry))
        self._file.truncate()  # last: on a full disk the old entry can still be overwritten
        self._file.flush()
        self._held = held


def _opened(path: Path) -> IO[str]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE_MODE)
    return os.fdopen(descriptor, "r+", encoding="utf-8")


def _wait_for(lock: IO[str], timeout_s: float) -> None:
    give_up_s = time.monotonic() + timeout_s
    while not _locked(lock):
        if time.monotonic() > give_up_s:
            raise TimeoutError(0, f"another process has locked it for {timeout_s:g} s")
        time.sleep(LOCK_RETRY_S)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_living(path: Path) -> ProcessEntry | None:
    """The entry of a process that lives; that of a dead one is deleted."""
    with _opened(path) as file:
        if _locked(file):
            path.unlink()
            return None
        text = file.read()
    if not text:
        return None  # its first reservation could not be written, so it has none
    try:
        entry = json.loads(text)
        reservations = tuple(
            (str(name), Amount(int(system_mb), int(device_mb)))
            for name, system_mb, device_mb in entry["reservations"]
        )
        return ProcessEntry(int(entry["process_id"]), reservations)
    except (ValueError, TypeError, KeyError) as error:
        raise StorageError(
            f"{path} does not say what another SARAi has reserved.",
            hint="Close the other SARAi processes and try again.",
        ) from error


def grown(before: Amount, after: Amount) -> Amount:
    """The sums of those kinds of memory that grew."""
    sums = (after.of(kind) if after.of(kind) > before.of(kind) else 0 for kind in KINDS)
    return Amount(*sums)


def _sum(held: Collection[Reservation]) -> Amount:
    return total(each.reserved for each in held)
