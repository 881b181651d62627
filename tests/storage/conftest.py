"""A data folder of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.storage.folder import DataFolder, open_data_folder


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return open_data_folder(tmp_path / "home")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777
