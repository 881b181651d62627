"""The pool of the process."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.model_pool import get_model_pool


def test_everybody_gets_the_same_pool_until_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    first = get_model_pool()
    assert get_model_pool() is first
    assert {model.state for model in first.status().models} == {"absent"}
    first.close()
    second = get_model_pool()
    assert second is not first
    assert not second.closed
    second.close()
