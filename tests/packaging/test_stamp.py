"""When a set-up is done again: everything it was made from counts, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from set_up.stamp import (
    FILE_NAME,
    is_current,
    read_stamp,
    remove_stamp,
    reusable_interpreter,
    wanted_cmake_args,
    write_stamp,
)

from tests.packaging.checkout import make_checkout, make_venv


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose set-up is complete, in a folder with a space and an accent."""
    monkeypatch.delenv("CMAKE_ARGS", raising=False)
    root = make_checkout(tmp_path / "mi año")
    write_stamp(root, make_venv(root), "")
    return root


def append(path: Path) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")


def break_interpreter(root: Path) -> None:
    for python in (root / ".venv" / "bin").glob("python*"):
        python.unlink()
        python.symlink_to("/nowhere/python3")


def test_a_complete_set_up_is_current(checkout: Path) -> None:
    assert is_current(checkout, checkout / ".venv")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda root: append(root / "requirements.lock"),
        lambda root: append(root / "pyproject.toml"),
        lambda root: append(root / ".ci" / "bootstrap.py"),
        lambda root: append(root / ".ci" / "llama-build.cmake"),
        lambda root: append(root / ".ci" / "set_up" / "environment.py"),
        lambda root: remove_stamp(root / ".venv"),
        lambda root: (root / ".venv" / FILE_NAME).write_text('{"digest": "'),
        lambda root: shutil.rmtree(root / ".venv"),
        break_interpreter,
    ],
)
def test_any_change_or_damage_is_noticed(checkout: Path, spoil: Callable[[Path], object]) -> None:
    spoil(checkout)
    assert not is_current(checkout, checkout / ".venv")


def test_a_moved_checkout_is_set_up_from_scratch(checkout: Path) -> None:
    moved = checkout.rename(checkout.with_name("moved"))
    assert not is_current(moved, moved / ".venv")
    assert reusable_interpreter(moved / ".venv") is None


def test_a_changed_lock_file_is_installed_into_what_is_there(checkout: Path) -> None:
    append(checkout / "requirements.lock")
    assert reusable_interpreter(checkout / ".venv") is not None


def test_an_interrupted_set_up_is_not_reused(checkout: Path) -> None:
    remove_stamp(checkout / ".venv")
    assert reusable_interpreter(checkout / ".venv") is None


def test_a_gpu_build_stays_one_until_other_options_are_given(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = checkout / ".venv"
    write_stamp(checkout, venv, "-DGGML_CUDA=on")
    assert is_current(checkout, venv)
    assert wanted_cmake_args(read_stamp(venv)) == "-DGGML_CUDA=on"
    monkeypatch.setenv("CMAKE_ARGS", "")
    assert not is_current(checkout, venv)
