"""`sarai models fit`, called as the shell calls it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.model_pool.memory.amount import Amount
from core.model_pool.memory.shared_ledger import SharedLedger
from core.model_pool.resolve import ConfiguredModels
from core.settings import load_settings
from core.storage.folder import DataFolder
from tests import tiny_models
from tests.interfaces.conftest import Sarai
from tests.ollama_emulator import EmulatedModel, OllamaEmulator

# Small enough for any machine that runs these tests.
SMALL = {"budget_mb": 1200, "system_reserve_mb": 200}
PERMANENT = {"lfm2_1_2b": {"max_memory_mb": 100}, "qwen_omni_3b": {"max_memory_mb": 400}}


@pytest.fixture
def other(home: DataFolder) -> Iterator[SharedLedger]:
    """Another SARAi, as far as the data folder shows."""
    ledger = SharedLedger(home.reservations)
    yield ledger
    ledger.close()


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def write(settings: dict[str, Any]) -> None:
        (tmp_path / "sarai.yaml").write_text(yaml.safe_dump(settings))
        monkeypatch.setenv("SARAI_CONFIG", str(tmp_path / "sarai.yaml"))

    return write


def models_of(answer: str) -> dict[str, dict[str, Any]]:
    return {model["name"]: model for model in json.loads(answer)["models"]}


def row(answer: str, name: str) -> list[str]:
    return next(line.split() for line in answer.splitlines() if line.startswith(name))


def test_every_model_is_judged_and_the_budget_explained(
    sarai: Sarai, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ended = sarai("models", "fit")
    assert ended.code == 0
    heading, *rows = ended.answer.split("\n\n")[0].splitlines()
    assert heading.split() == ["model", "state", "predicted", "measured", "alone", "at", "work"]
    assert len(rows) == 18
    assert max(map(len, [heading, *rows])) <= 80
    assert row(ended.answer, "qwen3_vl_4b")[1:6] == ["not", "installed", "≤", "5300", "MiB"]
    assert "Models may take 14336 MiB: 16384 (runtime.budget_mb) less 2048" in ended.answer
    assert "Nobody else holds any of it" in ended.answer
    assert "taken for installed: lfm2_1_2b, qwen_omni_3b." in ended.answer


def test_json_says_the_same_to_a_program(sarai: Sarai) -> None:
    ended = sarai("models", "fit", "--json")
    report = json.loads(ended.answer)
    assert report["at_most"]["limit_mb"] <= 16_384 - 2048
    assert report["others"] == []
    assert report["at_start"] == ["lfm2_1_2b", "qwen_omni_3b"]
    vision = models_of(ended.answer)["qwen3_vl_4b"]
    assert (vision["state"], vision["expected_mb"]) == ("not installed", 5300)
    assert (vision["predicted_mb"], vision["measured_mb"]) == (None, None)
    self_test = models_of(ended.answer)["self_test_tiny"]
    assert self_test["predicted_mb"] > 60
    assert self_test["alone"] == {"verdict": "fits", "evicts": [], "reason": ""}


def test_verdicts_with_their_arithmetic(
    sarai: Sarai, configure: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    configure(
        {
            "runtime": SMALL,
            "models": {
                **PERMANENT,
                "embeddinggemma_300m": {"load_on_startup": True, "max_memory_mb": 60},
                "qwen3_vl_4b": {"max_memory_mb": 450},
                "solar_ollama": {"max_memory_mb": 900},
                "solar_gguf": {"max_memory_mb": 1001},
            },
        }
    )
    ended = sarai("models", "fit")
    # 500 of 1000 MiB are permanent, and 60 can leave.
    assert row(ended.answer, "qwen3_vl_4b")[-3:] == ["fits", "without", "embeddinggemma_300m"]
    assert row(ended.answer, "solar_ollama")[-2:] == ["fits", "never"]
    assert row(ended.answer, "solar_gguf")[-2:] == ["never", "never"]
    assert "solar_gguf, alone: needs 1001 MiB and the models' budget is 1000 MiB." in ended.answer
    assert "solar_gguf, at work" not in ended.answer  # for the same reason
    assert "solar_ollama, at work: needs 900 MiB and only 500 of the models' 1000" in ended.answer


def test_what_others_hold_is_told(
    sarai: Sarai, other: SharedLedger, configure: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure({"runtime": SMALL, "models": {**PERMANENT, "solar_gguf": {"max_memory_mb": 300}}})
    other.reserve("qwen3_vl_4b", Amount(500), lambda _: Amount(1000))
    with OllamaEmulator([EmulatedModel("guest", size_bytes=300 * 2**20)]) as server:
        server.load(EmulatedModel("guest"), 4096)
        monkeypatch.setenv("SARAI__OLLAMA__BASE_URL", server.base_url)
        ended = sarai("models", "fit")
        told = json.loads(sarai("models", "fit", "--json").answer)
    assert "Others hold 800 MiB of that:" in ended.answer
    assert "): qwen3_vl_4b 500 MiB" in ended.answer
    assert "  Ollama: guest 300 MiB" in ended.answer
    assert row(ended.answer, "solar_gguf")[-4:] == ["not", "now", "not", "now"]
    assert "solar_gguf, alone: needs 300 MiB: of the models' budget of 1000" in ended.answer
    assert told["now"]["limit_mb"] == 200
    assert [holding["reserved_mb"] for holding in told["others"]] == [500, 300]


def test_what_was_measured_is_shown(sarai: Sarai, home: DataFolder, configure: Any) -> None:
    path = tiny_models.scripted_text(home.models)
    configure({"models": {"lfm2_1_2b": {"gguf_file": str(path)}}})
    assert models_of(sarai("models", "fit", "--json").answer)["lfm2_1_2b"]["measured_mb"] is None
    models = ConfiguredModels(load_settings(), home)
    models.measured(models("lfm2_1_2b"), 123.4)
    ended = sarai("models", "fit")
    assert "124 MiB" in next(x for x in ended.answer.splitlines() if x.startswith("lfm2_1_2b"))


def test_a_model_above_its_own_limit_says_so(
    sarai: Sarai, home: DataFolder, configure: Any
) -> None:
    path = tiny_models.scripted_text(home.models)
    configure({"models": {"lfm2_1_2b": {"gguf_file": str(path), "max_memory_mb": 10}}})
    ended = sarai("models", "fit")
    assert row(ended.answer, "lfm2_1_2b")[-2:] == ["never", "never"]
    assert "max_memory_mb is 10" in ended.answer
    assert "≤ 10 MiB" not in ended.answer  # a limit is no prediction


def test_a_damaged_file_gets_no_verdict(sarai: Sarai, tmp_path: Path, configure: Any) -> None:
    (tmp_path / "damaged.gguf").write_bytes(b"no GGUF")
    configure({"models": {"lfm2_1_2b": {"gguf_file": str(tmp_path / "damaged.gguf")}}})
    ended = sarai("models", "fit")
    assert row(ended.answer, "lfm2_1_2b") == ["lfm2_1_2b", "damaged", "-", "not", "yet", "-", "-"]
    assert "taken for installed: qwen3_5_2b, qwen_omni_3b." in ended.answer


def test_nothing_is_left_behind(sarai: Sarai, home: DataFolder) -> None:
    sarai("models", "fit")
    assert list(home.reservations.glob("*.json")) == []
