"""libyaml makes of SARAi's own files what PyYAML's own parser makes of them."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest
import yaml

from core.settings.composition import Layer
from core.settings.lookup import defaults_file
from core.settings.yaml_source import read_yaml
from core.text.packaged import own_yaml

FILES = sorted(Path(str(resources.files("core"))).rglob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_packaged_file_is_what_it_says(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert own_yaml(text) == yaml.safe_load(text)


def test_the_defaults_stand_in_the_lines_where_anybody_finds_them() -> None:
    ours = read_yaml(defaults_file(), Layer.DEFAULTS)
    theirs = read_yaml(defaults_file(), Layer.FILE)
    assert ours.values == theirs.values
    lines = {key: place.line for key, place in ours.places.items()}
    assert lines == {key: place.line for key, place in theirs.places.items()}
    assert lines["runtime",]
