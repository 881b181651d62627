"""Arduino sketches for the ESP32: made into a program that runs on this machine.

Owns what the Arduino tools do to a sketch before they compile it, and the command that compiles
it with the simulated board (see arduino/).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from core.checking.arduino import INCLUDE_FOLDER, SIMULATION_SOURCES

SOURCE, PROGRAM = "sketch.cpp", "./sketch.out"
NOT_COMPILED = 217
"""Exit code of `run_command` when there is no program to run; the board has others."""
_FUNCTION = re.compile(
    r"^(?!else\b|return\b|struct\b|class\b|enum\b|union\b|namespace\b|template\b|typedef\b|#)"
    r"((?:[A-Za-z_][\w:<>]*[\s*&]+)+(\w+)\s*\(([^;{}()]*)\))\s*\{",
    re.MULTILINE,
)


def with_prototypes(sketch: str, name: str) -> str:
    """`sketch` with its functions declared before the first one, as the Arduino tools do.

    Errors of the compiler still name the lines of the sketch.

    Source: docs.arduino.cc, Arduino CLI, "Sketch build process".
    """
    found = list(_FUNCTION.finditer(sketch))
    if not found:
        return f'#line 1 "{name}"\n{sketch}'
    # Default values stand in the definition, and may stand only once.
    declared = "\n".join(f"{each[1]};" for each in found if "=" not in each[3])
    place = found[0].start()
    line = sketch.count("\n", 0, place) + 1
    head, rest = sketch[:place], sketch[place:]
    return f'#line 1 "{name}"\n{head}\n{declared}\n#line {line} "{name}"\n{rest}'


def compile_command(headers: Sequence[Path]) -> list[str]:
    """Compile `SOURCE`, which `with_prototypes` made, to `PROGRAM`.

    Overflows of buffers whose size the compiler knows end the program when it runs.
    """
    folders = [part for folder in (INCLUDE_FOLDER, *headers) for part in ("-I", str(folder))]
    return [
        *("g++", "-std=gnu++17", "-g", "-O1", "-Wall", "-Werror=format", "-Werror=return-type"),
        *("-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2", "-fstack-protector-all"),
        *("-fsanitize=undefined", "-fno-sanitize-recover=all", *folders),
        *("-include", "Arduino.h", SOURCE, *map(str, SIMULATION_SOURCES), "-o", PROGRAM),
    ]


def run_command(headers: Sequence[Path]) -> list[str]:
    """Compile it and run the program; what the compiler only warns of is not told."""
    compiling = shlex.join(compile_command(headers))
    failed = f"{{ cat compiler.txt; exit {NOT_COMPILED}; }}"
    return ["sh", "-c", f"{compiling} 2>compiler.txt || {failed}; exec {PROGRAM}"]
