"""A bad model file of any kind costs its own model and nobody else.

The fallback answers and says why, every other model stays loaded in its process, and a good
file in the same place is used at the next turn.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from core.engines.table import open_engine
from core.errors import ModelError, ModelFileInvalid
from core.graph import SARAiOrchestrator
from core.state import State
from core.storage.folder import DataFolder
from tests import tiny_models
from tests.graph.assistants import assistant_with
from tests.model_files.gguf_samples import Sample, Tensor
from tests.workers import workers

TEXT, VISION = "lfm2_1_2b", "qwen3_vl_4b"
BUDGET_MB = 2048 + 300
"""Room for three self-test models: a bad file that got as far as loading would evict one."""

Damage = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Bench:
    """An assistant whose text and vision models are read from files that tests exchange."""

    assistant: SARAiOrchestrator
    used: Path
    good_text: bytes
    good_vision: bytes
    good_tower: bytes

    def put(self, name: str, content: bytes | None) -> None:
        """Exchange a file; None puts a folder there."""
        path = self.used / name
        if path.is_dir():
            path.rmdir()
        path.unlink(missing_ok=True)
        if content is None:
            path.mkdir()
        else:
            path.write_bytes(content)

    def others(self) -> dict[str, tuple[str, int]]:
        """State and process of every loaded model that is not under test."""
        return {
            model.name: (model.state, workers(model.name)[0].pid)
            for model in self.assistant.services.pool.status().models
            if model.state in ("ready", "in_use") and model.name not in (TEXT, VISION)
        }

    def fill(self) -> None:
        """Load as much as there is room for."""
        with self.assistant.services.pool.lease("self_test_vision"):
            assert set(self.others()) == {"self_test_tiny", "self_test_omni", "self_test_vision"}

    def error_of(self, model: str) -> ModelError:
        with pytest.raises(ModelError) as caught, self.assistant.services.pool.lease(model):
            pass
        return caught.value


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, module_folder: DataFolder) -> Iterator[Bench]:
    folder, used = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("used")
    vision, tower = tiny_models.vision(folder)
    keys = {
        "runtime.budget_mb": BUDGET_MB,
        f"models.{TEXT}.gguf_file": used / "text.gguf",
        f"models.{TEXT}.context_length": 2048,
        f"models.{VISION}.gguf_file": used / "vision.gguf",
        f"models.{VISION}.mmproj_file": used / "tower.gguf",
        f"models.{VISION}.context_length": 2048,
        "media.image_max_tokens": 64,
    }
    good_text = tiny_models.scripted_text(folder).read_bytes()
    with assistant_with(module_folder, keys, preload=True, open_engine=open_engine) as assistant:
        assistant.services.pool.wait_preloaded()
        yield Bench(assistant, used, good_text, vision.read_bytes(), tower.read_bytes())


@pytest.fixture
def bench(made: Bench) -> Bench:
    """With three self-test models loaded and neither model under test."""
    for model in (TEXT, VISION):
        made.assistant.services.pool.unload(model)
    made.put("vision.gguf", made.good_vision)
    made.put("tower.gguf", made.good_tower)
    made.fill()
    return made


def with_block_count(count: int) -> Damage:
    """The key's value, a u32, stands after the key and its type."""

    def change(raw: bytes) -> bytes:
        at = raw.index(b"qwen3.block_count") + len(b"qwen3.block_count") + 4
        return raw[:at] + struct.pack("<I", count) + raw[at + 4 :]

    return change


def with_nan(raw: bytes) -> bytes:
    """The first norm's weights, which are ones."""
    ones = np.ones(128, "<f4")
    return raw.replace(ones.tobytes(), (ones * np.nan).tobytes(), 1)


def sample(**changes: object) -> Damage:
    return lambda _: Sample().but(**changes).bytes()


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(2000)
REFUSED_UNREAD: dict[str, Damage | None] = {
    "empty": lambda _: b"",
    "wrong magic": lambda raw: b"XXXX" + raw[4:],
    "a picture": lambda _: PNG,
    "an error page": lambda _: b"<!DOCTYPE html><title>404 Not Found</title>" * 50,
    "a folder": None,
    "cut in the header": lambda raw: raw[:200],
    "cut in the weights": lambda raw: raw[:-1000],
    "no layers": with_block_count(0),
    "513 layers": with_block_count(513),
    "2^31-1 layers": with_block_count(2**31 - 1),
    "unknown architecture": lambda raw: raw.replace(b"qwen3", b"zzzz9", 1),
    "weights outside the file": sample(tensors=(Tensor(offset=2**40),)),
    "weights between two places": sample(tensors=(Tensor(offset=7),)),
    "2^60 weights": sample(tensor_count=2**60),
    "2^60 keys": sample(key_count=2**60),
    "no weights": sample(tensors=()),
}


def hola(bench: Bench) -> State:
    return bench.assistant.invoke("hola")


def assert_handed_over(state: State, model: str, fallback: str) -> None:
    assert (state["model_used"], state["tried"]) == (fallback, [model])
    assert (state["response"] or "").startswith("self-test reply")
    assert any(warning.startswith(f"{fallback} answered instead") for warning in state["warnings"])


@pytest.mark.parametrize("kind", REFUSED_UNREAD)
def test_a_bad_file_is_refused_before_anybody_leaves_for_it(bench: Bench, kind: str) -> None:
    damage = REFUSED_UNREAD[kind]
    bench.put("text.gguf", damage(bench.good_text) if damage else None)
    before = bench.others()
    assert_handed_over(hola(bench), TEXT, "self_test_tiny")
    error = bench.error_of(TEXT)
    assert isinstance(error, ModelFileInvalid), error
    assert error.model == TEXT
    assert "text.gguf" in error.message
    assert error.hint
    assert bench.others() == before
    assert workers(TEXT) == []


def test_a_projector_in_the_place_of_a_model_is_refused_before_anybody_leaves(
    bench: Bench,
) -> None:
    bench.put("text.gguf", bench.good_tower)
    before = bench.others()
    assert_handed_over(hola(bench), TEXT, "self_test_tiny")
    error = bench.error_of(TEXT)
    assert isinstance(error, ModelFileInvalid)
    assert "mmproj_file" in error.hint
    assert bench.others() == before


@pytest.mark.parametrize("kind", ["damaged weights", "too few weights"])
def test_what_only_loading_can_tell_costs_no_answer(bench: Bench, kind: str) -> None:
    """Such a file looks sound from outside, so it is given room like any other."""
    damaged = with_nan(bench.good_text) if kind == "damaged weights" else Sample().bytes()
    assert damaged != bench.good_text
    bench.put("text.gguf", damaged)
    assert_handed_over(hola(bench), TEXT, "self_test_tiny")
    assert {"self_test_tiny", "self_test_omni"} <= set(bench.others())


SWAPPED: dict[str, Callable[[Bench], tuple[bytes | None, bytes | None]]] = {
    "the two exchanged": lambda bench: (bench.good_tower, bench.good_vision),
    "a model as projector": lambda bench: (bench.good_vision, bench.good_vision),
    "a projector as model": lambda bench: (bench.good_tower, bench.good_tower),
    "a picture as projector": lambda bench: (bench.good_vision, PNG),
    "a cut projector": lambda bench: (bench.good_vision, bench.good_tower[:-1000]),
    "a folder as projector": lambda bench: (bench.good_vision, None),
}


@pytest.mark.parametrize("kind", SWAPPED)
def test_a_bad_pair_of_model_and_projector_is_refused_before_anybody_leaves(
    bench: Bench, samples: Path, kind: str
) -> None:
    model, tower = SWAPPED[kind](bench)
    bench.put("vision.gguf", model)
    bench.put("tower.gguf", tower)
    before = bench.others()
    state = bench.assistant.invoke({"input": "?", "image_path": str(samples / "red.png")})
    assert_handed_over(state, VISION, "self_test_vision")
    assert "nothing" not in (state["response"] or "")
    assert isinstance(bench.error_of(VISION), ModelFileInvalid)
    assert bench.others() == before


def test_without_a_fallback_the_reason_reaches_the_caller(
    folder: DataFolder, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(PNG)
    keys = {f"models.{TEXT}.gguf_file": broken, f"models.{TEXT}.fallback": "null"}
    with (
        assistant_with(folder, keys) as assistant,
        pytest.raises(ModelFileInvalid, match=r"broken\.gguf") as caught,
    ):
        assistant.invoke("hola")
    assert caught.value.model == TEXT


def test_a_good_file_in_the_place_of_a_bad_one_is_used_at_the_next_turn(bench: Bench) -> None:
    bench.put("text.gguf", bench.good_text[:500])
    assert hola(bench)["model_used"] == "self_test_tiny"
    status = {model.name: model for model in bench.assistant.services.pool.status().models}
    assert status[TEXT].state == "failed"
    assert "text.gguf" in (status[TEXT].last_error or "")
    bench.put("text.gguf", bench.good_text)
    state = hola(bench)
    assert (state["model_used"], state["tried"], state["warnings"]) == (TEXT, [], [])
    assert state["response"] == tiny_models.REPLY
