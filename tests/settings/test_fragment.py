"""The older style of configuration: models at the top level."""

from __future__ import annotations

from pathlib import Path

from tests.settings.conftest import Load, Refuse

FRAGMENT = """\
# AUDIO AGENT (Permanente)
qwen_omni_3b:
  name: "Qwen3-VL-4B-Instruct"
  gguf_file: "Qwen3-VL-4B-Instruct-Q4_K_M.gguf"
  max_memory_mb: 2800
  permanent: true          # ✅ NUNCA DESCARGAR
  load_on_startup: true
  priority: "high"

# VISION AGENT (Bajo Demanda)
qwen3_vl_4b:
  name: "Qwen3-VL-4B"
  repo_id: "NexaAI/Qwen3-VL-4B-Instruct-GGUF"
  gguf_file: "Qwen3-VL-4B-Instruct.Q6_K.gguf"
  max_memory_mb: 3300      # Q6_K = 6-bit optimizado
  permanent: false         # ❌ BAJO DEMANDA
  load_on_startup: false
  ttl_seconds: 60          # Auto-descarga tras 60s

# ROUTING
routing:
  multimodal_variant_selection:
    audio:
      model: "qwen_omni_3b"
      permanent: true
    
    vision:
      model: "qwen3_vl_4b"
      permanent: false
      auto_unload_after_seconds: 60
    
    empathy:
      model: "qwen_omni_3b"
      threshold: 0.7
"""  # noqa: W293


def test_models_are_as_written(load: Load) -> None:
    models = load(FRAGMENT).models
    omni, vision = models["qwen_omni_3b"], models["qwen3_vl_4b"]
    assert omni.name == "Qwen3-VL-4B-Instruct"
    assert omni.gguf_file == Path("Qwen3-VL-4B-Instruct-Q4_K_M.gguf")
    assert (omni.max_memory_mb, omni.priority) == (2800, "high")
    assert omni.permanent
    assert omni.load_on_startup
    assert (vision.name, vision.repo_id) == ("Qwen3-VL-4B", "NexaAI/Qwen3-VL-4B-Instruct-GGUF")
    assert vision.gguf_file == Path("Qwen3-VL-4B-Instruct.Q6_K.gguf")
    assert (vision.max_memory_mb, vision.ttl_seconds) == (3300, 60)
    assert not vision.permanent
    assert not vision.load_on_startup


def test_routing_is_as_written(load: Load) -> None:
    chosen = load(FRAGMENT).routing.multimodal_variant_selection
    assert (chosen.audio.model, chosen.audio.permanent) == ("qwen_omni_3b", True)
    assert (chosen.vision.model, chosen.vision.permanent) == ("qwen3_vl_4b", False)
    assert chosen.vision.auto_unload_after_seconds == 60
    assert (chosen.empathy.model, chosen.empathy.threshold) == ("qwen_omni_3b", 0.7)


def test_the_rest_of_the_defaults_survives(load: Load) -> None:
    settings, defaults = load(FRAGMENT), load("")
    for name in ("qwen_omni_3b", "qwen3_vl_4b"):
        model, default = settings.models[name], defaults.models[name]
        assert model.mmproj_file == default.mmproj_file is not None
        assert model.context_length == default.context_length
    assert settings.models.keys() == defaults.models.keys()
    assert settings.chain("audio") == ("qwen_omni_3b", "nano_audio")
    assert settings.chain("empathy") == ("qwen_omni_3b", "nano_text")
    assert settings.chain("vision") == ("qwen3_vl_4b", "nano_vision")
    assert settings.routing.text_variant_selection == defaults.routing.text_variant_selection


def test_both_styles_in_one_file(load: Load) -> None:
    models = load("mine: {name: A, gguf_file: a}\nmodels: {yours: {name: B, gguf_file: b}}").models
    assert (models["mine"].name, models["yours"].name) == ("A", "B")


def test_the_same_model_in_both_styles_is_refused(refuse: Refuse) -> None:
    error = refuse("mine: {name: A, gguf_file: a}\nmodels:\n  mine: {name: B, gguf_file: b}\n")
    assert "`mine` stands here and under models, in line 3" in error.message
    assert error.line == 1


def test_errors_keep_their_lines(refuse: Refuse) -> None:
    error = refuse(FRAGMENT.replace("max_memory_mb: 3300", "max_memory: 3300"))
    assert error.line == 15
    assert error.hint == "Did you mean models.qwen3_vl_4b.max_memory_mb?"


def test_a_mistyped_section_is_no_model(refuse: Refuse) -> None:
    assert "runtim is not a setting" in refuse("runtim: {budget_mb: 9000}").message
