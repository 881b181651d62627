"""What must be true of this machine before a long build is started.

Owns the checks of compiler, disk and memory, each with the command that mends it; does not
know how anything is built.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from set_up.report import SetupError

FREE_DISK_NEEDED_MB = 2000
COMPILE_TIMEOUT_S = 120
COMPILE_JOB_MEMORY_MB = 700  # the largest unit took 512 MB with gcc 12 on x86-64


class _Language(NamedTuple):
    """How one compiler is found and tried; `compilers` in the order in which cmake looks."""

    name: str
    variable: str
    compilers: tuple[str, ...]
    flags: tuple[str, ...]
    suffix: str
    program: str


C = _Language(
    "C",
    "CC",
    ("cc", "gcc", "clang"),
    (),
    ".c",
    '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n',
)
CXX = _Language(
    "C++17",
    "CXX",
    ("c++", "g++", "clang++"),
    ("-std=c++17",),
    ".cpp",
    "#include <optional>\n#include <thread>\n"
    "int main() { std::thread([] {}).join(); return *std::optional<int>{0}; }\n",
)

# Kernels add names of mitigations to the same list: only what a compiler uses counts.
INSTRUCTION_SET = re.compile(
    r"s?sse\d|avx|amx|fma$|f16c|bmi|movbe|vaes|vpclmul|gfni|sha_ni|adx|asimd|sve|sme|i8mm|bf16"
)


def check_free_disk(folder: Path, needed_mb: int = FREE_DISK_NEEDED_MB) -> None:
    """Raises: SetupError, when `folder` or the folder for temporary files is nearly full."""
    for place in {folder, Path(tempfile.gettempdir())}:
        free_mb = shutil.disk_usage(place).free // 2**20
        if free_mb < needed_mb:
            raise SetupError(
                f"{place} has {free_mb} MB free; the set-up needs {needed_mb} MB.",
                "Free some space, or point TMPDIR to a larger disk (TMPDIR=/path make run).",
            )


def find_compilers() -> dict[str, str]:
    """CC and CXX that really compile and link on this machine, for the build's environment.

    The user's own CC and CXX are taken as the only candidates.
    Raises: SetupError, with the package to install.
    """
    return {"CC": _working(C), "CXX": _working(CXX)}


def _working(language: _Language) -> str:
    own = os.environ.get(language.variable)
    refusals = []
    for candidate in (own,) if own else language.compilers:
        refusal = _refusal([*shlex.split(candidate), *language.flags], language)
        if refusal is None:
            return candidate
        refusals.append(f"{candidate}: {refusal}")
    raise SetupError(
        f"No working {language.name} compiler, which llama.cpp needs ({'; '.join(refusals)}).",
        f"Mend or unset {language.variable}." if own else compiler_install_hint(),
    )


def _refusal(compiler: list[str], language: _Language) -> str | None:
    """Why the compiler cannot build the language's program; None when it can."""
    if shutil.which(compiler[0]) is None:
        return "not found"
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "probe" + language.suffix)
        source.write_text(language.program, encoding="ascii")
        command = [*compiler, str(source), "-o", str(Path(folder, "probe")), "-pthread"]
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=COMPILE_TIMEOUT_S,
                encoding="utf-8",
                errors="replace",
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    if done.returncode == 0:
        return None
    said = done.stdout.strip().splitlines()
    return said[0] if said else f"status {done.returncode}"


def compiler_install_hint() -> str:
    if sys.platform == "darwin":
        return "xcode-select --install"
    for tool, command in (
        ("apt-get", "sudo apt install build-essential"),
        ("dnf", "sudo dnf install gcc gcc-c++"),
        ("pacman", "sudo pacman -S base-devel"),
        ("zypper", "sudo zypper install gcc gcc-c++"),
        ("apk", "sudo apk add build-base"),
    ):
        if shutil.which(tool):
            return command
    return "Install gcc and g++ (or clang) with your system's package manager."


def compile_jobs() -> int:
    """How many compilers may run at once without passing the cores or the memory."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(1, min(cores, memory_mb // COMPILE_JOB_MEMORY_MB))


def cpu_features() -> str:
    """The instruction sets that a native build may use; a binary must not outlive them."""
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return ""
    line = re.search(r"^(?:flags|Features)\s*:(.*)$", cpuinfo.read_text(), re.MULTILINE)
    flags = line.group(1).split() if line else []
    return " ".join(sorted(flag for flag in flags if INSTRUCTION_SET.match(flag)))
