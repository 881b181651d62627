"""One writes, or several read."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from core.errors import StorageBusy, StorageError
from core.storage.process_lock import ProcessLock


def refuse(lock: ProcessLock, *, alone: bool) -> None:
    with pytest.raises(StorageBusy, match="memory is in use"), lock.held(alone=alone):
        pass


def test_several_share_it_and_one_has_it_alone(tmp_path: Path) -> None:
    lock = ProcessLock(tmp_path / "memory.lock", patience_s=0.05)
    with lock.held(alone=False), lock.held(alone=False):
        refuse(lock, alone=True)
    with lock.held(alone=True):
        refuse(lock, alone=True)
        refuse(lock, alone=False)
    with lock.held(alone=True):
        pass
    assert stat.S_IMODE((tmp_path / "memory.lock").stat().st_mode) == 0o600


def test_an_error_inside_lets_go_of_it(tmp_path: Path) -> None:
    lock = ProcessLock(tmp_path / "memory.lock", patience_s=0.05)
    with pytest.raises(ZeroDivisionError), lock.held(alone=True):
        raise ZeroDivisionError
    with lock.held(alone=True):
        pass


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    lock = ProcessLock(tmp_path / "nowhere" / "memory.lock")
    with pytest.raises(StorageError, match="cannot be opened"), lock.held(alone=True):
        pass
