"""A selector over the shipped configuration."""

from __future__ import annotations

import pytest

from core.routing.selection import ModelSelector
from core.settings import Settings


@pytest.fixture
def selector(settings: Settings) -> ModelSelector:
    return ModelSelector(settings=settings)
