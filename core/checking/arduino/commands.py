"""How a sketch is compiled for the simulated board, and run on it.

Owns the commands; runs nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from core.checking.arduino import INCLUDE_FOLDER, SIMULATION_SOURCES

SOURCE = "sketch.cpp"
NOT_COMPILED = 217
"""Exit code of `run_command` when the sketch does not compile; the board has others."""

STANDARD = "-std=gnu++17"
# Overflows of buffers whose size the compiler knows end the program when it runs.
_GUARDED = (
    *("-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2", "-fstack-protector-all"),
    *("-fsanitize=undefined", "-fno-sanitize-recover=all"),
)
_FAULTS = ("-Wall", "-Werror=format", "-Werror=return-type")


def compile_command(headers: Sequence[Path]) -> list[str]:
    """Compile `SOURCE`, which `sketch.to_cpp` made, to sketch.o."""
    folders = [part for folder in (INCLUDE_FOLDER, *headers) for part in ("-I", str(folder))]
    flags = [STANDARD, "-g", "-O1", *_FAULTS, *_GUARDED, *folders]
    return ["g++", *flags, "-c", SOURCE, "-o", "sketch.o"]


def run_command(headers: Sequence[Path]) -> list[str]:
    """Compile it, then the board, and run both; what compilers only warn of is not told."""
    sketch = shlex.join(compile_command(headers))
    sources = map(str, SIMULATION_SOURCES)
    board = shlex.join(["g++", STANDARD, "-I", str(INCLUDE_FOLDER), "-c", *sources])
    link = "g++ -fsanitize=undefined *.o -o program"
    failed = f"{{ cat compiler.txt; exit {NOT_COMPILED}; }}"
    return ["sh", "-c", f"{sketch} 2>compiler.txt || {failed}; {board} && {link} && exec ./program"]
