"""Which models are asked for a role: the tables, the user's own choice, and mistakes in both."""

from __future__ import annotations

import pytest

from core.settings.profiles import FROM_OLLAMA, ROLES
from tests.settings.conftest import Load, Refuse

EXPERT = "routing: {{text_variant_selection: {{expert: {{model: {}}}}}}}\n"


def test_every_list_that_came_with_sarai_ends_with_an_embedded_model(load: Load) -> None:
    settings = load()
    assert set(settings.profiles) == {"auto", "nano", "best_of_breed", "apache", "ollama"}
    for profile in settings.profiles:
        for role in ROLES:
            chain = settings.profile_chain(profile, role)
            embedded = [settings.models[name].embedded for name in chain]
            assert embedded == [False] * (len(chain) - 1) + [True] or role == "embeddings", profile


def test_what_answers_feelings_is_no_model_that_only_hears(load: Load) -> None:
    settings = load()
    assert settings.profile_chain("nano", "empathy") == ("nano_text",)
    assert settings.profile_chain("nano", "audio") == ("nano_audio",)


def test_the_order_of_auto(load: Load) -> None:
    settings = load()
    for role in ("expert", "tiny", "rag", "empathy", "vision"):
        listed = settings.profiles["auto"].listed(role)
        before, after = listed[: listed.index(FROM_OLLAMA)], listed[listed.index(FROM_OLLAMA) + 1 :]
        assert all(settings.models[name].repo_id for name in before)
        assert all(settings.models[name].embedded for name in after)
        assert before
        assert after


def test_fallbacks_stand_behind_each_model_and_nobody_twice(load: Load) -> None:
    settings = load(
        """
        models:
          mine: {name: Mine, gguf_file: m.gguf, fallback: nano_text}
          lfm2_1_2b: {fallback: mine}
        runtime: {profile: best_of_breed}
        """
    )
    assert settings.chain("tiny") == ("lfm2_1_2b", "mine", "nano_text")


def test_the_users_model_wins_over_every_profile(load: Load) -> None:
    models = "models: {mine: {name: Mine, gguf_file: m.gguf}}\n"
    for profile in ("auto", "nano", "best_of_breed", "apache", "ollama"):
        settings = load(f"{models}runtime: {{profile: {profile}}}\n{EXPERT.format('mine')}")
        assert settings.chain("expert") == ("mine",)


def test_behind_a_profiles_model_that_is_named_stands_the_embedded_one(load: Load) -> None:
    assert load(EXPERT.format("qwen3_5_9b")).chain("expert") == ("qwen3_5_9b", "nano_text")
    other_role = load(EXPERT.format("qwen3_vl_4b"))
    assert other_role.chain("expert") == ("qwen3_vl_4b",)


def test_by_the_environment(load: Load) -> None:
    assert load(SARAI__RUNTIME__PROFILE="nano").chain("vision") == ("nano_vision",)
    listed = load(SARAI__RUNTIME__PROFILE="nano", SARAI__PROFILES__NANO__TINY="[lfm2_1_2b]")
    assert listed.chain("tiny") == ("lfm2_1_2b",)


def test_a_profile_of_the_users_own(load: Load) -> None:
    settings = load("runtime: {profile: mine}\nprofiles: {mine: {tiny: [qwen3_5_2b]}}\n")
    assert settings.chain("tiny") == ("qwen3_5_2b",)
    assert settings.chain("expert") == ()


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("runtime:\n  profile: apach\n", 2, "There is no profile `apach`.", "mean apache?"),
        ("runtime:\n  profile: xyz\n", 2, "There is no profile `xyz`.", "best_of_breed, apache"),
        (
            "profiles:\n  nano:\n    tiny: [nano_txt]\n",
            3,
            "profiles.nano.tiny names the model `nano_txt`, which is not there.",
            "Did you mean nano_text?",
        ),
        ("profiles:\n  nano:\n    tinny: []\n", 3, "profiles.nano.tinny is not a setting", "tiny"),
        ("models:\n  ollama: {name: O, gguf_file: o}\n", 2, "no model can be called so", "another"),
        (
            "profiles:\n  auto:\n    embeddings: [nano_text]\n",
            3,
            "profiles.auto.embeddings names `nano_text`, which makes no embeddings.",
            "embeddings: true",
        ),
        (
            "routing:\n  multimodal_variant_selection:\n    audio: {permanent: true}\n",
            3,
            "audio.permanent is of one model, and none is named.",
            "routing.multimodal_variant_selection.audio.model",
        ),
    ],
)
def test_mistakes(refuse: Refuse, text: str, line: int, message: str, hint: str) -> None:
    error = refuse(text)
    assert message in error.message
    assert (error.path and error.path.name, error.line) == ("mine.yaml", line)
    assert hint in error.hint


def test_only_the_first_permanent_model_of_a_role_counts(load: Load, refuse: Refuse) -> None:
    assert load("runtime: {budget_mb: 9000}").runtime.models_budget_mb == 6952
    error = refuse("runtime: {budget_mb: 9000, profile: apache}")
    assert "The permanent models may take 8400 MiB" in error.message
