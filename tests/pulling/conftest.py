"""Pulls against an emulated hub: as the program's users start it, and its parts alone."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.cancellation import Cancellation
from core.pulling.hub import Hub
from core.pulling.patience import Patience
from core.pulling.plan import PlannedFile, plan_files
from core.pulling.progress import FileProgress
from core.pulling.sources import Source
from core.pulling.transfer import Fetcher, Transfer
from core.pulling.wanted import WantedFile, WantedModel
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder
from tests import tiny_models
from tests.hub_emulator import HubEmulator
from tests.interfaces.conftest import environment, on_terminal, sarai

__all__ = ["environment", "on_terminal", "sarai"]  # fixtures of the command line

ROOT = Path(__file__).parents[2]
REPOSITORY = "owner/small-GGUF"
FILE = "small.gguf"
CONTENT = random.Random(5).randbytes(200_000)
HASTY = Patience(tries=3, first_s=0.01, longest_s=0.02, longest_named_s=0.05)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulators are reached directly, whatever this machine uses for other hosts."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """Without any model in it."""
    return open_data_folder(tmp_path / "sarai")


@pytest.fixture
def home(folder: DataFolder) -> DataFolder:
    """The data folder of `sarai` and `on_terminal`: here one for each test."""
    return folder


@pytest.fixture
def model(tmp_path: Path) -> bytes:
    """A model that really answers."""
    return tiny_models.scripted_text(tmp_path).read_bytes()


Configure = Callable[[Mapping[str, Any]], None]


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Writes the user's configuration."""

    def write(values: Mapping[str, Any]) -> None:
        (tmp_path / "sarai.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
        monkeypatch.setenv("SARAI_CONFIG", str(tmp_path / "sarai.yaml"))

    return write


@pytest.fixture
def hub() -> Iterator[HubEmulator]:
    """A hub with one file."""
    with HubEmulator({REPOSITORY: {FILE: CONTENT}}) as emulator:
        yield emulator


def wanted(file: str = FILE, repo_id: str = REPOSITORY, **given: Any) -> WantedFile:
    return WantedFile("small", repo_id, given.pop("revision", "main"), file, **given)


class Puller:
    """One file at a time, from a hub into a folder of its own."""

    def __init__(self, folder: DataFolder) -> None:
        self.models_folder = folder.models
        self.cancel = Cancellation()
        self._database = Database(folder.database)

    def plan(self, source: Source, *files: WantedFile) -> tuple[PlannedFile, ...]:
        model = WantedModel("small", "Small", None, None, files or (wanted(),))
        found = plan_files([model], source, self.models_folder, patience=HASTY, cancel=self.cancel)
        return tuple(found)

    def pull(self, hub: HubEmulator, file: WantedFile | None = None, **environ: str) -> Path:
        """Plan and fetch; raises what either met."""
        source = hub_source(hub, **environ)
        [planned] = self.plan(source, file or wanted())
        if planned.problem is not None:
            raise planned.problem
        self.fetch(planned, source)
        return planned.place

    def fetch(self, planned: PlannedFile, source: Source) -> None:
        """What was planned, unless it is here."""
        if planned.remote is not None:
            progress = FileProgress(planned.wanted.name, planned.size_bytes, planned.kept_bytes)
            self.fetcher(source).fetch(Transfer(planned.remote, planned.place, progress))

    def fetcher(self, source: Source, patience: Patience = HASTY) -> Fetcher:
        return Fetcher(source, self._database, patience, self.cancel)

    @property
    def names(self) -> list[str]:
        """Of all files that are there."""
        return sorted(path.name for path in self.models_folder.rglob("*") if path.is_file())


@pytest.fixture
def puller(folder: DataFolder) -> Puller:
    return Puller(folder)


def hub_source(hub: HubEmulator, **environ: str) -> Hub:
    return Hub({"HF_ENDPOINT": hub.endpoint, **environ})


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(hub: HubEmulator, folder: DataFolder, tmp_path: Path) -> Start:
    """Starts `sarai models pull` for the models of `configuration` in a process of its own."""

    def popen(
        *arguments: str, configuration: Mapping[str, Any], endpoint: str = "", **options: Any
    ) -> subprocess.Popen[str]:
        (tmp_path / "sarai.yaml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
        return subprocess.Popen(
            [sys.executable, "-m", "core.interfaces.cli", "models", "pull", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "SARAI_HOME": str(folder.root),
                "SARAI_CONFIG": str(tmp_path / "sarai.yaml"),
                "HF_ENDPOINT": endpoint or hub.endpoint,
            },
            text=True,
            **options,
        )

    return popen


def configured(repositories: Mapping[str, Mapping[str, bytes]]) -> dict[str, Any]:
    """A configuration with a model for each file of `repositories`, named after it."""
    models = {
        name.removesuffix(".gguf"): {
            "name": name,
            "repo_id": repository,
            "gguf_file": name,
            "max_memory_mb": 100,
        }
        for repository, files in repositories.items()
        for name in files
    }
    return {"models": models}


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[str]:
    """All output of a process that ends by itself."""
    with process:
        output, _ = process.communicate(timeout=60)
        yield output
