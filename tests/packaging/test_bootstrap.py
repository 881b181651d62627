"""The set-up as a program, as far as it goes without a network."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from set_up.interpreters import probe
from set_up.llama_wheel import LlamaWheel, find_requirement, wheel_cache
from set_up.lock_file import read_lock
from set_up.report import CommandFailed, Report, clean_environment
from set_up.stamp import write_stamp

from tests.packaging.checkout import REPOSITORY, make_checkout, make_script, make_venv

INTERRUPTED = """
import signal, sys
from pathlib import Path
from set_up.report import Report
signal.signal(signal.SIGINT, signal.default_int_handler)
shell = "exec 3>" + sys.argv[2] + "; echo '[3/9] cc'; sleep 600 & wait"
Report(Path(sys.argv[1]), 0.05).run(["sh", "-c", shell], live="building")
"""


def bootstrap(root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    cache = str(root.parent / "cache")
    return subprocess.run(
        [sys.executable, str(root / ".ci" / "bootstrap.py")],
        env={**os.environ, "XDG_CACHE_HOME": cache, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_second_run_says_nothing_and_changes_nothing(tmp_path: Path) -> None:
    root = make_checkout(tmp_path / "clone")
    write_stamp(root, make_venv(root), os.environ.get("CMAKE_ARGS", ""))
    done = bootstrap(root)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_broken_compiler_ends_the_run_before_anything_is_made(tmp_path: Path) -> None:
    root = make_checkout(tmp_path / "clone")
    broken = make_script(tmp_path / "cc", "echo 'no such luck' >&2; exit 1")
    done = bootstrap(root, CC=str(broken))
    assert done.returncode == 1
    assert "no such luck" in done.stderr
    assert "What to do: Mend or unset CC." in done.stderr
    assert not (root / ".venv").exists()


def test_a_failing_command_shows_its_end_and_keeps_the_rest(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(CommandFailed, match="sh ended with status 3") as raised:
        Report(log).run(["sh", "-c", "seq 1000; exit 3"])
    assert raised.value.tail.splitlines()[-1] == "1000"
    assert len(raised.value.tail.splitlines()) == 25
    assert "\n1\n2\n" in log.read_text()


def test_an_interrupted_command_takes_its_children_with_it(tmp_path: Path) -> None:
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    with interruptible(tmp_path / "log", fifo) as process, fifo.open() as alive:
        assert process.stdout is not None
        assert "building" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        # The end of file comes when the last process that holds the pipe is gone.
        assert alive.read() == ""
        assert process.wait(timeout=30) != 0


def test_the_live_line_shows_the_step_of_the_build(tmp_path: Path) -> None:
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    with interruptible(tmp_path / "log", fifo) as process, fifo.open():
        assert process.stdout is not None
        assert next(line for line in process.stdout if "[3/9]" in line).startswith("[0:0")
        process.send_signal(signal.SIGINT)


def interruptible(log: Path, fifo: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(log), str(fifo)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / ".ci")},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_what_would_lead_pip_astray_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PIP_INDEX_URL", "file:///mirror")
    environment = clean_environment()
    assert "PYTHONPATH" not in environment
    assert "PIP_TARGET" not in environment
    assert environment["PIP_INDEX_URL"] == "file:///mirror"


def test_a_wheel_is_kept_apart_for_other_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    requirement = find_requirement(read_lock(REPOSITORY / "requirements.lock"))
    python = probe(sys.executable)
    assert python is not None
    plain = LlamaWheel(requirement, python, "")
    folder = wheel_cache() / plain.key
    folder.mkdir(parents=True)
    (folder / "llama.whl").touch()
    assert plain.cached() == folder / "llama.whl"
    assert LlamaWheel(requirement, python, "-DGGML_CUDA=on").cached() is None
    plain.discard()
    assert plain.cached() is None
