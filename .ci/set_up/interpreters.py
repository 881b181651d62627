"""Which Python the `.venv` is made with.

Owns the range of versions and the search; knows nothing of what is installed afterwards.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterable, Iterator, NamedTuple

from set_up.report import SetupError

OLDEST = (3, 11)
NEWEST = (3, 13)
NAMES = ("python3.13", "python3.12", "python3.11")
PROBE_TIMEOUT_S = 20

_PROBE = """
import importlib.util as u, json, platform, sys, sysconfig
print(json.dumps([
    getattr(sys, "_base_executable", sys.executable), list(sys.version_info[:3]),
    sysconfig.get_platform(), platform.python_implementation() == "CPython",
    u.find_spec("venv") is not None, u.find_spec("ensurepip") is not None,
    u.find_spec("pip") is not None]))
"""


class Interpreter(NamedTuple):
    """One Python that ran; `path` is the real one behind a virtual environment."""

    path: str
    version: tuple[int, ...]
    platform: str
    is_cpython: bool
    has_venv: bool
    has_ensurepip: bool
    has_pip: bool

    @property
    def suits(self) -> bool:
        return self.is_cpython and self.has_venv and OLDEST <= self.version[:2] <= NEWEST

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))

    @property
    def minor_version(self) -> str:
        return f"{self.version[0]}.{self.version[1]}"


def probe(path: str) -> Interpreter | None:
    """What the Python at `path` is; None when it does not run (a shim, a dangling link)."""
    try:
        done = subprocess.run(
            [path, "-I", "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PROBE_TIMEOUT_S,
            check=True,
        )
        base, version, *rest = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Interpreter(base or path, tuple(version), *rest)


def find_interpreter(uv: str | None) -> Interpreter:
    """The running Python when it suits, else the first that does: on PATH, then uv's own.

    Raises: SetupError, naming the versions found and the names looked for.
    """
    return choose(_candidates(uv), uv)


def choose(candidates: Iterable[str], uv: str | None) -> Interpreter:
    """The first of these paths that suits; one with ensurepip is preferred where uv is not.

    Raises: SetupError, when none suits.
    """
    found: list[Interpreter] = []
    for path in candidates:
        interpreter = probe(path)
        if interpreter is None:
            continue
        if interpreter.suits and (uv or interpreter.has_ensurepip):
            return interpreter
        found.append(interpreter)
    suitable = [each for each in found if each.suits]
    if suitable:
        return suitable[0]
    raise _none_suits(found, uv)


def _candidates(uv: str | None) -> Iterator[str]:
    yield sys.executable
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    for name in (*NAMES, "python3"):
        # Every folder, not just the first: a version manager's dead shim may hide a Python.
        for folder in folders:
            path = shutil.which(name, path=folder or os.curdir)
            if path:
                yield path
    if uv:
        yield from _found_by(uv)


def _found_by(uv: str) -> Iterator[str]:
    wanted = f">={OLDEST[0]}.{OLDEST[1]},<{NEWEST[0]}.{NEWEST[1] + 1}"
    done = subprocess.run(
        [uv, "python", "find", "--no-python-downloads", "--system", wanted],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        check=False,
    )
    if done.returncode == 0 and Path(done.stdout.strip()).exists():
        yield done.stdout.strip()


def _none_suits(found: list[Interpreter], uv: str | None) -> SetupError:
    versions = sorted({each.version[:2] for each in found})
    what = "Python is too old" if all(each < OLDEST for each in versions) else "No Python suits"
    seen = ", ".join(f"{major}.{minor}" for major, minor in versions) or "none that runs"
    need = f"{OLDEST[0]}.{OLDEST[1]}-{NEWEST[0]}.{NEWEST[1]}"
    also = " and asked uv" if uv else ""
    return SetupError(
        f"{what}: found {seen}, need {need}; looked for {', '.join(NAMES)}{also}.",
        "uv python install 3.12" if uv else _install_hint(),
    )


def _install_hint() -> str:
    if sys.platform == "darwin":
        return "brew install python@3.12"
    if shutil.which("apt-get"):
        return "sudo apt install python3.11 python3.11-venv (or any version up to 3.13)"
    if shutil.which("dnf"):
        return "sudo dnf install python3.12"
    return "Install Python 3.12 with your system's package manager, or with pyenv or uv."
