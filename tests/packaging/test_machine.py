"""The checks that come before the long build, on this machine's real compiler and disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from set_up.machine import check_free_disk, compile_jobs, cpu_features, find_compilers
from set_up.report import SetupError

from tests.packaging.checkout import make_script


def test_working_compilers_are_found_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.delenv("CXX", raising=False)
    assert set(find_compilers()) == {"CC", "CXX"}


def test_a_compiler_that_exists_and_does_not_work_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = make_script(tmp_path / "cc", "echo 'cc1 not found' >&2; exit 1")
    monkeypatch.setenv("CC", str(broken))
    with pytest.raises(SetupError, match="cc1 not found") as raised:
        find_compilers()
    assert "CC" in raised.value.hint


def test_the_next_compiler_is_taken_when_the_first_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_script(tmp_path / "cc", "exit 1")
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert find_compilers()["CC"] != "cc"


def test_no_compiler_at_all_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="cc: not found; gcc: not found") as raised:
        find_compilers()
    assert "gcc" in raised.value.hint or "xcode-select" in raised.value.hint


def test_a_full_disk_is_named_with_what_is_needed(tmp_path: Path) -> None:
    check_free_disk(tmp_path, needed_mb=1)
    with pytest.raises(SetupError, match="needs 1000000000 MB") as raised:
        check_free_disk(tmp_path, needed_mb=10**9)
    assert "TMPDIR" in raised.value.hint


def test_compile_jobs_stay_within_the_cores() -> None:
    assert 1 <= compile_jobs() <= (os.cpu_count() or 1)


def test_cpu_features_are_stable_and_leave_kernel_flags_out() -> None:
    assert cpu_features() == cpu_features()
    assert "md_clear" not in cpu_features()
