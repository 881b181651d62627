"""Fixtures that several parts share: a private data folder, settings, and small media."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import settings as hypothesis_settings

from core.engines.llama.devices import ask_devices
from core.graph import SARAiOrchestrator
from core.model_pool import ModelPool
from core.settings import Settings, load_settings
from core.settings.model_override import OVERRIDE_VARIABLE
from core.storage.folder import DataFolder, open_data_folder
from tests.environments import ON_SELF_TEST
from tests.kept_engines import end_kept
from tests.media_samples import write_image, write_tone, write_video
from tests.self_test_models.build import Kind, build

SELF_TEST = "self_test"

# How long an example takes tells how busy the machine is; pytest-timeout ends what hangs.
hypothesis_settings.register_profile("tests", hypothesis_settings(), deadline=None)
hypothesis_settings.load_profile("tests")


def pytest_collection_finish() -> None:
    """All that was imported stays; each full collection would look through it again."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _private_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the user's own data, configuration or environment."""
    saved = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("SARAI_") and name != "SARAI_DATA"]:
        del os.environ[name]
    os.environ.pop(OVERRIDE_VARIABLE, None)
    os.environ["SARAI_HOME"] = str(tmp_path_factory.mktemp("home"))
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))
    os.environ.update(ON_SELF_TEST)
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        # Else every process that a test starts would compile all that it imports anew.
        os.environ["PYTHONPYCACHEPREFIX"] = str(_shared_by_all(tmp_path_factory) / "bytecode")
    yield
    os.environ.clear()
    os.environ.update(saved)


@pytest.fixture(scope="session", autouse=True)
def _no_engines_left() -> Iterator[None]:
    yield
    end_kept()


def _shared_by_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of this test run; each of several processes has its own in it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The shipped configuration on self-test models, without Ollama."""
    return load_settings(environ=ON_SELF_TEST)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A data folder whose self-test models are made once for the whole run."""
    shared = open_data_folder(tmp_path_factory.mktemp("sarai"))
    for kind in get_args(Kind):
        build(kind, shared.models / SELF_TEST)
    return shared


@pytest.fixture
def folder(tmp_path: Path, shared_folder: DataFolder) -> DataFolder:
    """A data folder of the test's own, with the shared self-test models in it."""
    return _folder_beside(shared_folder, tmp_path / "sarai")


@pytest.fixture(scope="module")
def module_folder(
    tmp_path_factory: pytest.TempPathFactory, shared_folder: DataFolder
) -> DataFolder:
    """The same for an assistant that the tests of one module share."""
    return _folder_beside(shared_folder, tmp_path_factory.mktemp("module") / "sarai")


def _folder_beside(shared_folder: DataFolder, root: Path) -> DataFolder:
    own = open_data_folder(root)
    link_self_test(own, shared_folder)
    return own


def link_self_test(own: DataFolder, shared_folder: DataFolder) -> None:
    """Give a data folder the self-test models of another."""
    shared = shared_folder.models / SELF_TEST
    (own.models / SELF_TEST).symlink_to(shared, target_is_directory=True)


@pytest.fixture(scope="session")
def orchestrator(settings: Settings, shared_folder: DataFolder) -> Iterator[SARAiOrchestrator]:
    """The assistant on its self-test models, shared by tests that only ask it something."""
    with SARAiOrchestrator(pool=ModelPool(settings, shared_folder)) as assistant:
        yield assistant


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small media: red.png, blue.png, red.mp4, blue.mp4, low.wav, high.wav."""
    target = tmp_path_factory.mktemp("samples")
    for name, colour in (("red", (200, 30, 30)), ("blue", (30, 30, 200))):
        write_image(target / f"{name}.png", colour)
        write_video(target / f"{name}.mp4", colour)
    write_tone(target / "low.wav", 220)
    write_tone(target / "high.wav", 1760)
    return target


@pytest.fixture(scope="session")
def gpu_available() -> None:
    """Skips, visibly, where llama.cpp was built without a GPU or finds none."""
    if not ask_devices("a test"):
        pytest.skip("llama.cpp was built without a GPU, or this machine has none")
