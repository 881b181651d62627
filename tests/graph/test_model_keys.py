"""Keys of the models, the machine and the routing do what they say, through the whole flow."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from core.errors import ContextOverflow, ModelTooLarge, PoolBusy
from core.graph import SARAiOrchestrator
from core.model_pool import ModelStatus
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with
from tests.ollama_emulator import OllamaEmulator
from tests.tiny_models import REPLY, scripted_text
from tests.virtual_clock import VirtualClock

HARD = "¿Cómo configuro SSH en Ubuntu?"
SAD = "Estoy muy triste y me siento solo, mi perro ha muerto"
TODAY = "¿Qué tiempo hace hoy en Madrid?"
RESERVE_MB = 2048
TEXT_MB, MEDIA_MB = 81, 133
"""What a self-test model reserves: expert and tiny, vision and omni; embeddings take 88."""
PINNED_MB = TEXT_MB + MEDIA_MB
"""The permanent ones, tiny and omni."""

NO_PRELOAD = {
    "models.lfm2_1_2b.load_on_startup": "false",
    "models.qwen_omni_3b.load_on_startup": "false",
}
VARIANT = "routing.text_variant_selection"
MEDIA_VARIANT = "routing.multimodal_variant_selection"


def status_of(assistant: SARAiOrchestrator, name: str) -> ModelStatus:
    return next(m for m in assistant.services.pool.status().models if m.name == name)


def use(assistant: SARAiOrchestrator, *names: str) -> None:
    for name in names:
        with assistant.services.pool.lease(name):
            pass


def loaded(assistant: SARAiOrchestrator) -> set[str]:
    status = assistant.services.pool.status()
    return {model.name for model in status.models if model.state == "ready"}


def asked_of(assistant: SARAiOrchestrator, model: str, **wishes: object) -> str | None:
    turn = {"input": "hola", "preferences": {"model": model, **wishes}}
    return assistant.invoke(turn)["model_used"]


@pytest.mark.parametrize("permanent", [True, False])
def test_permanent(folder: DataFolder, permanent: bool) -> None:
    keys = {
        "runtime.budget_mb": RESERVE_MB + PINNED_MB + 90,
        "models.self_test_expert.permanent": str(permanent).lower(),
    }
    with assistant_with(folder, keys, preload=True) as assistant:
        assistant.services.pool.wait_preloaded()
        use(assistant, "self_test_expert")
        if permanent:
            with pytest.raises(ModelTooLarge):
                use(assistant, "self_test_embeddings")
        else:
            use(assistant, "self_test_embeddings")
        assert ("self_test_expert" in loaded(assistant)) is permanent


def test_load_on_startup(folder: DataFolder) -> None:
    keys = {**NO_PRELOAD, "models.qwen3_vl_4b.load_on_startup": "true"}
    with assistant_with(folder, keys, preload=True) as assistant:
        assert assistant.services.pool.wait_preloaded() == ("self_test_vision",)


def test_ttl_seconds(folder: DataFolder) -> None:
    clock = VirtualClock()
    keys = {"models.self_test_expert.ttl_seconds": 7}
    with assistant_with(folder, keys, clock=clock) as assistant:
        assert asked_of(assistant, "self_test_expert") == "self_test_expert"
        clock.advance(6.9)
        assert "self_test_expert" in loaded(assistant)
        clock.advance(0.2)
        assert "self_test_expert" not in loaded(assistant)


def test_auto_unload_after_seconds(folder: DataFolder) -> None:
    clock = VirtualClock()
    keys = {
        f"{MEDIA_VARIANT}.vision.model": "self_test_vision",
        f"{MEDIA_VARIANT}.vision.auto_unload_after_seconds": 9,
    }
    with assistant_with(folder, keys, clock=clock) as assistant:
        use(assistant, "self_test_vision")
        clock.advance(8.9)
        assert "self_test_vision" in loaded(assistant)
        clock.advance(0.2)
        assert "self_test_vision" not in loaded(assistant)


@pytest.mark.parametrize("low", ["self_test_expert", "self_test_vision"])
def test_priority(folder: DataFolder, low: str) -> None:
    keys = {
        "runtime.budget_mb": RESERVE_MB + TEXT_MB + MEDIA_MB + 20,
        f"models.{low}.priority": "low",
    }
    both = ["self_test_expert", "self_test_vision"]
    with assistant_with(folder, keys) as assistant:
        use(assistant, *sorted(both, key=lambda name: name == low))  # the low one was used last
        use(assistant, "self_test_embeddings")
        assert loaded(assistant) == {"self_test_embeddings", *both} - {low}


def test_max_memory_mb(folder: DataFolder) -> None:
    keys = {"models.self_test_expert.max_memory_mb": 50}
    with assistant_with(folder, keys) as assistant:
        with pytest.raises(ModelTooLarge, match="max_memory_mb is 50"):
            asked_of(assistant, "self_test_expert")
        assert asked_of(assistant, "self_test_tiny") == "self_test_tiny"


def test_context_length(folder: DataFolder) -> None:
    keys = {"models.self_test_tiny.context_length": 512}
    with assistant_with(folder, keys) as assistant, pytest.raises(ContextOverflow) as caught:
        assistant.invoke("palabra " * 600)
    assert caught.value.context_tokens == 512


def test_temperature(folder: DataFolder, server: OllamaEmulator) -> None:
    keys = {"ollama.base_url": server.base_url, "models.solar_ollama.temperature": 0.25}
    with assistant_with(folder, {**NO_PRELOAD, **keys}) as assistant:
        assistant.invoke(HARD)
        assistant.invoke({"input": HARD, "preferences": {"temperature": 0.5}})
    asked = [request.body["options"] for request in server.requests("/api/chat")[-2:]]
    assert [options["temperature"] for options in asked] == [0.25, 0.5]


@pytest.mark.parametrize(("shown", "messages"), [(0, 1), (1, 3), (9, 5)])
def test_history_turns(
    folder: DataFolder, server: OllamaEmulator, shown: int, messages: int
) -> None:
    keys = {"ollama.base_url": server.base_url, "models.solar_ollama.history_turns": shown}
    with assistant_with(folder, keys) as assistant:
        for word in ("uno", "dos", "tres"):
            state = assistant.invoke(
                {"input": word, "thread_id": "t", "preferences": {"model": "solar_ollama"}}
            )
    sent = server.requests("/api/chat")[-1].body["messages"]
    said = [each["content"] for each in sent if each["role"] != "system"]
    assert (len(said), said[-1]) == (messages, "tres")
    assert messages == 1 or said[-3] == "dos"
    assert not any("left out" in each for each in state["warnings"])


def test_max_tokens_bounds_also_what_a_turn_wishes(
    folder: DataFolder, server: OllamaEmulator
) -> None:
    keys = {"ollama.base_url": server.base_url, "models.solar_ollama.max_tokens": 20}
    with assistant_with(folder, {**NO_PRELOAD, **keys}) as assistant:
        for wishes in ({}, {"max_tokens": 400}, {"max_tokens": 7}):
            assistant.invoke({"input": HARD, "preferences": wishes})
    asked = [request.body["options"] for request in server.requests("/api/chat")[-3:]]
    assert [options["num_predict"] for options in asked] == [20, 20, 7]


def test_image_max_tokens(folder: DataFolder) -> None:
    """Of one model alone, and its memory is predicted with it."""
    turn = {"input": "?", "image_path": Image.new("RGB", (1024, 1024))}

    def seen(keys: dict[str, object]) -> tuple[int, int]:
        with assistant_with(folder, {**NO_PRELOAD, **keys}) as assistant:
            usage = assistant.invoke(turn)["usage"]
            assert usage is not None
            pool = assistant.services.pool
            return usage["prompt_tokens"], pool.resolve("self_test_vision").need_mb

    usual_tokens, usual_mb = seen({})
    own_tokens, own_mb = seen({"models.self_test_vision.image_max_tokens": 36})
    assert usual_tokens - own_tokens == pytest.approx(1024 - 36, abs=5)
    assert own_mb < usual_mb
    other_tokens, _ = seen({"models.self_test_omni.image_max_tokens": 36})
    assert other_tokens == usual_tokens


def test_fallback_and_gguf_file_and_paths_models(folder: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "gguf").mkdir()
    scripted_text(tmp_path / "gguf", name="small")
    keys = {
        "paths.models": tmp_path / "gguf",
        "models.lfm2_1_2b.fallback": "solar_gguf",
        "models.solar_gguf.gguf_file": "small.gguf",
    }
    with assistant_with(folder, keys) as assistant:
        state = assistant.invoke("hola")
        assert (state["model_used"], state["tried"]) == ("solar_gguf", ["lfm2_1_2b"])
        assert state["response"] == REPLY


def test_threads_and_gpu_layers_reach_the_engine(folder: DataFolder) -> None:
    keys = {"runtime.threads": 1, "runtime.gpu_layers": 3}
    with assistant_with(folder, keys) as assistant:
        spec = assistant.services.pool.resolve("self_test_tiny").spec
        assert (spec.threads, spec.gpu_layers) == (1, 3)
        assert asked_of(assistant, "self_test_tiny") == "self_test_tiny"


def test_budget_mb_and_system_reserve_mb(folder: DataFolder) -> None:
    keys = {"runtime.budget_mb": 1000, "runtime.system_reserve_mb": 930}
    with assistant_with(folder, keys) as assistant:
        assert assistant.services.pool.status().budget_mb == 70
        with pytest.raises(ModelTooLarge, match="70"):
            asked_of(assistant, "self_test_tiny")


def test_admission_timeout_s(folder: DataFolder) -> None:
    keys = {
        "runtime.budget_mb": RESERVE_MB + MEDIA_MB + 20,
        "runtime.admission_timeout_s": 0,
    }
    with (
        assistant_with(folder, keys) as assistant,
        assistant.services.pool.lease("self_test_vision"),
        pytest.raises(PoolBusy, match="self_test_vision"),
    ):
        asked_of(assistant, "self_test_expert")


@pytest.mark.parametrize(
    ("question", "key", "route"),
    [
        (HARD, f"{VARIANT}.expert.threshold", "expert"),
        (SAD, f"{MEDIA_VARIANT}.empathy.threshold", "omni"),
        (TODAY, f"{VARIANT}.rag.threshold", "rag"),
    ],
)
def test_thresholds(
    orchestrator: SARAiOrchestrator, folder: DataFolder, question: str, key: str, route: str
) -> None:
    assert orchestrator.invoke(question)["route"] == route
    for never in ("1.0", "null"):
        with assistant_with(folder, {key: never}) as assistant:
            assert assistant.invoke(question)["route"] != route


def test_a_lower_threshold_takes_the_route_more_often(folder: DataFolder) -> None:
    with assistant_with(folder, {f"{VARIANT}.expert.threshold": 0.5}) as assistant:
        state = assistant.invoke("hola")
    assert state["route"] == "expert"
    assert "above 0.50" in (state["route_reason"] or "")


def test_doc_match_threshold(folder: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "casa.md").write_text("La contraseña del wifi es «girasol-42».\n")
    for threshold, route in ((0.1, "rag"), (1.0, "tiny")):
        keys = {
            "retrieval.folder": tmp_path / "docs",
            "routing.doc_match_threshold": threshold,
            f"{VARIANT}.expert.threshold": 1.0,
        }
        with assistant_with(folder, keys) as assistant:
            assert assistant.invoke("contraseña wifi")["route"] == route


@pytest.mark.parametrize(
    ("key", "turn"),
    [
        (f"{VARIANT}.tiny.model", {"input": "hola"}),
        (f"{VARIANT}.expert.model", {"input": HARD}),
        (f"{VARIANT}.rag.model", {"input": TODAY, "context": ["Hoy llueve."]}),
        (f"{MEDIA_VARIANT}.empathy.model", {"input": SAD}),
        (f"{MEDIA_VARIANT}.vision.model", {"image_path": "red.png"}),
        (f"{MEDIA_VARIANT}.audio.model", {"audio_input": "low.wav"}),
    ],
)
def test_the_model_of_each_variant(
    folder: DataFolder, samples: Path, key: str, turn: dict[str, str]
) -> None:
    """Omni sees and hears, so that it can stand in any place."""
    media = {name: str(samples / turn[name]) for name in turn if name.endswith(("path", "_input"))}
    keys = {
        key: "self_test_omni",
        "models.self_test_omni.permanent": "false",
        key.replace(".model", ".permanent"): "null",
    }
    with assistant_with(folder, keys) as assistant:
        state = assistant.invoke({**turn, **media})
    assert (state["model_used"], state["tried"]) == ("self_test_omni", [])
