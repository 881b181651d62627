"""Results that are given again: the newest, for a while."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.storage.database import Database
from core.storage.kept_results import RESULTS, Kept, KeptResults


class Time:
    """Seconds since 1970, as the test says."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def opened(tmp_path: Path, time: Time) -> Callable[..., KeptResults]:
    def make(keep: int = 3, ttl_s: float | None = None) -> KeptResults:
        return KeptResults(
            lambda: Database(tmp_path / "answers.db", (RESULTS,)),
            keep=keep,
            ttl_s=ttl_s,
            now_s=time,
        )

    return make


def test_the_newest_are_kept(opened: Callable[..., KeptResults]) -> None:
    results = opened()
    for number in range(5):
        results.put(f"key {number}", f"result {number}")
    results.put("key 3", "another")
    results.put("key 5", "result 5")
    found = {number: results.get(f"key {number}") for number in range(6)}
    assert [number for number, kept in found.items() if kept] == [3, 4, 5]
    assert found[3] == Kept("another", 1000.0)


def test_what_is_too_old_is_not_given_and_leaves(
    opened: Callable[..., KeptResults], time: Time
) -> None:
    results = opened(ttl_s=60.0)
    results.put("old", "one")
    time.now_s += 59
    assert results.get("old")
    time.now_s += 1
    assert results.get("old") is None
    results.put("new", "two")
    assert opened().get("old") is None
    assert opened().get("new")


def test_nothing_of_what_is_cleared_stays(
    opened: Callable[..., KeptResults], tmp_path: Path
) -> None:
    results = opened()
    results.put("key", "girasol-42")
    assert b"girasol-42" in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (results.clear(), results.get("key")) == (1, None)
    assert b"girasol-42" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (tmp_path / "answers.db").stat().st_mode & 0o077 == 0
