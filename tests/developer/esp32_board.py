"""The simulated board of `core.checking.arduino`, compiled once for the tests of a session."""

from __future__ import annotations

import atexit
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from core.checking.arduino import INCLUDE_FOLDER, SIMULATION_SOURCES

SKETCH_FLAGS = ("-std=c++17", "-Wall", "-Wextra", "-g", "-O1", "-D_FORTIFY_SOURCE=2")


@cache
def board_folder() -> Path:
    """Where `board.a`, the simulation as a library, lies beside the headers, compiled ahead."""
    folder = Path(mkdtemp(prefix="esp32-board-"))
    atexit.register(shutil.rmtree, folder)
    compiled = ["g++", *SKETCH_FLAGS, "-Werror", "-I", str(INCLUDE_FOLDER)]
    header = ["-x", "c++-header", str(INCLUDE_FOLDER / "Arduino.h"), "-o", "Arduino.h.gch"]
    sources = [str(source) for source in SIMULATION_SOURCES]
    for command in ([*compiled, *header], [*compiled, "-c", *sources]):
        subprocess.run(command, cwd=folder, check=True, timeout=100)
    objects = [path.name for path in sorted(folder.glob("*.o"))]
    subprocess.run(["ar", "rcs", "board.a", *objects], cwd=folder, check=True, timeout=20)
    return folder


def sketch_command(sketch: str, program: str) -> list[str]:
    """How `g++` compiles and links a sketch for the board."""
    folder = board_folder()
    headers = ["-I", str(folder), "-I", str(INCLUDE_FOLDER), "-include", "Arduino.h"]
    return ["g++", *SKETCH_FLAGS, *headers, "-x", "c++", sketch, "-x", "none",
            str(folder / "board.a"), "-o", program]  # fmt: skip
