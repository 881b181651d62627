"""Whether the `.venv` still is what a set-up would make now.

Owns the stamp file: written last, removed first, so an interrupted set-up leaves none. Its
digest covers every input: lock file, pyproject.toml, the set-up's own code, the interpreter,
the folder it lies in, the processor and the build's options.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

from set_up.interpreters import Interpreter, probe
from set_up.machine import cpu_features
from set_up.report import SetupError

FILE_NAME = "sarai-setup.json"


class Stamp(NamedTuple):
    """What the last complete set-up was made from; `cmake_args` are the user's."""

    digest: str
    venv: str
    python: str
    cmake_args: str


def read_stamp(venv: Path) -> Stamp | None:
    """The stamp of a complete set-up; None when there is none or it cannot be read."""
    try:
        return Stamp(**json.loads((venv / FILE_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_stamp(root: Path, venv: Path, cmake_args: str) -> None:
    """Declare the set-up complete. Raises: SetupError, when its Python does not run."""
    inside = working_interpreter(venv)
    if inside is None:
        raise SetupError(f"The Python in {venv} does not run.", "make clean, then try again.")
    digest = current_digest(root, venv, inside, cmake_args)
    stamp = Stamp(digest, str(venv), inside.minor_version, cmake_args)
    draft = venv / (FILE_NAME + ".part")
    draft.write_text(json.dumps(stamp._asdict()), encoding="utf-8")
    draft.replace(venv / FILE_NAME)


def remove_stamp(venv: Path) -> None:
    if (venv / FILE_NAME).exists():
        (venv / FILE_NAME).unlink()


def venv_python(venv: Path) -> Path:
    return venv / "bin" / "python"


def working_interpreter(venv: Path) -> Interpreter | None:
    """The Python inside the `.venv`; None when it does not run or does not suit any more."""
    interpreter = probe(str(venv_python(venv)))
    return interpreter if interpreter and interpreter.suits else None


def is_current(root: Path, venv: Path) -> bool:
    """Whether the last set-up was complete and made from what lies here now."""
    stamp = read_stamp(venv)
    interpreter = working_interpreter(venv) if stamp else None
    if stamp is None or interpreter is None:
        return False
    return stamp.digest == current_digest(root, venv, interpreter, wanted_cmake_args(stamp))


def reusable_interpreter(venv: Path) -> Interpreter | None:
    """The `.venv`'s Python, when the last set-up was complete and made just here with it."""
    last = read_stamp(venv)
    inside = working_interpreter(venv) if last else None
    if last is None or inside is None:
        return None
    same = last.venv == str(venv) and last.python == inside.minor_version
    return inside if same else None


def current_digest(root: Path, venv: Path, interpreter: Interpreter, cmake_args: str) -> str:
    """The digest that a set-up of today would write."""
    digest = hashlib.sha256()
    for path in _inputs(root):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    facts = [interpreter.version_text, interpreter.platform, str(venv), cpu_features(), cmake_args]
    digest.update(json.dumps(facts).encode())
    return digest.hexdigest()


def wanted_cmake_args(last: Stamp | None) -> str:
    """CMAKE_ARGS of the environment, else those of the last set-up: a GPU build stays one."""
    return os.environ.get("CMAKE_ARGS", last.cmake_args if last else "")


def _inputs(root: Path) -> list[Path]:
    ci = root / ".ci"
    own = [ci / "bootstrap.py", ci / "llama-build.cmake", *sorted((ci / "set_up").glob("*.py"))]
    return [root / "requirements.lock", root / "pyproject.toml", *own]
