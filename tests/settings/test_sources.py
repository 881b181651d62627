"""What is in force, and where it came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.settings import describe_sources, dump_settings
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
