"""What is said of each configured model: its file, its header, its sum and whether it fits."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from core.doctor import Finding, Surroundings
from core.doctor.checks.models import check_models
from core.engines.devices import Device
from core.model_pool.memory.devices import Devices
from core.model_pool.resolve import ConfiguredModels
from core.storage.database import Database
from core.storage.folder import open_data_folder
from core.storage.migrations import MIGRATIONS
from tests import tiny_models
from tests.doctor.surroundings import by_subject, surroundings
from tests.doctor.test_data_folder import tree
from tests.ollama_emulator import EmulatedModel, OllamaEmulator
from tests.openai_emulator import EmulatedModel as ServedModel
from tests.openai_emulator import OpenAIEmulator


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return tiny_models.scripted_text(tmp_path)


def about(model: str, around: Surroundings) -> Finding:
    return by_subject(check_models, around)[model]


def tiny(**keys: Any) -> Mapping[str, Any]:
    """The user's file when the everyday model has these keys."""
    return {"models": {"lfm2_1_2b": {key: str(value) for key, value in keys.items()}}}


def test_a_bare_machine_knows_which_file_is_wanted_and_who_answers(tmp_path: Path) -> None:
    around = surroundings(tmp_path / "m")
    found = by_subject(check_models, around)
    elsewhere = {"qwen3_5_9b", "qwen3_5_2b", "gemma_4_e2b", "qwen3_embedding_0_6b"}
    assert set(found) == set(around.sound_settings.models) - elsewhere
    assert found["nano_audio"].found.startswith("header sound, needs ")
    absent = found["lfm2_1_2b"]
    assert (absent.status, absent.found) == (
        "warn",
        f"not installed: LFM2-1.2B-Q4_K_M.gguf is not in {around.data.models}; "
        "nano_text answers in its place",
    )
    assert "LiquidAI/LFM2-1.2B-GGUF" in absent.cure
    assert not around.data.root.exists()


def test_a_sound_file_that_fits(tmp_path: Path, sound: Path) -> None:
    found = about("lfm2_1_2b", surroundings(tmp_path / "m", tiny(gguf_file=sound)))
    assert found.status == "ok"
    assert found.found.startswith("header sound, needs ")
    assert found.found.endswith(" MiB, fits into 14000 MiB, no sha256 stated")


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"no GGUF", "does not begin as a GGUF"), (b"", "is empty"), (None, "is incomplete")],
)
def test_a_broken_file_is_a_failure(
    tmp_path: Path, sound: Path, content: bytes | None, why: str
) -> None:
    sound.write_bytes(sound.read_bytes()[:-100] if content is None else content)
    found = about("lfm2_1_2b", surroundings(tmp_path / "m", tiny(gguf_file=sound)))
    assert found.status == "fail"
    assert str(sound) in found.found
    assert why in found.found
    assert "download it again" in found.cure


def test_two_gigabytes_tell_before_the_download_what_would_never_fit(
    tmp_path: Path, sound: Path
) -> None:
    large = {"gguf_file": str(sound), "context_length": 4096}
    configuration = {"models": {"lfm2_1_2b": {"max_memory_mb": None}, "embeddinggemma_300m": large}}
    around = surroundings(tmp_path / "m", configuration, total_mb=2048)
    found = by_subject(check_models, around)
    assert found["qwen3_vl_4b"].status == "warn"
    assert found["qwen3_vl_4b"].found == (
        "not here, and it would never fit: needs 5300 MiB and the models' budget is 1792 MiB "
        "(this machine gives SARAi 2048 MiB, of which 256 are for the system)"
    )
    assert "Name a smaller model" in found["qwen3_vl_4b"].cure
    assert "give SARAi more memory" in found["qwen3_vl_4b"].cure
    assert "not installed" in found["lfm2_1_2b"].found  # nothing is known of its size


def test_a_file_that_is_here_and_never_fits_is_a_failure(tmp_path: Path, sound: Path) -> None:
    budget = {"runtime": {"budget_mb": 1060, "system_reserve_mb": 1040}}
    permanent = {"lfm2_1_2b": {"max_memory_mb": None}, "qwen_omni_3b": {"max_memory_mb": None}}
    expert = {"solar_gguf": {"gguf_file": str(sound), "context_length": 4096}}
    configuration = {**budget, "models": {**permanent, **expert}}
    found = about("solar_gguf", surroundings(tmp_path / "m", configuration))
    assert found.status == "fail"
    assert "here, but it never fits: needs " in found.found
    assert "the models' budget is 20 MiB" in found.found
    assert "models.solar_gguf.context_length, or raise runtime.budget_mb" in found.cure


def test_a_gpu_that_is_too_small_for_what_shall_go_there(tmp_path: Path, sound: Path) -> None:
    layers = {"runtime": {"gpu_layers": -1}, **tiny(gguf_file=sound)}

    def on(total_mb: int) -> Finding:
        gpus = Devices(lambda _: (Device("CUDA0", "small", total_mb, total_mb),))
        return about("lfm2_1_2b", surroundings(tmp_path / "m", layers, gpus=gpus))

    assert on(20_000).status == "ok"
    assert "MiB of GPU memory, fits into 14000 MiB + 19744 MiB of GPU memory" in on(20_000).found
    assert on(300).status == "fail"
    assert "it never fits: needs " in on(300).found
    assert "CUDA0" in on(300).found
    assert "lower models.lfm2_1_2b.gpu_layers or " in on(300).cure


def test_a_model_above_its_own_limit(tmp_path: Path, sound: Path) -> None:
    around = surroundings(
        tmp_path / "m", {"models": {"lfm2_1_2b": {"gguf_file": str(sound), "max_memory_mb": 10}}}
    )
    found = about("lfm2_1_2b", around)
    assert found.status == "fail"
    assert "its max_memory_mb is 10" in found.found
    assert "Raise models.lfm2_1_2b.max_memory_mb" in found.cure


def test_a_sum_is_stated_then_verified_then_wrong(tmp_path: Path, sound: Path) -> None:
    right = hashlib.sha256(sound.read_bytes()).hexdigest()
    around = surroundings(tmp_path / "m", tiny(gguf_file=sound, sha256=right))
    assert about("lfm2_1_2b", around).found.endswith("sha256 verified when it is loaded")
    models = ConfiguredModels(around.sound_settings, open_data_folder(around.data.root))
    models.verify(models("lfm2_1_2b"))
    before = tree(around.data.root)
    assert about("lfm2_1_2b", around).found.endswith("sha256 verified")
    assert tree(around.data.root) == before
    wrong = surroundings(tmp_path / "m", tiny(gguf_file=sound, sha256="0" * 64))
    found = about("lfm2_1_2b", wrong)
    assert found.status == "fail"
    assert f"its SHA-256 is {right}" in found.found


def test_a_measured_peak_counts(tmp_path: Path, sound: Path) -> None:
    around = surroundings(tmp_path / "m", tiny(gguf_file=sound))
    models = ConfiguredModels(around.sound_settings, open_data_folder(around.data.root))
    models.measured(models("lfm2_1_2b"), 1111.5)
    assert "needs 1112 MiB" in about("lfm2_1_2b", around).found


@pytest.mark.parametrize("version", [0, 1, len(MIGRATIONS) + 1])
def test_an_older_newer_or_damaged_database_costs_no_finding(
    tmp_path: Path, sound: Path, version: int
) -> None:
    around = surroundings(tmp_path / "m", tiny(gguf_file=sound))
    database = open_data_folder(around.data.root).database
    if version:
        Database(database, (*MIGRATIONS, ("CREATE TABLE t (x)",))[:version])
    else:
        database.write_bytes(b"damaged" * 1000)
    before = tree(around.data.root)
    assert about("lfm2_1_2b", around).status == "ok"
    assert tree(around.data.root) == before


def test_a_projector_in_the_models_place(tmp_path: Path) -> None:
    _, tower = tiny_models.vision(tmp_path)
    found = about("lfm2_1_2b", surroundings(tmp_path / "m", tiny(gguf_file=tower)))
    assert found.status == "fail"
    assert "mmproj_file" in found.cure


def test_models_of_ollama(tmp_path: Path) -> None:
    with OllamaEmulator([EmulatedModel("solar:10.7b")]) as server:
        here = {"ollama": {"base_url": server.base_url}}
        found = about("solar_ollama", surroundings(tmp_path / "m", here))
        assert (found.status, found.found) == (
            "ok",
            "its server has it, needs 7200 MiB, fits into 14000 MiB",
        )
        server.remove("solar:10.7b")
        found = about("solar_ollama", surroundings(tmp_path / "m", here))
        assert found.status == "warn"
        assert "has no model solar:10.7b; nano_text answers in its place" in found.found
        assert found.cure == "Get it with `ollama pull solar:10.7b`."


def test_a_server_that_hangs_is_told_last_and_soon(tmp_path: Path, sound: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base_url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        configuration = {**tiny(gguf_file=sound), "ollama": {"base_url": base_url}}
        *_, last = check_models(surroundings(tmp_path / "m", configuration))
    assert (last.subject, last.status) == ("solar_ollama", "warn")
    assert "Ollama does not answer" in last.found


def test_models_of_other_servers(tmp_path: Path) -> None:
    with OpenAIEmulator([ServedModel("qwen3-4b")]) as server:
        servers = {
            "here": {"base_url": server.base_url},
            "tunnel": {"base_url": server.base_url, "leaves_this_machine": True},
        }
        served = {"name": "A", "engine": "openai_http", "openai_model": "qwen3-4b"}
        models = {
            "near": {**served, "openai_server": "here"},
            "far": {**served, "openai_server": "tunnel"},
            "wrong": {**served, "openai_server": "here", "openai_model": "gpt"},
        }
        found = by_subject(
            check_models,
            surroundings(tmp_path / "m", {"openai": {"servers": servers}, "models": models}),
        )
        assert len(server.requests("/v1/models")) == 2
    assert found["near"].found == "its server has it, needs 0 MiB, fits into 14000 MiB"
    assert found["far"].found == "on another machine, which is not asked"
    assert "Write one of its names as openai_model: qwen3-4b" in found["wrong"].cure
    assert "nobody answers in its place" in found["wrong"].found
