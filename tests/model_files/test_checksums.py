"""Checksums: computed once, compared each time, stopped on request."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from core.cancellation import Cancellation
from core.errors import Cancelled, ModelFileInvalid, ModelUnavailable
from core.model_files.checksums import BLOCK_BYTES, Checksums, sha256_of
from core.model_files.identity import identify
from core.storage.database import Database

CONTENT = b"weights" * 1000
SUM = hashlib.sha256(CONTENT).hexdigest()
OTHER = "0" * 64


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.gguf"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def checksums(tmp_path: Path) -> Checksums:
    return Checksums(Database(tmp_path / "sarai.db"))


def test_the_right_file_is_read_once(checksums: Checksums, path: Path, tmp_path: Path) -> None:
    file = identify(path, model="m")
    checksums.require(file, SUM, model="m")
    path.unlink()  # so nobody can read it again
    Checksums(Database(tmp_path / "sarai.db")).require(file, SUM, model="m")


def test_another_file_is_refused_with_both_sums(checksums: Checksums, path: Path) -> None:
    file = identify(path, model="m")
    with pytest.raises(ModelFileInvalid, match=f"{SUM} and not {OTHER}") as caught:
        checksums.require(file, OTHER, model="m")
    assert "Download it again" in caught.value.hint
    path.unlink()
    with pytest.raises(ModelFileInvalid):
        checksums.require(file, OTHER, model="m")


def test_a_changed_file_is_read_again(checksums: Checksums, path: Path) -> None:
    checksums.require(identify(path, model="m"), SUM, model="m")
    times = path.stat()
    path.write_bytes(CONTENT[::-1])
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns + 1))
    with pytest.raises(ModelFileInvalid):
        checksums.require(identify(path, model="m"), SUM, model="m")


def test_asking_for_what_is_known_reads_nothing(checksums: Checksums, path: Path) -> None:
    file = identify(path, model="m")
    checksums.require_known(file, OTHER, model="m")  # nothing is known yet
    checksums.require(file, SUM, model="m")
    checksums.require_known(file, SUM, model="m")
    with pytest.raises(ModelFileInvalid):
        checksums.require_known(file, OTHER, model="m")


def test_reading_stops_on_request(tmp_path: Path) -> None:
    large = tmp_path / "large.gguf"
    with large.open("wb") as file:
        file.truncate(1000 * BLOCK_BYTES)
    cancel = Cancellation()
    cancel.cancel()
    with pytest.raises(Cancelled):
        sha256_of(identify(large, model="m"), model="m", cancel=cancel)


def test_a_file_that_changes_meanwhile_has_no_sum(path: Path) -> None:
    before = identify(path, model="m")
    path.write_bytes(CONTENT + b"more")
    with pytest.raises(ModelUnavailable, match="it changed while it was read"):
        sha256_of(before, model="m")


def test_a_file_that_is_gone_is_named(path: Path) -> None:
    before = identify(path, model="m")
    path.unlink()
    with pytest.raises(ModelUnavailable, match="does not exist"):
        sha256_of(before, model="m")
