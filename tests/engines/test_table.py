"""The table of engines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.engines.table import ENGINES, open_engine
from core.errors import ConfigError
from tests import tiny_models
from tests.engines.contract import GREEDY, answer
from tests.engines.llama.conftest import spec_for


def test_a_spec_names_its_engine(tmp_path: Path) -> None:
    fractions: list[float] = []
    spec = spec_for(tiny_models.scripted_text(tmp_path))
    engine = open_engine(spec, progress=fractions.append)
    try:
        assert answer(engine, GREEDY)[0] == tiny_models.REPLY
    finally:
        engine.close()
    assert fractions[-1] == 1


def test_an_unknown_engine_is_an_error_that_names_the_known_ones(tmp_path: Path) -> None:
    spec = replace(spec_for(tmp_path / "a.gguf"), engine="vllm")
    with pytest.raises(ConfigError, match="vllm") as caught:
        open_engine(spec)
    assert all(name in caught.value.hint for name in ENGINES)
