"""Defaults, the user's file, the environment: which is read, and which one wins."""

from __future__ import annotations

from pathlib import Path

import pydantic
import pytest

from core.errors import ConfigError
from core.settings import load_settings
from core.settings.lookup import defaults_file
from tests.settings.conftest import Load, Refuse


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory and a config folder with nothing in them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    return tmp_path


def budget_file(path: Path, budget_mb: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"runtime: {{budget_mb: {budget_mb}}}\n")
    return path


def test_defaults_alone_load(elsewhere: Path) -> None:
    settings = load_settings(environ={})
    assert settings.runtime.budget_mb == 16_384
    assert settings.chain("vision") == ("qwen3_vl_4b", "nano_vision")


def test_the_defaults_agree_with_the_schema(elsewhere: Path) -> None:
    settings = load_settings(environ={})
    for name in ("runtime", "generation", "media", "ollama", "retrieval", "voice", "feedback"):
        section = getattr(settings, name)
        assert section == type(section)(), name


def test_users_file_is_merged_deeply(load: Load) -> None:
    settings = load("models: {qwen3_vl_4b: {context_length: 2048}}")
    assert settings.models["qwen3_vl_4b"].context_length == 2048
    assert settings.models["qwen3_vl_4b"].mmproj_file is not None
    assert len(settings.models) > 5


def test_a_list_is_replaced_and_null_takes_away(load: Load) -> None:
    settings = load(
        """
        media: {allowed_folders: [/a, ~/b]}
        models: {solar_ollama: {fallback: null}}
        """
    )
    assert settings.media.allowed_folders == (Path("/a"), Path.home() / "b")
    assert settings.models["solar_ollama"].fallback is None


def test_a_section_that_is_commented_out_changes_nothing(load: Load) -> None:
    assert load("runtime:\n#  budget_mb: 1\n") == load("")


def test_environment_beats_the_file(load: Load) -> None:
    settings = load("runtime: {budget_mb: 9000, gpu_layers: 3}", SARAI__RUNTIME__BUDGET_MB="12000")
    assert (settings.runtime.budget_mb, settings.runtime.gpu_layers) == (12_000, 3)


def test_environment_reaches_models_and_lists(load: Load) -> None:
    settings = load(
        'models: {"my-model.v2": {name: Mine, gguf_file: m.gguf}}',
        SARAI__MODELS__LFM2_1_2B__CONTEXT_LENGTH="16384",
        SARAI__MODELS__MY_MODEL_V2__TTL_SECONDS="30",
        SARAI__MEDIA__ALLOWED_FOLDERS="[/a, /b]",
        SARAI__OLLAMA__BASE_URL="http://127.0.0.1:1",
    )
    assert settings.models["lfm2_1_2b"].context_length == 16_384
    assert settings.models["my-model.v2"].ttl_seconds == 30
    assert settings.media.allowed_folders == (Path("/a"), Path("/b"))
    assert settings.ollama.base_url == "http://127.0.0.1:1"


def test_variables_of_others_are_left_alone(load: Load) -> None:
    assert load("", SARAI_HOME="/x", SARAIX__RUNTIME="1", PATH="/bin") == load("")


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("SARAI__RUNTIME__BUDGT_MB", "SARAI__RUNTIME__BUDGET_MB"),
        ("SARAI__MODELS__LFM2_12B__PERMANENT", "SARAI__MODELS__LFM2_1_2B__PERMANENT"),
        ("SARAI__RUNTIME", "SARAI__RUNTIME__THREADS"),
    ],
)
def test_unknown_variable_is_refused_by_name(refuse: Refuse, variable: str, meant: str) -> None:
    error = refuse("", **{variable: "1"})
    assert str(error).startswith(f"{variable}: ")
    assert error.hint == f"Did you mean {meant}?"


@pytest.mark.parametrize("value", ["much", "-1", "[1", "1.5", "true", ""])
def test_bad_value_of_a_variable_names_the_variable(refuse: Refuse, value: str) -> None:
    error = refuse("runtime: {budget_mb: 9000}", SARAI__RUNTIME__BUDGET_MB=value)
    assert str(error).startswith("SARAI__RUNTIME__BUDGET_MB: ")
    assert error.path is None


def test_order_of_lookup(elsewhere: Path) -> None:
    budget_file(elsewhere / "xdg/sarai/sarai.yaml", 9_001)
    assert load_settings(environ={}).runtime.budget_mb == 9_001
    budget_file(elsewhere / "config/sarai.yaml", 9_002)
    assert load_settings(environ={}).runtime.budget_mb == 9_002
    named = budget_file(elsewhere / "named.yaml", 9_003)
    assert load_settings(environ={"SARAI_CONFIG": str(named)}).runtime.budget_mb == 9_003
    given = budget_file(elsewhere / "given.yaml", 9_004)
    assert load_settings(given, environ={"SARAI_CONFIG": str(named)}).runtime.budget_mb == 9_004


def test_the_process_environment_is_the_default(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARAI__RUNTIME__BUDGET_MB", "9005")
    assert load_settings().runtime.budget_mb == 9_005


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_a_named_file_must_exist(elsewhere: Path, how: str) -> None:
    missing = elsewhere / "no.yaml"
    with pytest.raises(ConfigError, match=r"no\.yaml: There is no such file") as caught:
        if how == "argument":
            load_settings(missing, environ={})
        else:
            load_settings(environ={"SARAI_CONFIG": str(missing)})
    assert caught.value.path == missing


def test_settings_cannot_be_changed(load: Load) -> None:
    settings = load("")
    with pytest.raises(pydantic.ValidationError):
        settings.runtime.budget_mb = 1


def test_the_defaults_as_users_file_are_read_once(elsewhere: Path) -> None:
    link = elsewhere / "config" / "sarai.yaml"
    link.parent.mkdir()
    link.symlink_to(defaults_file())
    assert load_settings(environ={}) == load_settings(defaults_file(), environ={})
