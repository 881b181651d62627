"""What is in force, and where it came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.settings import describe_sources, dump_settings, load_settings
from core.settings.loading import configuration_errors
from core.settings.lookup import defaults_file
from tests.settings.conftest import Load


def test_a_dump_loads_to_the_same_settings(load: Load) -> None:
    settings = load(
        """
        models: {solar_gguf: {fallback: null, name: "Señora ☀"}}
        media: {allowed_folders: [/a]}
        """,
        SARAI__PATHS__MODELS="/m",
    )
    text = dump_settings(settings)
    assert "Señora ☀" in text
    assert load(text) == settings


def test_each_override_knows_its_place(file: Path) -> None:
    file.write_text("runtime:\n  budget_mb: 9000\n  gpu_layers: 2\nvoice:\n")
    environ = {"SARAI__RUNTIME__GPU_LAYERS": "-1", "HOME": "/h"}
    sources = describe_sources(file, environ=environ)
    assert sources.files == (defaults_file(), file)
    assert sources.variables == ("SARAI__RUNTIME__GPU_LAYERS",)
    found = [(o.key, o.value, o.place) for o in sources.overrides]
    assert found == [
        ("runtime.budget_mb", 9000, f"{file}:2"),
        ("runtime.gpu_layers", -1, "SARAI__RUNTIME__GPU_LAYERS"),
    ]


def test_the_older_style_is_shown_by_its_new_name(file: Path) -> None:
    file.write_text("\nlfm2_1_2b:\n  name: Small\n")
    (override,) = describe_sources(file, environ={}).overrides
    assert (override.key, override.place) == ("models.lfm2_1_2b.name", f"{file}:3")


def test_defaults_alone_override_nothing() -> None:
    sources = describe_sources(defaults_file(), environ={})
    assert sources.files == (defaults_file(),)
    assert sources.overrides == ()


def test_a_wrong_configuration_is_not_described(file: Path) -> None:
    file.write_text("runtime: 3")
    with pytest.raises(ConfigError):
        describe_sources(file, environ={})


def test_every_mistake_is_told_at_its_place_the_topmost_first(file: Path) -> None:
    file.write_text("voice:\n  speak: maybe\nruntime:\n  budget: 1\n")
    environ = {"SARAI__RUNTIME__THREADS": "many"}
    errors = configuration_errors(file, environ=environ)
    assert [error.line for error in errors] == [2, 4, None]
    assert [error.path for error in errors] == [file, file, None]
    assert "SARAI__RUNTIME__THREADS" in errors[2].message
    with pytest.raises(ConfigError, match="2 more after this"):
        load_settings(file, environ=environ)


def test_contradictions_and_what_is_no_yaml_are_mistakes_too(file: Path) -> None:
    file.write_text("runtime:\n  budget_mb: 10\n")
    (error,) = configuration_errors(file, environ={})
    assert error.line == 2
    assert "leaves nothing" in error.message
    file.write_text("runtime: [\n")
    (error,) = configuration_errors(file, environ={})
    assert "not valid YAML" in error.message


def test_a_sound_configuration_has_no_mistakes(file: Path) -> None:
    file.write_text("")
    assert configuration_errors(file, environ={}) == ()
