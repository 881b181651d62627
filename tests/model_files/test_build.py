"""Self-test files are small, whole, made once and made again when they are damaged."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import pytest

from core.errors import StorageError
from core.model_files.header import read_header
from tests.self_test_models.build import Kind, build

KINDS: tuple[Kind, ...] = get_args(Kind)


def total_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.gguf"))


def test_all_kinds_are_made_quickly_and_small(tmp_path: Path) -> None:
    before = time.process_time()
    for kind in KINDS:
        build(kind, tmp_path)
    assert time.process_time() - before < 2
    assert total_bytes(tmp_path) < 12 * 1024 * 1024


@pytest.mark.parametrize("kind", KINDS)
def test_headers_are_sound(kind: Kind, self_tests: Path) -> None:
    files = build(kind, self_tests)
    header = read_header(files.gguf_path, model=kind)
    assert header.integer("context_length", 0) >= (2_048 if kind == "embeddings" else 16_384)
    assert (files.mmproj_path is not None) == (kind in {"vision", "omni"})
    if files.mmproj_path is not None:
        assert read_header(files.mmproj_path, model=kind).is_projector


def test_finished_files_are_used_again(tmp_path: Path) -> None:
    first = build("vision", tmp_path)
    inode = first.gguf_path.stat().st_ino
    assert build("vision", tmp_path) == first
    assert first.gguf_path.stat().st_ino == inode


def test_damaged_files_are_made_again(tmp_path: Path) -> None:
    path = build("tiny", tmp_path).gguf_path
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    build("tiny", tmp_path)
    assert path.read_bytes() == whole


def test_nothing_unfinished_is_left(tmp_path: Path) -> None:
    path = build("tiny", tmp_path).gguf_path
    assert os.listdir(path.parent) == [path.name]  # noqa: PTH208  # hidden files count


def test_unwritable_folder_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        build("tiny", tmp_path / "file")


def test_two_processes_may_build_at_once(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.self_test_models.build import build;"
        "print(build('omni', Path(sys.argv[1])).gguf_path)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = {process.communicate(timeout=60)[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert len(answers) == 1
    read_header(Path(answers.pop().strip()), model="omni")
