"""What the names behind `sarai models pull` mean."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from core.errors import InvalidInput
from core.pulling.wanted import all_models, choose, published_bytes
from core.settings import Settings, load_settings
from core.settings.manifest import load_manifest
from core.settings.profiles import ROLES

MANIFEST = load_manifest()
BEST = ["solar_gguf", "lfm2_1_2b", "qwen_omni_3b", "qwen3_vl_4b", "embeddinggemma_300m"]
APACHE = ["qwen3_5_9b", "qwen3_5_2b", "gemma_4_e2b", "qwen3_vl_4b", "qwen3_embedding_0_6b"]


def names(settings: Settings, *targets: str) -> list[str]:
    return [model.name for model in choose(targets, settings)]


def with_models(tmp_path: Path, models: dict[str, object], **sections: object) -> Settings:
    values = {"models": models, **sections}
    (tmp_path / "sarai.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return load_settings(tmp_path / "sarai.yaml", environ={})


def test_nothing_named_is_the_first_profile(settings: Settings) -> None:
    assert names(settings) == names(settings, "best_of_breed") == BEST
    assert published_bytes(choose((), settings)) == 14_113_689_248


def test_profiles_roles_and_models_add_up_and_each_comes_once(settings: Settings) -> None:
    assert names(settings, "vision") == names(settings, "qwen3_vl_4b") == ["qwen3_vl_4b"]
    assert names(settings, "tiny", "gemma_4_e2b", "tiny") == ["lfm2_1_2b", "gemma_4_e2b"]
    assert list(dict.fromkeys(n for role in ROLES for n in names(settings, role))) == BEST
    assert names(settings, "omni") == names(settings, "audio") == ["qwen_omni_3b"]
    assert names(settings, "apache") == APACHE


def test_the_profile_in_force_is_meant_where_it_wants_files(tmp_path: Path) -> None:
    def under(profile: str) -> Settings:
        return with_models(tmp_path, {}, runtime={"profile": profile})

    assert names(under("apache")) == APACHE
    assert names(under("apache"), "tiny") == ["qwen3_5_2b"]
    for wanting_none in ("auto", "nano", "ollama"):
        assert names(under(wanting_none)) == BEST
    assert names(under("auto"), "auto") == BEST
    for empty in ("nano", "ollama"):
        with pytest.raises(InvalidInput, match=f"nothing to pull for the profile {empty}"):
            names(under("auto"), empty)


def test_a_role_whose_model_the_user_names(tmp_path: Path) -> None:
    named = {"text_variant_selection": {"expert": {"model": "qwen3_5_9b"}}}
    settings = with_models(tmp_path, {}, routing=named)
    assert names(settings, "expert") == ["qwen3_5_9b"]


def test_a_projector_comes_with_its_model(settings: Settings) -> None:
    [vision] = choose(["vision"], settings)
    assert [file.name for file in vision.files] == [
        "Qwen3VL-4B-Instruct-Q4_K_M.gguf",
        "mmproj-Qwen3VL-4B-Instruct-Q8_0.gguf",
    ]
    assert all(file.sha256 and file.revision != "main" for file in vision.files)


def test_the_configuration_has_the_last_word_on_files(tmp_path: Path) -> None:
    other = {"repo_id": "me/mine", "gguf_file": "mine.gguf", "sha256": "A" * 64}
    settings = with_models(tmp_path, {"lfm2_1_2b": {**other, "max_memory_mb": 300}})
    [model] = choose(["tiny"], settings)
    [file] = model.files
    assert (file.repo_id, file.file, file.revision) == ("me/mine", "mine.gguf", "main")
    assert (file.sha256, file.size_bytes) == ("a" * 64, None)
    assert (model.licence, model.memory_mb) == (None, 300)


def test_a_model_of_the_users_own_is_pulled_by_its_name(tmp_path: Path) -> None:
    entry = {"name": "Mine", "repo_id": "me/mine", "gguf_file": "a/mine.gguf"}
    settings = with_models(tmp_path, {"mine": entry})
    [model] = choose(["mine"], settings)
    assert (model.files[0].file, model.files[0].name) == ("a/mine.gguf", "mine.gguf")
    assert "mine" in [model.name for model in all_models(settings)]


def test_what_the_manifest_knows_of_a_file_holds_under_any_name(tmp_path: Path) -> None:
    solar = MANIFEST.models["solar_gguf"].model
    entry = {"name": "Mine", "repo_id": solar.repo_id, "gguf_file": solar.file}
    [model] = choose(["mine"], with_models(tmp_path, {"mine": entry}))
    assert model.licence is not None
    assert model.licence.non_commercial
    assert model.memory_mb == 7800
    assert model.files[0].size_bytes == solar.size_bytes


def test_a_role_that_the_users_own_file_serves_needs_nothing(tmp_path: Path) -> None:
    settings = with_models(tmp_path, {"lfm2_1_2b": {"gguf_file": "/data/mine.gguf"}})
    assert names(settings, "tiny") == []
    assert names(settings) == [name for name in BEST if name != "lfm2_1_2b"]
    with pytest.raises(InvalidInput, match=r"a file of your own, /data/mine\.gguf"):
        choose(["lfm2_1_2b"], settings)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("visoin", "Did you mean vision?"),
        ("solar_ollama", "sarai models pull --ollama solar_ollama"),
        ("nano_text", "it came with SARAi"),
    ],
)
def test_what_cannot_be_pulled_says_why(settings: Settings, name: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        choose([name], settings)
    assert told in str(refused.value)


def test_no_name_leads_out_of_the_folder_of_models(tmp_path: Path) -> None:
    entry = {"name": "Mine", "repo_id": "me/mine", "gguf_file": "../mine.gguf"}
    with pytest.raises(InvalidInput, match="a file of your own"):
        choose(["mine"], with_models(tmp_path, {"mine": entry}))
