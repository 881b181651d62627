"""Bytes that are kept as files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from core.errors import InvalidInput, StorageError
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
