"""Files are found where the documentation says, and missing ones are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ModelUnavailable
from core.model_files.files import ModelFiles
from core.model_files.locate import embedded_folder, locate
from core.settings import load_settings
from core.settings.models import ModelSettings


def settings(**changes: object) -> ModelSettings:
    values = {"name": "Solar", "gguf_file": "solar.gguf", **changes}
    return ModelSettings.model_validate(values)


def found(folder: Path, model_settings: ModelSettings) -> ModelFiles:
    return locate("solar", model_settings, models_folder=folder)


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_relative_file_lies_in_the_models_folder(tmp_path: Path) -> None:
    file = touch(tmp_path / "solar.gguf")
    assert found(tmp_path, settings()) == ModelFiles(file)


def test_sub_folder_of_the_repository_is_looked_at(tmp_path: Path) -> None:
    file = touch(tmp_path / "SOLAR-GGUF" / "solar.gguf")
    projector = touch(tmp_path / "SOLAR-GGUF" / "eye.gguf")
    given = settings(repo_id="upstage/SOLAR-GGUF", mmproj_file="eye.gguf")
    assert found(tmp_path, given) == ModelFiles(file, projector)


def test_absolute_and_home_paths_are_taken_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = touch(tmp_path / "home" / "solar.gguf")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert found(tmp_path / "models", settings(gguf_file=file)) == ModelFiles(file)
    assert found(tmp_path / "models", settings(gguf_file="~/solar.gguf")) == ModelFiles(file)


def test_missing_file_is_named_with_its_folder_and_repository(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        found(tmp_path, settings(repo_id="upstage/SOLAR-GGUF"))
    assert "solar.gguf" in caught.value.message
    assert str(tmp_path) in caught.value.message
    assert "upstage/SOLAR-GGUF" in caught.value.hint


def test_missing_projector_is_missed_too(tmp_path: Path) -> None:
    touch(tmp_path / "solar.gguf")
    with pytest.raises(ModelUnavailable, match=r"eye\.gguf"):
        found(tmp_path, settings(mmproj_file="eye.gguf"))


def test_model_without_files_is_unavailable(tmp_path: Path) -> None:
    remote = settings(engine="ollama", ollama_model="solar", gguf_file=None)
    with pytest.raises(ModelUnavailable, match="no file of its own"):
        found(tmp_path, remote)


def test_an_embedded_model_lies_where_sarai_itself_lies(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        found(tmp_path, settings(embedded=True, repo_id="upstage/SOLAR-GGUF"))
    assert str(embedded_folder()) in caught.value.message
    assert "Install SARAi again" in caught.value.hint


@pytest.mark.parametrize(
    "model",
    [
        "nano_text",
        "nano_vision",
        "nano_audio",
    ],
)
def test_the_embedded_models_are_there(tmp_path: Path, model: str) -> None:
    files = found(tmp_path, load_settings(environ={}).models[model])
    assert files.gguf_path.parent == embedded_folder()
    assert (files.mmproj_path is None) == (model == "nano_text")
