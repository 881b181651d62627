"""Writes a user's file and loads it with an environment of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from core.errors import ConfigError
from core.settings import Settings, load_settings

Load = Callable[..., Settings]
Refuse = Callable[..., ConfigError]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"


@pytest.fixture
def load(file: Path) -> Load:
    """load(text, **variables): the settings with `text` as the user's file."""

    def load(text: str = "", **variables: str) -> Settings:
        file.write_text(dedent(text), encoding="utf-8")
        return load_settings(file, environ=variables)

    return load


@pytest.fixture
def refuse(load: Load) -> Refuse:
    """refuse(text, **variables): the error that loading it must end in."""

    def refuse(text: str = "", **variables: str) -> ConfigError:
        with pytest.raises(ConfigError) as caught:
            load(text, **variables)
        return caught.value

    return refuse
