"""What the tests of media share: the default limits, and where real recordings may lie."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.settings.media import MediaSettings

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings() -> MediaSettings:
    return MediaSettings.model_validate({})


@pytest.fixture
def speech_folder() -> Path:
    data = Path(os.environ.get("SARAI_DATA", REPOSITORY.parent / "shared" / "data"))
    folder = data / "speech"
    if not folder.is_dir():
        pytest.skip(f"no recordings in {folder} (set SARAI_DATA)")
    return folder
