"""An Ollama server and an assistant beside it, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.graph import SARAiOrchestrator
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with
from tests.ollama_emulator import EmulatedModel, OllamaEmulator


@pytest.fixture(scope="module")
def server() -> Iterator[OllamaEmulator]:
    with OllamaEmulator([EmulatedModel("solar:10.7b", context_length=4096)]) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def assistant(server: OllamaEmulator, module_folder: DataFolder) -> Iterator[SARAiOrchestrator]:
    with assistant_with(module_folder, {"ollama.base_url": server.base_url}) as opened:
        yield opened
