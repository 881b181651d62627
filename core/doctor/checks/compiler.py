"""The C++ compiler that builds llama.cpp. Needed by the set-up alone."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from core.doctor.finding import Finding, ok, warn
from core.doctor.programs import COMPILER, find, install_command, output_of
from core.doctor.surroundings import Surroundings

CANDIDATES = ("c++", "g++", "clang++")
PROGRAM = """\
#include <optional>
#include <thread>
int main() { std::thread([] {}).join(); return *std::optional<int>{0}; }
"""
ONLY_READ = ("-std=c++17", "-fsyntax-only", "-x", "c++", "-")
"""Reads the program from standard input and writes nothing."""
COMPILE_LIMIT_S = 14.0


def check_compiler(around: Surroundings) -> Iterator[Finding]:
    own = around.environ.get("CXX")
    for candidate in (own,) if own else CANDIDATES:
        compiler, *flags = shlex.split(candidate)
        path = find(compiler, around.environ)
        command = [path or compiler, *flags, *ONLY_READ]
        if path and _accepts(command, around):
            yield ok(f"{path} takes C++17")
            return
    names = f"CXX={own}" if own else ", ".join(CANDIDATES)
    install = install_command(
        COMPILER, around.environ, "Install gcc and g++ (or clang) with your system's packages."
    )
    yield warn(
        f"no working C++17 compiler ({names}): llama.cpp cannot be built anew",
        "Mend or unset CXX." if own else install,
    )


def _accepts(command: list[str], around: Surroundings) -> bool:
    said = output_of(command, around.environ, given=PROGRAM, limit_s=COMPILE_LIMIT_S)
    return said is not None
