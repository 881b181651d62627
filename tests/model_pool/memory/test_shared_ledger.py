"""The ledger between processes: real ones, racing, killed and cut short."""

from __future__ import annotations

import fcntl
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from core.errors import StorageError
from core.model_pool.memory.amount import NOTHING, Amount
from core.model_pool.memory.shared_ledger import (
    ProcessEntry,
    Refused,
    Reservation,
    SharedLedger,
)
from tests.storage.conftest import mode

LIMIT_MB = 1000

OTHER = """
import sys
from pathlib import Path
from core.model_pool.memory.amount import Amount
from core.model_pool.memory.shared_ledger import Refused, SharedLedger

ledger, limit_mb, held = SharedLedger(Path(sys.argv[1])), int(sys.argv[2]), []

def rest(others):
    held_mb = sum(each.system_mb for entry in others for _, each in entry.reservations)
    return Amount(limit_mb - held_mb)

for line in sys.stdin:
    word, _, number = line.strip().partition(" ")
    if word == "reserve":
        answer = ledger.reserve("a model", Amount(int(number)), rest)
        refused = isinstance(answer, Refused)
        if not refused:
            held.append(answer)
        print("refused" if refused else "reserved", flush=True)
    elif word == "release":
        ledger.release(held)
        held.clear()
        print("released", flush=True)
"""
Start = Callable[[], "Other"]


class Other:
    """Another process with a ledger of its own; it is told what to do and answers."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(folder), str(LIMIT_MB)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, words: str) -> None:
        assert self.process.stdin is not None
        print(words, file=self.process.stdin, flush=True)

    def answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ask(self, words: str) -> str:
        self.tell(words)
        return self.answer()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "reservations"


@pytest.fixture
def ledger(folder: Path) -> Iterator[SharedLedger]:
    ledger = SharedLedger(folder)
    yield ledger
    ledger.close()


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def begin() -> Other:
            other = Other(folder)
            stack.enter_context(other.process)
            stack.callback(other.kill)
            return other

        yield begin


def rest(others: Sequence[ProcessEntry]) -> Amount:
    return Amount(LIMIT_MB - held_mb(others))


def held_mb(others: Sequence[ProcessEntry]) -> int:
    return sum(each.system_mb for entry in others for _, each in entry.reservations)


def reserved(answer: Reservation | Refused) -> Reservation:
    assert isinstance(answer, Reservation)
    return answer


def test_others_see_what_a_process_holds_until_it_gives_it_back(
    ledger: SharedLedger, start: Start
) -> None:
    other = start()
    assert other.ask("reserve 700") == "reserved"
    assert ledger.others() == (ProcessEntry(other.process.pid, (("a model", Amount(700)),)),)
    refused = ledger.reserve("mine", Amount(301), rest)
    assert isinstance(refused, Refused)
    assert (refused.limit.system_mb, held_mb(refused.others)) == (300, 700)
    assert isinstance(ledger.reserve("mine", Amount(300), rest), Reservation)
    assert other.ask("reserve 1") == "refused"
    assert other.ask("release") == "released"
    assert ledger.others() == (ProcessEntry(other.process.pid, ()),)


def test_a_killed_process_holds_nothing_and_leaves_nothing(
    ledger: SharedLedger, start: Start, folder: Path
) -> None:
    other = start()
    assert other.ask("reserve 1000") == "reserved"
    other.kill()
    reserved(ledger.reserve("mine", Amount(1000), rest))
    assert ledger.others() == ()
    assert len(list(folder.glob("*.json"))) == 1  # our own


def test_a_process_that_ends_without_closing_holds_nothing(
    ledger: SharedLedger, start: Start
) -> None:
    other = start()
    other.ask("reserve 1000")
    assert other.process.stdin is not None
    other.process.stdin.close()
    other.process.wait()
    assert ledger.others() == ()


def test_a_file_left_by_a_process_whose_id_lives_again_counts_for_nobody(
    ledger: SharedLedger, folder: Path
) -> None:
    """Process 1 lives always; but nobody holds the lock of this file."""
    ledger.others()
    (folder / "1-abcd.json").write_text('{"process_id": 1, "reservations": [["m", 900]]}')
    assert ledger.others() == ()
    assert list(folder.glob("*.json")) == []


def test_racing_processes_never_exceed_the_limit(ledger: SharedLedger, start: Start) -> None:
    """All ask at once, again and again; some are killed in the middle of it."""
    draw = random.Random(5)
    others = [start() for _ in range(5)]
    for _ in range(3):
        for other in others:
            other.tell(f"reserve {draw.choice([250, 300, 450])}")
        for _ in range(20):
            assert held_mb(ledger.others()) <= LIMIT_MB
        answers = [other.answer() for other in others]
        assert "reserved" in answers
        assert "refused" in answers
        killed = others.pop(0)
        killed.tell("reserve 1")
        killed.kill()
        others.append(start())
        for other in others:
            assert other.ask("release") == "released"


def test_racing_threads_never_exceed_the_limit(ledger: SharedLedger, folder: Path) -> None:
    """Two ledgers in one process are as two processes; a third one watches both at once."""
    ledgers = [SharedLedger(folder), SharedLedger(folder)]
    sums_mb: list[int] = []

    def run(seed: int) -> None:
        mine = ledgers[seed % 2]
        for size_mb in random.Random(seed).choices([100, 400, 700], k=20):
            answer = mine.reserve(f"{seed}", Amount(size_mb), rest)
            sums_mb.append(held_mb(ledger.others()))
            if isinstance(answer, Reservation):
                mine.release([answer])

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 < max(sums_mb) <= LIMIT_MB
    for each in ledgers:
        each.close()
    assert ledger.others() == ()


def test_an_exchange_is_one_step(ledger: SharedLedger, start: Start) -> None:
    victim = reserved(ledger.reserve("old", Amount(800), rest))
    assert isinstance(ledger.reserve("new", Amount(900), rest), Refused)
    small = reserved(ledger.reserve("new", Amount(100), rest))
    assert start().ask("reserve 101") == "refused"
    whole = reserved(ledger.reserve("new", Amount(900), rest, instead_of=[small, victim]))
    ledger.release([small, victim])  # no longer held: nothing happens
    other = start()
    assert other.ask("reserve 101") == "refused"
    ledger.release([whole])
    assert other.ask("reserve 1000") == "reserved"


def test_what_does_not_grow_is_never_refused(ledger: SharedLedger) -> None:
    held = reserved(ledger.reserve("a", Amount(600), rest))
    held = reserved(ledger.reserve("a", Amount(600), lambda _: NOTHING, instead_of=[held]))
    assert isinstance(
        ledger.reserve("a", Amount(601), lambda _: NOTHING, instead_of=[held]), Refused
    )
    reserved(ledger.reserve("a", Amount(10), lambda _: NOTHING, instead_of=[held]))


def test_closing_gives_everything_back_and_may_be_repeated(
    ledger: SharedLedger, start: Start, folder: Path
) -> None:
    reserved(ledger.reserve("mine", Amount(1000), rest))
    ledger.close()
    ledger.close()
    assert list(folder.glob("*.json")) == []
    assert start().ask("reserve 1000") == "reserved"


def test_files_are_for_their_owner_alone(ledger: SharedLedger, folder: Path) -> None:
    ledger.reserve("mine", Amount(1), rest)
    assert mode(folder) == 0o700
    assert {mode(path) for path in folder.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"cannot be kept in .*file: ") as caught:
        SharedLedger(tmp_path / "file").others()
    assert "SARAI_HOME" in caught.value.hint


def test_an_entry_that_says_nothing_is_an_error_and_stays(
    ledger: SharedLedger, start: Start, folder: Path
) -> None:
    other = start()
    other.ask("reserve 10")
    (path,) = folder.glob("*.json")
    path.write_text("nonsense")
    with pytest.raises(StorageError, match="does not say what another SARAi has reserved"):
        ledger.others()
    assert path.exists()
    other.kill()
    assert ledger.others() == ()


def test_a_folder_that_somebody_keeps_locked_is_given_up(
    ledger: SharedLedger, folder: Path
) -> None:
    ledger.others()
    impatient = SharedLedger(folder, lock_timeout_s=0.05)
    with (folder / "lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(StorageError, match=r"another process has locked it for 0\.05 s"):
            impatient.reserve("mine", Amount(1), rest)
    reserved(impatient.reserve("mine", Amount(1), rest))
    impatient.close()
