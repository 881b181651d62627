"""From the configuration to the engine's spec and the reservation, on real files."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from core.engines.devices import Device
from core.errors import ModelFileInvalid, ModelTooLarge, ModelUnavailable
from core.model_pool.memory.amount import Amount
from core.model_pool.memory.devices import Devices
from core.model_pool.pool import ModelPool
from core.model_pool.prediction.device_memory import DRIVER_MB
from core.model_pool.prediction.server_reservation import ollama_reservation_mb
from core.model_pool.resolve import ConfiguredModels
from core.settings.models import ModelSettings
from core.settings.schema import Settings
from core.storage.folder import DataFolder, open_data_folder
from tests.model_pool.fakes import FakeEngines, settings_for
from tests.virtual_clock import VirtualClock

VOCABULARY, WIDTH = 4096, 64
OLLAMA_KEYS = {"engine": "ollama", "ollama_model": "solar:10.7b", "gguf_file": None}


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder with the model `a` of 2 layers, 1 KV head of 64."""
    folder = open_data_folder(tmp_path)
    writer = gguf.GGUFWriter(folder.models / "a.gguf", "qwen3")
    writer.add_block_count(2)
    writer.add_embedding_length(WIDTH)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_tensor("token_embd.weight", np.zeros((VOCABULARY, WIDTH), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return folder


def configured(**keys: Any) -> Settings:
    return settings_for({"a": keys}, budget_mb=1000, threads=3)


def test_the_specs_fields_come_from_the_configuration(folder: DataFolder) -> None:
    resolved = ConfiguredModels(configured(context_length=1024, gpu_layers=5), folder)("a")
    spec = resolved.spec
    assert (spec.model, spec.engine) == ("a", "llama")
    assert (spec.context_tokens, spec.threads, spec.gpu_layers) == (1024, 3, 5)
    assert spec.gguf_path == folder.models / "a.gguf"
    assert spec.mmproj_path is None
    assert not spec.embeddings
    assert spec.image_max_tokens == 1280
    assert spec.log_path == folder.logs / "a.log"
    assert ConfiguredModels(configured(embeddings=True), folder)("a").spec.embeddings


def test_the_reservation_follows_the_context_length(folder: DataFolder) -> None:
    short, long = (
        ConfiguredModels(configured(context_length=tokens), folder)("a").need_mb
        for tokens in (1024, 1024 * 33)
    )
    # The cache, as much again for copies of it, and a batch's mask.
    more_tokens = 1024 * 32
    cache_bytes, mask_bytes = more_tokens * 2 * 128 * 2, 512 * more_tokens * 2
    assert long - short == (2 * cache_bytes + mask_bytes) // 2**20


def test_paths_models_is_where_files_are_looked_for(folder: DataFolder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    settings = configured().model_copy(
        update={"paths": configured().paths.model_copy(update={"models": elsewhere})}
    )
    with pytest.raises(ModelUnavailable):
        ConfiguredModels(settings, folder)("a")
    elsewhere.mkdir()
    (folder.models / "a.gguf").rename(elsewhere / "a.gguf")
    spec = ConfiguredModels(settings, folder)("a").spec
    assert spec.gguf_path == elsewhere / "a.gguf"


def test_max_memory_refuses_with_the_arithmetic_and_the_keys(folder: DataFolder) -> None:
    engines = FakeEngines({})
    pool = ModelPool(
        configured(max_memory_mb=50), folder, clock=VirtualClock(), open_engine=engines
    )
    arithmetic = r"context.*process = .*max_memory_mb is 50"
    with pytest.raises(ModelTooLarge, match=arithmetic) as caught, pool.lease("a"):
        pass
    assert "models.a.max_memory_mb" in caught.value.hint
    assert "models.a.context_length" in caught.value.hint
    assert engines.opened == []
    pool.close()


def test_the_context_length_reaches_the_engine(folder: DataFolder) -> None:
    engines = FakeEngines({})
    settings = configured(context_length=2048, max_memory_mb=500)
    pool = ModelPool(settings, folder, clock=VirtualClock(), open_engine=engines)
    with pool.lease("a") as engine:
        assert engine.context_tokens == 2048
        assert 45 < pool.status().reserved_mb <= 500
    pool.close()


def test_a_damaged_file_is_refused(folder: DataFolder) -> None:
    (folder.models / "a.gguf").write_bytes(b"not a model")
    with pytest.raises(ModelFileInvalid):
        ConfiguredModels(configured(), folder)("a")


def ollama(tag: str, **keys: Any) -> ModelSettings:
    return ModelSettings.model_validate(
        {"name": "o", "engine": "ollama", "ollama_model": tag, **keys}
    )


@pytest.mark.parametrize(
    ("tag", "parameters_b"),
    [("solar:10.7b", 10.7), ("qwen2.5:0.5b-instruct", 0.5), ("llama3:latest", 8.0)],
)
def test_an_ollama_model_is_estimated_from_its_tag(tag: str, parameters_b: float) -> None:
    need_mb, arithmetic = ollama_reservation_mb(ollama(tag), "http://127.0.0.1:11434")
    assert need_mb == pytest.approx(parameters_b * 582.9 + 512 + 400, abs=2)
    assert "estimated" in arithmetic


@pytest.mark.parametrize(
    ("base_url", "expected_mb"),
    [
        ("http://127.0.0.1:11434", 3000),
        ("http://localhost:11434", 3000),
        ("localhost:11434", 3000),
        ("http://[::1]:11434", 3000),
        ("http://0.0.0.0:11434", 3000),
        ("http://192.168.1.7:11434", 0),
        ("https://ollama.example.org", 0),
    ],
)
def test_only_an_ollama_on_this_machine_takes_its_memory(base_url: str, expected_mb: int) -> None:
    model = ollama("solar:10.7b", max_memory_mb=3000)
    assert ollama_reservation_mb(model, base_url)[0] == expected_mb


def test_an_ollama_model_needs_no_file(folder: DataFolder) -> None:
    settings = settings_for({"o": OLLAMA_KEYS})
    resolved = ConfiguredModels(settings, folder)("o")
    assert resolved.spec.remote_model == "solar:10.7b"
    assert resolved.spec.base_url == settings.ollama.base_url
    assert resolved.spec.gguf_path is None
    assert resolved.need_mb > 6000


def test_a_measured_peak_above_the_prediction_is_reserved(folder: DataFolder) -> None:
    predicted = ConfiguredModels(configured(), folder)("a")
    assert (predicted.predicted_mb, predicted.measured_mb) == (predicted.need_mb, None)
    for peak_mb in (predicted.need_mb + 9.5, 10.0, None):
        ConfiguredModels(configured(), folder).measured(predicted, peak_mb)
    resolved = ConfiguredModels(configured(), folder)("a")
    assert resolved.need_mb == resolved.measured_mb == predicted.need_mb + 10
    assert resolved.predicted_mb == predicted.need_mb
    assert resolved.arithmetic.startswith(f"{resolved.need_mb} MiB measured, more than predicted")
    longer = ConfiguredModels(configured(context_length=8192), folder)("a")
    assert longer.measured_mb is None


def test_a_measured_peak_below_the_prediction_frees_nothing(folder: DataFolder) -> None:
    """Copies of conversations and large pictures may only not have been needed yet."""
    models = ConfiguredModels(configured(), folder)
    predicted = models("a")
    models.measured(predicted, 10.0)
    resolved = models("a")
    assert (resolved.need_mb, resolved.measured_mb) == (predicted.need_mb, 10)
    assert resolved.arithmetic == predicted.arithmetic


def on_a_gpu(folder: DataFolder, *, unified: bool = False, **keys: Any) -> ConfiguredModels:
    card = Device("CUDA0", "a card", total_mb=8000, free_mb=8000, unified=unified)
    return ConfiguredModels(configured(**keys), folder, devices=Devices(lambda _: (card,)))


def test_layers_on_a_gpu_are_reserved_there(folder: DataFolder) -> None:
    alone = ConfiguredModels(configured(), folder)("a")
    moved = on_a_gpu(folder, gpu_layers=-1)("a")
    assert alone.need == Amount(alone.need_mb)
    assert moved.need_mb < alone.need_mb  # its context is there
    assert moved.device_mb > DRIVER_MB
    assert on_a_gpu(folder, unified=True, gpu_layers=-1)("a").need == Amount(
        alone.need_mb, moved.device_mb
    )
    assert moved.arithmetic.endswith(f"= {moved.device_mb} MiB of GPU memory")


def test_what_was_allocated_on_the_gpu_is_reserved_when_it_was_more(folder: DataFolder) -> None:
    models = on_a_gpu(folder, gpu_layers=-1)
    predicted = models("a")
    models.measured(predicted, 10.0, 1.0)
    assert models("a").need == predicted.need
    models.measured(predicted, 10.0, 2000.0)
    corrected = models("a")
    assert corrected.device_mb == 2000 + DRIVER_MB
    assert corrected.need_mb == predicted.need_mb
    assert "2457 MiB of GPU memory with what was measured" in corrected.arithmetic


def test_only_a_model_that_wants_a_gpu_asks_for_one(folder: DataFolder) -> None:
    asked: list[str] = []

    def ask(model: str) -> tuple[Device, ...]:
        asked.append(model)
        return ()

    settings = settings_for(
        {"a": {"gpu_layers": 0}, "b": {"gguf_file": "a.gguf"}}, budget_mb=1000, gpu_layers=3
    )
    models = ConfiguredModels(settings, folder, devices=Devices(ask))
    assert models("a").device_mb == 0
    assert asked == []
    found = models("b")
    assert asked == ["b"]
    # There is none: llama.cpp will pass over the setting, and so does the prediction.
    assert found.spec.gpu_layers == 3
    assert found.need == models("a").need


def test_a_measured_peak_above_the_models_own_limit_is_refused(folder: DataFolder) -> None:
    models = ConfiguredModels(configured(max_memory_mb=200), folder)
    models.measured(models("a"), 201.0)
    with pytest.raises(ModelTooLarge, match="201 MiB measured, more than predicted"):
        models("a")


@pytest.mark.parametrize("told_mb", [5200.5, 9000.0])
def test_what_ollama_tells_replaces_the_estimate(folder: DataFolder, told_mb: float) -> None:
    models = ConfiguredModels(settings_for({"o": OLLAMA_KEYS}), folder)
    estimated = models("o")
    models.measured(estimated, told_mb)
    resolved = models("o")
    assert resolved.need_mb == resolved.measured_mb == math.ceil(told_mb)
    assert resolved.predicted_mb == estimated.need_mb
    assert "what Ollama said" in resolved.arithmetic


def test_a_file_is_compared_with_its_checksum_once(folder: DataFolder) -> None:
    path = folder.models / "a.gguf"
    right = hashlib.sha256(path.read_bytes()).hexdigest()
    models = ConfiguredModels(configured(sha256=right.upper()), folder)
    models.verify(models("a"))
    wrong = ConfiguredModels(configured(sha256="0" * 64), folder)
    with pytest.raises(ModelFileInvalid, match="is not the file that the configuration names"):
        wrong("a")  # known from the first time, and so refused before anything is read


def test_a_new_file_is_refused_when_it_is_verified(folder: DataFolder) -> None:
    models = ConfiguredModels(configured(sha256="0" * 64), folder)
    resolved = models("a")
    with pytest.raises(ModelFileInvalid, match="SHA-256"):
        models.verify(resolved)
    with pytest.raises(ModelFileInvalid, match="SHA-256"):
        models("a")


def test_a_checksum_needs_its_file() -> None:
    with pytest.raises(ValueError, match="a checksum needs the file that it is of"):
        configured(mmproj_sha256="0" * 64)
    with pytest.raises(ValueError, match="sha256"):
        configured(sha256="not a sum")


def test_what_the_engine_refused_is_refused_until_the_file_changes(folder: DataFolder) -> None:
    models = ConfiguredModels(configured(), folder)
    models.refuse(models("a"), ModelFileInvalid("llama.cpp says no.", model="a"))
    with pytest.raises(ModelFileInvalid, match="says no"):
        models("a")
    (folder.models / "a.gguf").touch()
    assert models("a").need_mb
