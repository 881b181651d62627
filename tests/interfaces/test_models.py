"""`sarai models`: who serves each role, in what state, by whose choice, and what is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from core.model_pool.memory.amount import Amount
from core.model_pool.memory.shared_ledger import SharedLedger
from core.settings.profiles import ROLES
from core.storage.folder import DataFolder, open_data_folder
from tests import tiny_models
from tests.interfaces.conftest import Ended, Sarai
from tests.ollama_emulator import EmulatedModel, OllamaEmulator

Configure = Callable[[Mapping[str, Any]], Path]
TINY = "LFM2-1.2B-Q4_K_M.gguf"


@pytest.fixture
def home(tmp_path: Path) -> DataFolder:
    return open_data_folder(tmp_path / "home")


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    def write(values: Mapping[str, Any]) -> Path:
        file = tmp_path / "mine.yaml"
        file.write_text(json.dumps(values, indent=1), encoding="utf-8")
        monkeypatch.setenv("SARAI_CONFIG", str(file))
        return file

    return write


@pytest.fixture(autouse=True)
def _plain(configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without a word of configuration, on 80 columns."""
    configure({})
    monkeypatch.setenv("COLUMNS", "80")


def roles_of(ended: Ended) -> dict[str, dict[str, Any]]:
    return {each["role"]: each for each in json.loads(ended.answer)["roles"]}


def row(ended: Ended, role: str) -> str:
    line = next(line for line in ended.answer.splitlines() if line.startswith(f"{role} "))
    return " ".join(line.split())


def test_what_came_with_sarai(sarai: Sarai) -> None:
    ended = sarai("models")
    assert ended.code == 0
    assert row(ended, "audio") == "audio nano_audio embedded 2.9 MB CC BY-SA 4.0 auto: embedded"
    assert row(ended, "embeddings") == "embeddings - nobody - - profile auto"
    assert max(map(len, ended.answer.splitlines())) <= 80
    assert len(ended.answer.splitlines()) == 1 + len(ROLES)
    assert "`sarai models pull` gets real ones (14.1 GB)" in ended.about
    assert "not pulled" not in ended.about  # of what auto would have taken nothing is missed


def test_every_role_has_its_embedded_model(sarai: Sarai) -> None:
    found = roles_of(sarai("models", "--json"))
    assert {each["state"] for each in found.values() if each["model"]} == {"embedded"}


def test_for_programs(sarai: Sarai, home: DataFolder) -> None:
    told = json.loads(sarai("models", "--json").answer)
    assert (told["profile"], told["models_folder"]) == ("auto", str(home.models))
    assert [each["role"] for each in told["roles"]] == list(ROLES)
    assert set(told["roles"][0]) == {
        *("role", "model", "name", "state", "size_bytes", "licence", "chosen_by", "missing")
    }


def test_a_pulled_file(sarai: Sarai, home: DataFolder) -> None:
    path = tiny_models.scripted_text(home.models)
    path.rename(home.models / TINY)
    tiny = roles_of(sarai("models", "--json"))["tiny"]
    assert (tiny["model"], tiny["name"]) == ("lfm2_1_2b", "LFM2 1.2B")
    assert (tiny["state"], tiny["chosen_by"]) == ("on disk", "auto: pulled")
    assert tiny["size_bytes"] == (home.models / TINY).stat().st_size
    assert tiny["licence"] == "LFM Open License 1.0"
    assert tiny["missing"] == []


def test_a_file_of_the_users_own_under_a_known_name(
    sarai: Sarai, configure: Configure, tmp_path: Path
) -> None:
    own = tiny_models.scripted_text(tmp_path)
    configure({"models": {"lfm2_1_2b": {"gguf_file": str(own)}}})
    tiny = roles_of(sarai("models", "--json"))["tiny"]
    assert (tiny["model"], tiny["chosen_by"]) == ("lfm2_1_2b", "auto: your file")
    assert tiny["licence"] == ""  # what the manifest knows is of another file


def test_a_damaged_file_is_told_and_passed_over(sarai: Sarai, home: DataFolder) -> None:
    (home.models / "gemma-4-E2B_q4_0-it.gguf").write_bytes(b"no GGUF")
    (home.models / "gemma-4-E2B-it-mmproj.gguf").write_bytes(b"no GGUF")
    ended = sarai("models", "--json")
    audio = roles_of(ended)["audio"]
    assert (audio["model"], audio["chosen_by"]) == ("nano_audio", "auto: embedded")
    assert [(each["model"], each["why"]) for each in audio["missing"]] == [
        ("gemma_4_e2b", "damaged")
    ]
    assert "gemma_4_e2b is damaged; in its place: nano_audio for audio" in sarai("models").about


def test_what_ollama_has(sarai: Sarai, configure: Configure, home: DataFolder) -> None:
    small = EmulatedModel("qwen3:1.7b", family="qwen3", parameter_size="2.0B", size_bytes=10**9)
    with OllamaEmulator([small]) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SARAI__OLLAMA__BASE_URL", server.base_url)
        ended = sarai("models")
        assert row(ended, "tiny").startswith("tiny ollama_qwen3_1.7b in Ollama 1.00 GB - auto:")
        server.load(small, 4096)
        tiny = roles_of(sarai("models", "--json"))["tiny"]
    assert (tiny["state"], tiny["chosen_by"]) == ("loaded", "auto: Ollama")


def test_what_another_process_holds_is_loaded(sarai: Sarai, home: DataFolder) -> None:
    ledger = SharedLedger(home.reservations)
    ledger.reserve("nano_audio", Amount(30), lambda _: Amount(1000))
    try:
        audio = roles_of(sarai("models", "--json"))["audio"]
    finally:
        ledger.close()
    assert (audio["state"], audio["chosen_by"]) == ("loaded", "auto: embedded")


def test_a_profile_that_is_not_pulled_says_what_gets_it(sarai: Sarai, configure: Configure) -> None:
    configure({"runtime": {"profile": "apache"}})
    ended = sarai("models")
    assert row(ended, "audio").endswith("profile apache")
    told = " ".join(ended.about.split())
    assert "gemma_4_e2b is not pulled; in its place: nano_audio for audio, " in told
    assert "sarai models pull gemma_4_e2b" in told


def test_a_models_absence_is_told_once_for_all_its_roles(
    sarai: Sarai, configure: Configure
) -> None:
    configure({"runtime": {"profile": "best_of_breed"}})
    about = sarai("models").about
    assert about.count("qwen_omni_3b is not pulled") == 1
    assert "solar_ollama is not in Ollama" in about


def test_whose_choice_it_is(
    sarai: Sarai, configure: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tiny_models.scripted_text(tmp_path)
    file = configure(
        {
            "models": {"mine": {"name": "Mine", "gguf_file": str(own), "licence": "my own"}},
            "routing": {"text_variant_selection": {"expert": {"model": "mine"}}},
        }
    )
    line = 1 + file.read_text().splitlines().index('    "model": "mine"')
    monkeypatch.setenv("SARAI__ROUTING__TEXT_VARIANT_SELECTION__TINY__MODEL", "mine")
    found = roles_of(sarai("models", "--json"))
    assert (found["expert"]["model"], found["expert"]["licence"]) == ("mine", "my own")
    assert found["expert"]["chosen_by"] == f"mine.yaml:{line}"
    assert found["tiny"]["chosen_by"] == "SARAI__ROUTING__TEXT_VARIANT_SELECTION__TINY__MODEL"
    assert found["audio"]["chosen_by"] == "auto: embedded"


def test_no_name_is_cut_where_columns_are_few(
    sarai: Sarai, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "44")
    shown = sarai("models").answer
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= 44
