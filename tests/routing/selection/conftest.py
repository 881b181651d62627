"""Selectors over the shipped configuration, with nothing of the developer's environment."""

from __future__ import annotations

import pytest

from core.routing.selection import ModelSelector
from core.settings import Settings
from core.settings.model_override import OVERRIDE_VARIABLE


@pytest.fixture(autouse=True)
def _no_override(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OVERRIDE_VARIABLE, raising=False)


@pytest.fixture
def selector(settings: Settings) -> ModelSelector:
    return ModelSelector(settings=settings)
