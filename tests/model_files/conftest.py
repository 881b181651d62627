"""Self-test models, built once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.model_files.llama_runner import Runner, running
from tests.self_test_models.build import build

CONTEXT_TOKENS = 16_384


@pytest.fixture(scope="session")
def self_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for self-test models; what a test needs is built in it on demand."""
    return tmp_path_factory.mktemp("self_test")


@pytest.fixture(scope="session")
def vision(self_tests: Path) -> Iterator[Runner]:
    with running(build("vision", self_tests), CONTEXT_TOKENS) as runner:
        yield runner


@pytest.fixture(scope="session")
def omni(self_tests: Path) -> Iterator[Runner]:
    with running(build("omni", self_tests), CONTEXT_TOKENS) as runner:
        yield runner


@pytest.fixture(scope="session")
def expert(self_tests: Path) -> Iterator[Runner]:
    with running(build("expert", self_tests), CONTEXT_TOKENS) as runner:
        yield runner
