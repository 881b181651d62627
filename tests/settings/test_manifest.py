"""models/manifest.yaml: its schema, and its agreement with the configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.errors import ConfigError
from core.pulling.wanted import choose
from core.settings import Settings, load_settings
from core.settings.lookup import manifest_file
from core.settings.manifest import load_manifest, read_manifest
from core.settings.profiles import ROLES

Change = Callable[[dict[str, Any]], object]


def test_every_file_says_what_it_is() -> None:
    manifest = load_manifest()
    for name, model in manifest.models.items():
        for file in model.files:
            assert file.size_bytes > 100_000_000, name
            # Only what is pinned by both can be compared with what was published.
            assert (file.sha256 is None) == (file.revision == "main"), name
    assert len({file.file for m in manifest.models.values() for file in m.files}) == sum(
        len(model.files) for model in manifest.models.values()
    )


def test_the_apache_profile_is_what_its_name_says() -> None:
    manifest, settings = load_manifest(), load_settings(environ={})
    pulled = [model.name for model in choose(["apache"], settings, manifest)]
    assert len(pulled) == 5
    for name in pulled:
        assert manifest.models[name].licence.name == "Apache-2.0"
    restricted = {name for name, m in manifest.models.items() if m.licence.non_commercial}
    assert restricted == {"solar_gguf", "qwen_omni_3b"}


def test_what_is_configured_too_is_the_same_there(settings: Settings) -> None:
    for name, model in load_manifest().models.items():
        configured = settings.models[name]
        assert model.name == configured.name
        assert model.memory_mb == configured.max_memory_mb
        assert {file.repo_id for file in model.files} == {configured.repo_id}
        assert model.model.file == str(configured.gguf_file)
        projector = None if model.projector is None else model.projector.file
        assert projector == (configured.mmproj_file and str(configured.mmproj_file))


def test_a_profile_fits_the_memory_that_is_meant_for_it(settings: Settings) -> None:
    """The models that stay, and the largest of the others."""
    for profile in ("best_of_breed", "apache"):
        heads = {role: settings.profile_chain(profile, role)[0] for role in ROLES}
        need = {role: settings.models[name].max_memory_mb or 0 for role, name in heads.items()}
        stay = need["tiny"] + need["audio"]
        assert stay + max(need["vision"], need["embeddings"]) <= settings.runtime.models_budget_mb
        assert max(need.values()) <= settings.runtime.models_budget_mb


def _set(*keys: str, to: object) -> Change:
    def change(values: dict[str, Any]) -> None:
        for key in keys[:-1]:
            values = values[key]
        values[keys[-1]] = to

    return change


TINY = ("models", "lfm2_1_2b")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_set(*TINY, "colour", to="red"), "colour"),
        (_set(*TINY, "model", "sha256", to="abc"), "sha256"),
        (_set(*TINY, "model", "size_bytes", to=0), "size_bytes"),
        (_set(*TINY, "model", "size_bytes", to="big"), "size_bytes"),
        (_set(*TINY, "model", "file", to="../x.gguf"), "file"),
        (_set(*TINY, "model", "file", to="/x.gguf"), "file"),
        (_set(*TINY, "model", "file", to="x.exe"), "file"),
        (_set(*TINY, "model", "repo_id", to="LFM2"), "repo_id"),
        (_set(*TINY, "model", "revision", to="v1"), "revision"),
        (_set(*TINY, "licence", "url", to="http://example.org"), "url"),
        (_set("ollama", "tiny", "least", to=3), "not in order"),
        (_set("ollama", "tiny", "capability", to="singing"), "capability"),
        (_set("ollama", "anybody", to={}), "anybody"),
    ],
)
def test_a_damaged_manifest_is_refused(tmp_path: Path, change: Change, told: str) -> None:
    values = yaml.safe_load(manifest_file().read_text(encoding="utf-8"))
    change(values)
    (tmp_path / "manifest.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(ConfigError, match=told) as refused:
        read_manifest(tmp_path / "manifest.yaml")
    assert refused.value.path == tmp_path / "manifest.yaml"


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"manifest\.yaml: The manifest of models is damaged"):
        read_manifest(tmp_path / "manifest.yaml")
