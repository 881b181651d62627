"""How a sketch is compiled for the simulated board, and run on it.

Owns the commands and the compiled board; runs no sketch.
"""

from __future__ import annotations

import logging
import shlex
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from core.checking.arduino import INCLUDE_FOLDER, SIMULATION_SOURCES

logger = logging.getLogger(__name__)

SOURCE, LIBRARY = "sketch.cpp", "board.a"
BOARD_TIMEOUT_S = 120
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
    """Compile it, link it with `LIBRARY` and run it; what compilers only warn of is not told."""
    sketch = shlex.join(compile_command(headers))
    link = f"g++ -fsanitize=undefined sketch.o {LIBRARY} -o program"
    failed = f"{{ cat compiler.txt; exit {NOT_COMPILED}; }}"
    return ["sh", "-c", f"{sketch} 2>compiler.txt || {failed}; {link} && exec ./program"]


@cache
def board_library() -> bytes | None:
    """The simulation as a library, compiled once per process; None where that does not work.

    It is SARAi's own code, so it needs no walls. Kept in memory, so that nothing is left behind.
    """
    sources = map(str, SIMULATION_SOURCES)
    with TemporaryDirectory(prefix="sarai-board-") as folder:
        try:
            for command in (
                ["g++", STANDARD, "-I", str(INCLUDE_FOLDER), "-c", *sources],
                ["sh", "-c", f"ar rcs {LIBRARY} *.o"],
            ):
                subprocess.run(
                    command, cwd=folder, check=True, capture_output=True, timeout=BOARD_TIMEOUT_S
                )
        except (OSError, subprocess.SubprocessError) as error:
            logger.warning("The simulated board does not compile: %s", error)
            return None
        return Path(folder, LIBRARY).read_bytes()
