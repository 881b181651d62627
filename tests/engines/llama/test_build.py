"""Which llama.cpp a worker would load, asked of real processes."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from core.engines.llama.build import LlamaBuild, NoBuild, ask_build, features_in

CUDA = (
    "CUDA : ARCHS = 890 | USE_GRAPHS = 1 | CPU : AVX = 1 | AVX2 = 1 | AMX_INT8 = 0 | REPACK = 1 | "
)


def test_the_installed_one_tells_what_it_was_built_for() -> None:
    build = ask_build()
    assert isinstance(build, LlamaBuild)
    assert build.version == version("llama-cpp-python")
    assert Path(build.path).name == "__init__.py"
    assert build.features


def test_its_own_line_is_read() -> None:
    assert features_in(CUDA) == {"USE_GRAPHS", "AVX", "AVX2", "REPACK"}
    assert features_in("") == frozenset()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("raise ImportError('libllama.so is gone')", NoBuild("ImportError: libllama.so is gone")),
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGILL)",
            NoBuild("the process that looked ended in SIGILL", wrong_processor=True),
        ),
        ("import os; os._exit(3)", NoBuild("the process that looked ended with status 3")),
    ],
)
def test_one_that_cannot_be_loaded_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, expected: NoBuild
) -> None:
    (tmp_path / "llama_cpp").mkdir()
    (tmp_path / "llama_cpp" / "__init__.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert ask_build() == expected
