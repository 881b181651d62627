"""The simulated board of `core.checking.arduino`, compiled once a session, and its compiler."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from core.checking.arduino import INCLUDE_FOLDER, SIMULATION_SOURCES
from core.checking.arduino.sketch import to_cpp

# Some distributions set another level of their own.
FORTIFIED = ("-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2")
SKETCH_FLAGS = ("-std=c++17", "-Wall", "-Wextra", "-g", "-O1", *FORTIFIED)


@cache
def is_gnu_compiler(name: str) -> bool:
    """Whether the command is there and GNU's own (on macOS another compiler has its name)."""
    if shutil.which(name) is None:
        return False
    command = [name, "--version"]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=20)
    return "Free Software Foundation" in told.stdout


@cache
def board_folder() -> Path:
    """Where `board.a`, the simulation as a library, lies beside the headers, compiled ahead."""
    folder = Path(mkdtemp(prefix="esp32-board-"))
    atexit.register(shutil.rmtree, folder)
    compiled = ["g++", *SKETCH_FLAGS, "-Werror", "-I", str(folder), "-I", str(INCLUDE_FOLDER)]
    header = ["-x", "c++-header", str(INCLUDE_FOLDER / "Arduino.h"), "-o", "Arduino.h.gch"]
    sources = [str(source) for source in SIMULATION_SOURCES]
    for command in ([*compiled, *header], [*compiled, "-c", *sources]):
        subprocess.run(command, cwd=folder, check=True, timeout=100)
    objects = [path.name for path in sorted(folder.glob("*.o"))]
    subprocess.run(["ar", "rcs", "board.a", *objects], cwd=folder, check=True, timeout=20)
    return folder


def sketch_command(source: str, program: str) -> list[str]:
    """How `g++` compiles and links the C++ of a sketch for the board."""
    folder = board_folder()
    headers = ["-I", str(folder), "-I", str(INCLUDE_FOLDER)]
    return ["g++", *SKETCH_FLAGS, *headers, source, str(folder / "board.a"), "-o", program]


def compiled_sketch(sketch: Path, folder: Path) -> Path:
    """The program of a sketch; its compiler may not say anything."""
    source, program = folder / f"{sketch.stem}.cpp", folder / sketch.stem
    source.write_text(to_cpp(sketch.read_text(encoding="utf-8"), sketch.name), encoding="utf-8")
    command = sketch_command(str(source), str(program))
    compiled = subprocess.run(command, check=True, capture_output=True, text=True, timeout=100)
    assert compiled.stderr == ""
    return program


def ran_sketch(
    program: Path, serial_input: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """The run to its end."""
    return subprocess.run(
        [program],
        input=serial_input,
        env={**os.environ, **variables},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
