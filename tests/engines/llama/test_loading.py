"""Opening models: progress, cancelling, and files that are not what they claim to be."""

from __future__ import annotations

import os
import stat
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.cancellation import Cancellation
from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import Message
from core.errors import (
    Cancelled,
    EngineCrashed,
    ModelFileInvalid,
    ModelUnavailable,
    SARAiError,
    StorageError,
)
from tests.engines.llama.conftest import Models, Open, spec_for
from tests.workers import children

WORKER_MAY_NOT_IMPORT = ("langgraph", "langchain_core", "pydantic", "qdrant_client", "gguf", "av")


def damaged(models: Models, folder: Path, raw: bytes) -> Path:
    path = folder / f"{models.scripted.stem}-damaged.gguf"
    path.write_bytes(raw)
    return path


def with_block_count(raw: bytes, count: int) -> bytes:
    """The key's value, a u32, stands after the key and its type."""
    at = raw.index(b"qwen3.block_count") + len(b"qwen3.block_count") + 4
    return raw[:at] + struct.pack("<I", count) + raw[at + 4 :]


def test_progress_rises_to_one_over_model_and_projector(models: Models) -> None:
    fractions: list[float] = []
    LlamaEngine.open(spec_for(*models.vision), progress=fractions.append).close()
    assert fractions == sorted(fractions)
    assert 3 < len(fractions) <= 102
    assert (fractions[0], fractions[-1]) == (0, 1)


def test_a_context_below_the_minimum_is_raised_and_reported(
    models: Models, open_llama: Open
) -> None:
    assert open_llama(spec_for(models.scripted, context_tokens=64)).context_tokens == 256


def test_a_context_beyond_the_trained_one_is_lowered_and_reported(
    models: Models, open_llama: Open
) -> None:
    assert open_llama(spec_for(models.scripted, context_tokens=8192)).context_tokens == 4096


def test_memory_is_that_of_the_worker(models: Models, open_llama: Open) -> None:
    engine = open_llama(spec_for(models.scripted))
    (worker,) = children()
    memory_mb = engine.memory_mb()
    assert memory_mb is not None
    assert memory_mb == pytest.approx(worker.memory_info().rss / 2**20, rel=0.2)


def test_the_peak_is_never_below_what_is_resident(models: Models, open_llama: Open) -> None:
    engine = open_llama(spec_for(models.scripted))
    first_mb = engine.peak_memory_mb() or 0.0
    assert 10 < (engine.memory_mb() or 0.0) <= first_mb
    engine.count_tokens([Message.text("user", "hola " * 200)])
    assert (engine.peak_memory_mb() or 0.0) >= first_mb


@pytest.mark.parametrize("missing", ["gguf", "mmproj"])
def test_a_missing_file_is_named(models: Models, missing: str) -> None:
    nowhere = models.folder / "nowhere.gguf"
    spec = spec_for(nowhere) if missing == "gguf" else spec_for(models.scripted, nowhere)
    with pytest.raises(ModelUnavailable, match=r"nowhere\.gguf"):
        LlamaEngine.open(spec)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda raw: b"", "failed to read magic|cannot be loaded"),
        (lambda raw: b"XXXX" + raw[4:], "invalid magic"),
        (lambda raw: raw[: len(raw) // 2], "not within the file bounds"),
        (lambda raw: raw.replace(b"\x05\0\0\0\0\0\0\0qwen3", b"\x05\0\0\0\0\0\0\0zzzz9"), "zzzz9"),
    ],
    ids=["empty", "wrong magic", "truncated", "unknown architecture"],
)
def test_a_bad_file_is_refused_with_the_reason(
    models: Models,
    tmp_path: Path,
    damage: Callable[[bytes], bytes],
    reason: str,
) -> None:
    path = damaged(models, tmp_path, damage(models.scripted.read_bytes()))
    with pytest.raises(ModelFileInvalid, match=reason) as caught:
        LlamaEngine.open(spec_for(path))
    assert caught.value.model == path.stem
    assert children() == []


@pytest.mark.parametrize("count", [0, 513, 2**31 - 1])
def test_a_file_that_aborts_llama_cpp_costs_only_the_worker(
    models: Models, tmp_path: Path, count: int
) -> None:
    path = damaged(models, tmp_path, with_block_count(models.scripted.read_bytes(), count))
    with pytest.raises(EngineCrashed, match="SIGABRT"):
        LlamaEngine.open(spec_for(path))
    assert children() == []


@pytest.mark.parametrize("kind", ["text model", "damaged", "of another model"])
def test_a_wrong_projector_is_refused(models: Models, tmp_path: Path, kind: str) -> None:
    mmproj = {
        "text model": models.scripted,
        "damaged": tmp_path / "cut.gguf",
        "of another model": models.vision[1],
    }[kind]
    if kind == "damaged":
        mmproj.write_bytes(models.vision[1].read_bytes()[:5000])
    with pytest.raises(SARAiError) as caught:
        LlamaEngine.open(spec_for(models.omni[0], mmproj))
    assert isinstance(caught.value, ModelFileInvalid | EngineCrashed)


def test_a_projector_is_no_model(models: Models) -> None:
    with pytest.raises(ModelFileInvalid):
        LlamaEngine.open(spec_for(models.vision[1]))


def test_loading_can_be_cancelled(models: Models) -> None:
    cancel = Cancellation()
    spec = spec_for(models.scripted)
    with pytest.raises(Cancelled):
        LlamaEngine.open(spec, progress=lambda _: cancel.cancel(), cancel=cancel)
    assert children() == []


def test_an_error_in_the_progress_callback_leaves_nobody_behind(models: Models) -> None:
    def fail(_: float) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        LlamaEngine.open(spec_for(models.scripted), progress=fail)
    assert children() == []


def test_the_log_is_private_kept_and_tells_why(models: Models, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.write_text("from before\n")
    log.chmod(0o600)
    path = damaged(models, tmp_path, with_block_count(models.scripted.read_bytes(), 513))
    with pytest.raises(EngineCrashed, match="GGML_ASSERT") as caught:
        LlamaEngine.open(spec_for(path, log=log))
    assert "from before" not in caught.value.message
    assert log.read_text().startswith("from before\n")
    assert "GGML_ASSERT" in log.read_text()
    new = tmp_path / "new.log"
    LlamaEngine.open(spec_for(models.scripted, log=new)).close()
    assert stat.S_IMODE(new.stat().st_mode) == 0o600


def test_a_log_that_cannot_be_written_is_an_error(models: Models, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        LlamaEngine.open(spec_for(models.scripted, log=tmp_path / "no" / "worker.log"))


def test_a_core_package_in_the_current_folder_is_not_imported(
    models: Models, tmp_path: Path, open_llama: Open
) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").write_text("raise SystemExit('wrong core')")
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert open_llama(spec_for(models.scripted)).alive()
    finally:
        os.chdir(before)


def test_each_side_imports_only_what_it_needs() -> None:
    program = "import sys, {0}; print(*sorted(m for m in {1} if m in sys.modules))"
    for module, banned in (
        ("core.engines.llama.engine, core.engines.table", ("llama_cpp", "jinja2")),
        ("core.engines.llama.worker, core.engines.llama.serving.chat_model", WORKER_MAY_NOT_IMPORT),
    ):
        command = [sys.executable, "-c", program.format(module, banned)]
        found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        assert found == [], module
