"""The data folder and who may read it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.errors import StorageError
from core.storage.folder import data_root, open_data_folder
from core.storage.private_file import make_private, write_private
from tests.storage.conftest import mode


def test_new_folders_are_private(tmp_path: Path) -> None:
    folder = open_data_folder(tmp_path / "new")
    for path in (folder.root, folder.models, folder.media, folder.logs):
        assert mode(path) == 0o700


def test_an_existing_folder_keeps_its_permissions(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert mode(open_data_folder(tmp_path).root) == 0o755


def test_a_file_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be used"):
        open_data_folder(tmp_path / "file")


def test_home_is_where_the_variable_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    assert data_root() == tmp_path


def test_the_home_of_nobody_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SARAI_HOME", "~nosuchuser/sarai")
    with pytest.raises(StorageError, match="SARAI_HOME is ~nosuchuser/sarai"):
        data_root()


def test_private_files(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("kept")
    old.chmod(0o644)
    make_private(old)
    make_private(new)
    assert (mode(old), mode(new), old.read_text()) == (0o600, 0o600, "kept")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_private(tmp_path / "taken", b"data")
    assert os.listdir(tmp_path) == ["taken"]  # noqa: PTH208
