"""The program as its users start it: in a process of its own, on a terminal or a pipe."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from core.interfaces.cli import main
from core.storage.folder import DataFolder, open_data_folder
from tests.conftest import link_self_test
from tests.gguf_fixtures.text_model import TextShape, write_random_model
from tests.interfaces.terminal import Terminal

ROOT = Path(__file__).parents[2]
SARAI = (sys.executable, "-m", "core.interfaces.cli")
Open = Callable[..., Terminal]


class Ended(NamedTuple):
    """How a command ended, and what it wrote where."""

    code: int
    answer: str
    about: str


Sarai = Callable[..., Ended]


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """That of this test run, fit to start `sarai` from any folder."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, shared_folder: DataFolder) -> DataFolder:
    """A data folder for the tests of one module."""
    own = open_data_folder(tmp_path_factory.mktemp("home"))
    link_self_test(own, shared_folder)
    return own


@pytest.fixture
def on_terminal(environment: Mapping[str, str], home: DataFolder) -> Open:
    """Opens `sarai` with the given arguments on a terminal, to be used in a `with`."""

    def start(*arguments: str, folder: Path | None = None, **variables: str) -> Terminal:
        everything = {**environment, "SARAI_HOME": str(home.root), **variables}
        return Terminal([*SARAI, *arguments], everything, folder=folder)

    return start


@pytest.fixture
def piped(environment: Mapping[str, str], home: DataFolder) -> Callable[..., subprocess.Popen[str]]:
    """Starts `sarai` with pipes for all three streams; it has to be waited for."""

    def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*SARAI, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment, "SARAI_HOME": str(home.root), **variables},
            text=True,
            encoding="utf-8",
        )

    return start


@pytest.fixture(scope="session")
def rambling(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables for a model that answers everyday questions at such length that it is stopped."""
    folder = tmp_path_factory.mktemp("rambling")
    write_random_model(folder / "rambler.gguf", TextShape(layers=8))
    model = {"name": "Rambler", "gguf_file": str(folder / "rambler.gguf"), "context_length": 4096}
    pins = {name: {"load_on_startup": False} for name in ("lfm2_1_2b", "qwen_omni_3b")}
    configuration = {
        "models": {"rambler": model, **pins},
        "routing": {"text_variant_selection": {"tiny": {"model": "rambler"}}},
        "generation": {"max_tokens": 2000},
    }
    (folder / "sarai.yaml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
    return {"SARAI_CONFIG": str(folder / "sarai.yaml")}


@pytest.fixture
def sarai(
    home: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Sarai:
    """Runs `sarai` in this process, with `given` on its standard input."""
    monkeypatch.setenv("SARAI_HOME", str(home.root))

    def run(*arguments: str, given: bytes = b"") -> Ended:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        try:
            code = main(arguments)
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return run
