"""Bytes that are kept as files."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from core.errors import InvalidInput, StorageError
from core.graph import SARAiOrchestrator
from core.model_pool import ModelPool
from core.settings import Settings
from core.storage.folder import DataFolder
from core.storage.media_store import MediaStore
from tests.storage.conftest import mode


def test_named_by_content_and_private(folder: DataFolder) -> None:
    path = MediaStore(folder).put(b"sound", ".wav")
    assert path == folder.media / f"{hashlib.sha256(b'sound').hexdigest()}.wav"
    assert path.read_bytes() == b"sound"
    assert mode(path) == 0o600


def test_the_same_bytes_are_stored_once(folder: DataFolder) -> None:
    store = MediaStore(folder)
    first = store.put(b"sound", ".wav")
    written = first.stat().st_ino
    assert store.put(b"sound", ".wav") == first
    assert first.stat().st_ino == written
    assert store.put(b"other", ".wav") != first
    assert len(os.listdir(folder.media)) == 2  # noqa: PTH208


@pytest.mark.parametrize("suffix", ["", "wav", "./x", "../x", ".WAV", ".verylongsuffix", ".a\n"])
def test_a_suffix_is_a_suffix(folder: DataFolder, suffix: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        MediaStore(folder).put(b"sound", suffix)
    assert caught.value.key == "suffix"


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        MediaStore(DataFolder(tmp_path / "gone")).put(b"sound", ".wav")


DAY_S = 24 * 3600.0


def kept(folder: DataFolder, name: str, *, days: float, size_mb: int = 0) -> Path:
    """A file that came so many days ago; its bytes take no room on the disk."""
    path = folder.media / name
    path.touch()
    os.truncate(path, size_mb * 2**20)
    at_s = time.time() - days * DAY_S
    os.utime(path, (at_s, at_s))
    return path


def test_after_a_week_a_file_goes_when_the_next_comes(folder: DataFolder) -> None:
    old, spoken = kept(folder, "old.png", days=7.1), kept(folder, "reply-1.wav", days=8)
    young = kept(folder, "young.png", days=6.9)
    new = MediaStore(folder).put(b"sound", ".wav")
    assert not old.exists()
    assert not spoken.exists()
    assert young.exists()
    assert new.read_bytes() == b"sound"


def test_what_comes_again_stays(folder: DataFolder) -> None:
    store = MediaStore(folder)
    path = store.put(b"sound", ".wav")
    kept(folder, path.name, days=6.9)
    assert store.put(b"sound", ".wav") == path
    assert time.time() - path.stat().st_mtime < DAY_S


def test_the_oldest_of_too_much_go_but_nothing_that_may_be_in_use(folder: DataFolder) -> None:
    files = [kept(folder, f"{days}.png", days=days, size_mb=300) for days in (1, 2, 3, 4, 5)]
    MediaStore(folder).prune()
    assert [path.exists() for path in files] == [True, True, True, False, False]
    young = [kept(folder, f"now-{index}.png", days=0, size_mb=600) for index in range(3)]
    MediaStore(folder).prune()
    assert all(path.exists() for path in young)
    assert not any(path.exists() for path in files)


def test_only_files_of_its_own_folder_go(folder: DataFolder, tmp_path: Path) -> None:
    mine = tmp_path / "mine.png"
    mine.touch()
    os.utime(mine, (0, 0))
    link = folder.media / "link.png"
    link.symlink_to(mine)
    inner = folder.media / "inner"
    inner.mkdir()
    os.utime(inner, (0, 0))
    MediaStore(folder).prune()
    assert mine.exists()
    assert link.is_symlink()
    assert inner.is_dir()


def test_old_files_go_when_the_assistant_starts(folder: DataFolder, settings: Settings) -> None:
    old = kept(folder, "old.png", days=7.1)
    with SARAiOrchestrator(pool=ModelPool(settings, folder), preload=False):
        assert not old.exists()
