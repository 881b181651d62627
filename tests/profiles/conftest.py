"""Configurations under a profile, and what comes of them on a machine of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from core.profiles import with_what_is_here
from core.settings import Settings, load_settings
from core.settings.profiles import ROLES, Role
from core.storage.folder import DataFolder, open_data_folder
from tests.environments import NO_OLLAMA

Here = Callable[..., Settings]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return open_data_folder(tmp_path / "data")


@pytest.fixture
def here(tmp_path: Path, data: DataFolder) -> Here:
    """here(values, **variables): the settings of a user's file as they hold on this machine."""

    def settings(values: Mapping[str, Any] | None = None, **variables: str) -> Settings:
        file = tmp_path / "sarai.yaml"
        file.write_text(json.dumps(values or {}), encoding="utf-8")
        away = {} if "ollama" in (values or {}) else NO_OLLAMA
        loaded = load_settings(file, environ={**away, **variables})
        return with_what_is_here(loaded, data)

    return settings


def chains(settings: Settings) -> dict[Role, tuple[str, ...]]:
    return {role: settings.chain(role) for role in ROLES}
