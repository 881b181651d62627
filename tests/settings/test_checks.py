"""Settings that are right by themselves and contradict each other."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Load, Refuse


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        (
            "routing:\n  embeddings_model: embedinggemma_300m\n",
            2,
            "routing.embeddings_model names the model `embedinggemma_300m`, which is not there.",
            "Did you mean embeddinggemma_300m?",
        ),
        (
            "routing:\n  text_variant_selection:\n    rag:\n      model: solar\n",
            4,
            "routing.text_variant_selection.rag.model names the model `solar`",
            "Did you mean",
        ),
        (
            "routing:\n  multimodal_variant_selection:\n    vision: {model: qwen3_vl}\n",
            3,
            "which is not there",
            "Did you mean qwen3_vl_4b?",
        ),
        (
            "models:\n  solar_gguf:\n    fallback: nothing_like_it\n",
            3,
            "models.solar_gguf.fallback names",
            "",
        ),
        (
            "models:\n  solar_gguf:\n    fallback: solar_ollama\n",
            3,
            "in a circle: solar_ollama -> solar_gguf -> solar_ollama.",
            "fallback: null",
        ),
        ("models:\n  lfm2_1_2b: {fallback: lfm2_1_2b}\n", 2, "lfm2_1_2b -> lfm2_1_2b.", ""),
        (
            "routing:\n  multimodal_variant_selection:\n"
            "    audio: {model: qwen_omni_3b, permanent: false}\n",
            3,
            "audio.permanent is false and models.qwen_omni_3b.permanent is true.",
            "same in both",
        ),
        (
            "models: {qwen3_vl_4b: {permanent: true, ttl_seconds: null}}\n"
            "routing:\n  multimodal_variant_selection:\n"
            "    vision: {model: qwen3_vl_4b, permanent: false}\n",
            4,
            "vision.permanent is false and models.qwen3_vl_4b.permanent is true.",
            "same in both",
        ),
        (
            "models:\n  lfm2_1_2b:\n    ttl_seconds: 5\n",
            3,
            "models.lfm2_1_2b.permanent is true and models.lfm2_1_2b.ttl_seconds is set",
            "ttl_seconds: null",
        ),
        (
            "routing:\n  text_variant_selection:\n"
            "    tiny: {model: lfm2_1_2b, auto_unload_after_seconds: 9}\n",
            3,
            "a permanent model is never unloaded",
            "auto_unload_after_seconds: null",
        ),
        (
            "models:\n  lfm2_1_2b: {max_memory_mb: 8000}\n  qwen_omni_3b: {max_memory_mb: 7000}\n",
            2,
            "The permanent models may take 15000 MiB and only 14336 MiB are for models.",
            "raise runtime.budget_mb",
        ),
        ("runtime:\n  budget_mb: 2048\n", 2, "leaves nothing of runtime.budget_mb (2048)", ""),
        ("runtime:\n  system_reserve_mb: 20000\n", 2, "leaves nothing", "lower the reserve"),
        ("media:\n  image_max_tokens: 64\n  image_min_tokens: 65\n", 3, "(65) is above", ""),
        ("media:\n  image_min_tokens: 2000\n", 2, "is above media.image_max_tokens (1280)", ""),
        (
            "routing: {embeddings_model: lfm2_1_2b}\n",
            1,
            "`lfm2_1_2b`, which makes no embeddings",
            "",
        ),
        (
            "models:\n  embeddinggemma_300m:\n    embeddings: false\n",
            3,
            "which makes no embeddings",
            "embeddings: true",
        ),
    ],
)
def test_contradictions(refuse: Refuse, text: str, line: int, message: str, hint: str) -> None:
    error = refuse(text)
    assert message in error.message
    assert (error.path and error.path.name, error.line) == ("mine.yaml", line)
    assert hint in error.hint


def test_one_circle_is_one_problem(refuse: Refuse) -> None:
    assert "more after this" not in refuse("models: {solar_gguf: {fallback: solar_ollama}}").message


def test_a_variable_that_contradicts_is_named(refuse: Refuse) -> None:
    error = refuse("", SARAI__MODELS__LFM2_1_2B__TTL_SECONDS="5")
    assert str(error).startswith("SARAI__MODELS__LFM2_1_2B__TTL_SECONDS: ")


def test_permanent_models_that_just_fit(load: Load) -> None:
    text = "models: {lfm2_1_2b: {max_memory_mb: 7336}, qwen_omni_3b: {max_memory_mb: 7000}}"
    assert load(text).runtime.models_budget_mb == 14_336


def test_fallback_chain(load: Load) -> None:
    assert load("").fallback_chain("solar_ollama") == ("solar_ollama", "solar_gguf")
