"""The tool of each language: its parser or compiler, as a command on one file.

Owns the commands; runs nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.checking.language import CodeLanguage
from core.checking.verdict import Strength

Build = Callable[[str, Sequence[str]], list[str]]
"""The command on a file of this name, with these folders of headers."""

# Form, and what Python itself finds when it compiles: `return` outside a function.
_PYTHON = """
import sys, traceback
try:
    compile(open(sys.argv[1], 'rb').read(), sys.argv[1], 'exec')
except Exception:
    traceback.print_exc(limit=0)
    sys.exit(1)
"""
_JSON = "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"
_YAML = "import sys, yaml; list(yaml.safe_load_all(open(sys.argv[1], encoding='utf-8')))"
_SQLITE = Path(__file__).with_name("sqlite_check.py").read_text(encoding="utf-8")
# What a compiler only warns of and is a fault whenever it is right.
_FAULTS = (
    "implicit-function-declaration",
    "int-conversion",
    "incompatible-pointer-types",
    "format",
    "return-type",
    "uninitialized",
)


@dataclass(frozen=True, slots=True)
class Tool:
    """`program` must be installed, "" is this Python; `proves` is what passing proves."""

    name: str
    program: str
    proves: Strength
    build: Build

    @property
    def installed(self) -> bool:
        return self.program == "" or shutil.which(self.program) is not None


def _python(program: str) -> Build:
    return lambda file, _: ["python3", "-I", "-c", program, file]


def _compiler(*start: str) -> Build:
    def build(file: str, headers: Sequence[str]) -> list[str]:
        folders = [part for folder in headers for part in ("-I", folder)]
        return [*start, "-Wall", *(f"-Werror={each}" for each in _FAULTS), *folders, file]

    return build


def _c_faults(*start: str) -> Build:
    return _compiler(*start, "-O1", "-fsyntax-only")


TOOLS: Final[Mapping[CodeLanguage, Tool]] = {
    "python": Tool("Python's compiler", "", "parsed", _python(_PYTHON)),
    "json": Tool("Python's JSON parser", "", "parsed", _python(_JSON)),
    "yaml": Tool("PyYAML", "", "parsed", _python(_YAML)),
    "sqlite": Tool("SQLite", "", "parsed", _python(_SQLITE)),
    "javascript": Tool("node --check", "node", "parsed", lambda file, _: ["node", "--check", file]),
    "shell": Tool("bash -n", "bash", "parsed", lambda file, _: ["bash", "-n", file]),
    "c": Tool("gcc", "gcc", "compiled", _c_faults("gcc", "-std=gnu17")),
    "cpp": Tool("g++", "g++", "compiled", _c_faults("g++", "-std=gnu++17")),
}
"""Sketches are compiled with their shim: see `sketch`."""
