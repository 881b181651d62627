"""What a wheel of the project holds, and that it runs outside a checkout."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.packaging.checkout import REPOSITORY


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=60)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_holds_the_packages_the_configuration_and_the_type_markers(names: set[str]) -> None:
    assert {"core/errors.py", "core/_config/sarai.yaml", "core/_models/manifest.yaml"} <= names
    assert {"core/routing/trained/heads.npy", "core/routing/skills.yaml"} <= names
    assert {"core/checking/arduino/shim.cpp", "core/checking/arduino/include/WiFi.h"} <= names
    assert {"core/py.typed", "agents/py.typed", "agents/__init__.py"} <= names


def test_it_holds_every_file_of_the_packages_and_nothing_else(names: set[str]) -> None:
    sources = {
        str(path.relative_to(REPOSITORY))
        for package in ("core", "agents")
        for path in (REPOSITORY / package).rglob("*.py")
    }
    assert sources <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"core", "agents", "sarai"}


def test_it_holds_the_embedded_models_once_there_are_some(names: set[str]) -> None:
    embedded = (REPOSITORY / "models" / "nano").rglob("*.gguf")
    assert {f"core/_models/nano/{path.name}" for path in embedded} <= names


def test_it_declares_the_command_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        texts = {Path(name).name: name for name in archive.namelist() if ".dist-info/" in name}
        commands = archive.read(texts["entry_points.txt"]).decode()
        licence = archive.read(texts["LICENSE"]).decode()
    assert "sarai = core.interfaces.cli:main" in commands
    assert "MIT License" in licence


@pytest.mark.slow
def test_installed_it_runs_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "installed"
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    target = ["--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *target], check=True, timeout=120)
    libraries = next((place / "lib").glob("python*/site-packages"))
    (libraries / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")

    load = (
        "from core.settings import load_settings; load_settings();"
        "from core.settings.manifest import load_manifest; load_manifest()"
    )
    for command in ([str(place / "bin" / "sarai"), "--help"], [str(python), "-c", load]):
        subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
