"""docs/configuration.md names every setting, no other, and the right defaults."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from core.settings import load_settings
from core.settings.keys import value_keys
from core.settings.lookup import defaults_file
from core.settings.models import ModelSettings
from core.settings.profiles import Profile
from core.settings.routing import Variant
from core.settings.servers import OpenAIServer

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
ENTRIES = {("profiles",): ["NAME"], ("models",): ["NAME"], ("openai", "servers"): ["NAME"]}
VARIANT = "routing.multimodal_variant_selection.audio."


def documented() -> dict[str, str]:
    """Each key of the page's tables, under the section of its heading, with its default."""
    found: dict[str, str] = {}
    section = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"### `(.+)`", line):
            section = heading[1]
        elif row := re.match(r"\| `([a-z0-9_]+)` \| `?(.+?)`? \|", line):
            found[f"{section}.{row[1]}"] = row[2]
    return found


def test_the_page_and_the_schema_have_the_same_keys() -> None:
    keys = {".".join(key) for key in value_keys(ENTRIES)}
    # All variants have the same keys, and are documented once.
    once = {key for key in keys if "_variant_selection." not in key or key.startswith(VARIANT)}
    expected = {key.replace(VARIANT, "routing.*_variant_selection.*.") for key in once}
    assert documented().keys() == expected


def test_the_defaults_are_right() -> None:
    settings = load_settings(defaults_file(), environ={}).model_dump(mode="json")
    for key, default in documented().items():
        if "*" not in key and "NAME" not in key:
            section, name = key.split(".")
            assert yaml.safe_load(default) == settings[section][name], key


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        ("profiles.NAME", Profile),
        ("models.NAME", ModelSettings),
        ("openai.servers.NAME", OpenAIServer),
        ("routing.*_variant_selection.*", Variant),
    ],
)
def test_the_defaults_of_entries_are_right(section: str, kind: type[BaseModel]) -> None:
    for name, field in kind.model_fields.items():
        default = documented()[f"{section}.{name}"]
        expected: Any = field.default
        if expected is PydanticUndefined:
            assert default == "required", name
        else:
            written = list(expected) if isinstance(expected, tuple) else expected
            assert yaml.safe_load(default) == written, name
