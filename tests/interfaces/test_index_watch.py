"""`sarai index --watch`, in a process of its own."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.storage.folder import DataFolder
from tests.interfaces.conftest import Open, Sarai
from tests.interfaces.terminal import CTRL_C

WITHIN_S = 60.0


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "casa.md").write_text("La clave del wifi es gato-77.", encoding="utf-8")
    return folder


def kept_vectors(home: DataFolder) -> int:
    with closing(sqlite3.connect(home.index)) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM embeddings").fetchone()[0])


@pytest.mark.timeout(300)
def test_every_change_is_a_line_and_ctrl_c_an_end(
    on_terminal: Open, sarai: Sarai, home: DataFolder, documents: Path, tmp_path: Path
) -> None:
    with on_terminal("index", str(documents), "--watch") as terminal:
        terminal.expect("1 files added, 0 changed, 0 unchanged, 0 removed", within_s=WITHIN_S)
        terminal.expect("Watching", within_s=WITHIN_S)
        (documents / "faro.md").write_text("El faro tiene cuatro luces.", encoding="utf-8")
        terminal.expect("1 files added, 0 changed, 1 unchanged", within_s=WITHIN_S)
        vectors = kept_vectors(home)
        found = sarai("ask", "¿Cuántas luces tiene el faro?")
        assert f"[1] {documents / 'faro.md'}:1-1" in found.about

        (documents / "faro.md").rename(documents / "luces.md")
        terminal.expect("1 files added, 0 changed, 1 unchanged, 1 removed", within_s=WITHIN_S)
        documents.rename(tmp_path / "away")
        terminal.expect(f"not read: {documents}: ", within_s=WITHIN_S)
        (tmp_path / "away").rename(documents)
        terminal.expect(f"no longer a problem: {documents}", within_s=WITHIN_S)
        assert kept_vectors(home) - vectors in (0, 1)  # the question's own

        terminal.press(CTRL_C)
        terminal.expect("what was indexed is kept", within_s=WITHIN_S)
        assert terminal.wait(within_s=WITHIN_S) == 0
    assert "2 files (0 not readable)" in sarai("index", "status").answer
    sarai("index", "rm", str(documents))


@pytest.mark.timeout(300)
def test_sigterm_ends_it_cleanly(
    piped: Callable[..., subprocess.Popen[str]], documents: Path, sarai: Sarai
) -> None:
    with piped("index", str(documents), "--watch") as process:
        assert process.stdout is not None
        assert "1 files added" in process.stdout.readline()
        (documents / "casa.md").write_text("La clave del wifi es perro-88.", encoding="utf-8")
        assert "0 files added, 1 changed" in process.stdout.readline()
        (documents / "casa.md").unlink()
        assert "1 removed" in process.stdout.readline()
        os.kill(process.pid, signal.SIGTERM)
        out, about = process.communicate(timeout=WITHIN_S)
    assert (process.returncode, out, "Traceback" in about) == (0, "", False)
    sarai("index", "rm", str(documents))


def test_there_has_to_be_something_to_watch(sarai: Sarai) -> None:
    nothing = sarai("index", "--watch")
    assert (nothing.code, "sarai index PATH" in nothing.about) == (2, True)
