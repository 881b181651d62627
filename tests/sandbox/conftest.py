"""Skips, visibly, where nothing can shut a program in."""

from __future__ import annotations

import pytest

from core.sandbox import walls_hold


@pytest.fixture(scope="session")
def walls_stand() -> None:
    if not walls_hold():
        pytest.skip("bubblewrap is not installed, or this system does not let it work")
