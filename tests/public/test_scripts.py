"""Scripts of a user's own: no `__main__` guard, any working directory, nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil

from core.storage.folder import DataFolder

ROOT = Path(__file__).parent.parent.parent
TIMEOUT_S = 60
END_S = 5.0

PRINT_WORKERS = """
import psutil
print(*(child.pid for child in psutil.Process().children(recursive=True)))
"""


def run(
    text: str, folder: DataFolder, place: Path, *arguments: object, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Write the script into `place` and run it to its end."""
    script = place / "script.py"
    script.write_text(text)
    return subprocess.run(
        [sys.executable, str(script), *map(str, arguments)],
        cwd=cwd or place,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SARAI_HOME": str(folder.root)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def run_script(
    text: str, folder: DataFolder, place: Path, *arguments: object, cwd: Path | None = None
) -> list[str]:
    """The lines that a sound script prints."""
    done = run(text, folder, place, *arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


def assert_gone(pids: str) -> None:
    """A worker that was just being loaded notices the end of its parent a moment later."""
    assert pids.split()
    left = [process for process in psutil.process_iter() if str(process.pid) in pids.split()]
    _, alive = psutil.wait_procs(left, timeout=END_S)
    assert alive == []


def test_a_script_without_a_guard_that_closes_nothing(
    folder: DataFolder, samples: Path, tmp_path: Path
) -> None:
    text = (
        "import sys\n"
        "from core.graph import SARAiOrchestrator\n"
        "orchestrator = SARAiOrchestrator()\n"
        'result = orchestrator.invoke({"input": "test", "image_path": sys.argv[1]})\n'
        'print(result["agent_used"], result["response"])\n' + PRINT_WORKERS
    )
    said, pids = run_script(text, folder, tmp_path, samples / "red.png")
    assert said.startswith("vision self-test reply: the picture reached me as")
    assert_gone(pids)


def test_a_folder_with_its_own_core_and_agents_does_not_disturb(
    folder: DataFolder, tmp_path: Path
) -> None:
    """The script lies elsewhere; the user stands in a project whose folders are named so."""
    project, scripts = tmp_path / "project", tmp_path / "scripts"
    scripts.mkdir()
    for name in ("core", "agents", "llama_cpp", "numpy"):
        (project / name).mkdir(parents=True)
        (project / name / "__init__.py").write_text("raise SystemExit('not ours')\n")
    text = (
        "from core.graph import SARAiOrchestrator\n"
        'print(SARAiOrchestrator().invoke({"input": "hola"})["model_used"])\n' + PRINT_WORKERS
    )
    used, pids = run_script(text, folder, scripts, cwd=project)
    assert used == "self_test_tiny"
    assert_gone(pids)


def test_the_pool_by_its_public_name(folder: DataFolder, tmp_path: Path) -> None:
    text = (
        "from core.model_pool import get_model_pool\n"
        'get_model_pool().schedule_unload("qwen3_vl_4b", ttl=60)\n'
        'with get_model_pool().lease("self_test_tiny") as engine:\n'
        "    print(engine.model)\n" + PRINT_WORKERS
    )
    name, pids = run_script(text, folder, tmp_path)
    assert name == "self_test_tiny"
    assert_gone(pids)


def test_a_script_that_ends_in_mid_answer_leaves_nothing(
    folder: DataFolder, tmp_path: Path
) -> None:
    text = (
        "import sys\n"
        "from core.graph import SARAiOrchestrator\n"
        "from core.events import Token\n"
        "orchestrator = SARAiOrchestrator()\n"
        'for event in orchestrator.stream("hola"):\n'
        "    if isinstance(event, Token):\n"
        "        break\n"
        "assert 'av' not in sys.modules, 'words alone need no PyAV'\n" + PRINT_WORKERS
    )
    (pids,) = run_script(text, folder, tmp_path)
    assert_gone(pids)


def test_a_script_with_an_error_leaves_nothing(folder: DataFolder, tmp_path: Path) -> None:
    text = (
        "from core.graph import SARAiOrchestrator\n"
        "orchestrator = SARAiOrchestrator()\n"
        'orchestrator.invoke("hola")\n' + PRINT_WORKERS + 'orchestrator.invoke({"imput": "hola"})\n'
    )
    done = run(text, folder, tmp_path)
    assert done.returncode == 1
    assert "the nearest valid one is `input`" in done.stderr
    assert_gone(done.stdout)
