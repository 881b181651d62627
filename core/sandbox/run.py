"""One command, run on a copy of some files and watched to its end.

Owns the start, the limits and the certain end. Where the walls do not hold, only commands that
are trusted (parsers and compilers) run, and nobody's program.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import SandboxUnavailable
from core.sandbox.limits import OUTPUT_FACTOR, Limits
from core.sandbox.output import KeptOutput
from core.sandbox.ran import Ended, Ran
from core.sandbox.walls import INSIDE_TMP, NOT_COPIED, shut_in, walls_hold
from core.sandbox.watch import taken_by

LOOK_EVERY_S = 0.02
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
PYTHON_BIN = str(Path(sys.executable).parent)


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, and on what.

    Args:
        argv: the program and its arguments; it starts in the copy.
        sources: folders whose contents are copied, later ones over earlier ones.
        readable: folders that it may read where they are.
        trusted: a parser or a compiler, that may run without walls where they do not hold.
    """

    argv: Sequence[str]
    sources: Sequence[Path] = ()
    readable: Sequence[Path] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    trusted: bool = False


def run(command: Command, limits: Limits | None = None) -> Ran:
    """Run it and wait for its end, at most `limits.wall_s`; nothing of it is left behind.

    Raises:
        SandboxUnavailable: it is not trusted and nothing holds it here; or its files are more
            than `workspace_mb`.
    """
    limits = limits or Limits()
    if walls_hold():
        return _checked(_shut_in(command, limits), limits)
    if not command.trusted:
        raise SandboxUnavailable(
            "A program can only be run where it can do no harm, and nothing shuts it in here.",
            hint="On Linux install bubblewrap (`bwrap`) and allow user namespaces.",
        )
    with _copied(command.sources) as folder:
        return _run(
            list(command.argv), limits, command.environment, folder=folder, behind_walls=False
        )


def _shut_in(command: Command, limits: Limits) -> Ran:
    readable = [*command.readable, *_python_folders()]
    argv = shut_in(command.argv, command.sources, readable, limits)
    return _run(argv, limits, command.environment, folder=None, behind_walls=True)


def _python_folders() -> list[Path]:
    """Where this Python lies, so that it can be used inside too."""
    folders = {Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)}
    return sorted(folder for folder in folders if not folder.is_relative_to("/usr"))


def _run(
    argv: list[str],
    limits: Limits,
    environment: Mapping[str, str],
    *,
    folder: Path | None,
    behind_walls: bool,
) -> Ran:
    started_s = time.monotonic()
    process = subprocess.Popen(
        argv,
        cwd=folder,
        env=_environment(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    assert process.stdout is not None  # noqa: S101
    output = KeptOutput(process.stdout, limits.output_kb)
    try:
        ended = _wait(process, output, limits, started_s)
    finally:
        _end(process)
    return Ran(
        ended=ended,
        exit_code=_exit_code(process.returncode) if ended == "exit" else None,
        output=output.text(wait_s=1.0),
        output_bytes=output.total_bytes,
        wall_s=time.monotonic() - started_s,
        shut_in=behind_walls,
    )


def _wait(
    process: subprocess.Popen[bytes], output: KeptOutput, limits: Limits, started_s: float
) -> Ended:
    """Look at it until it ends or passes a limit."""
    most_bytes = limits.output_kb * 1024 * OUTPUT_FACTOR
    while True:
        try:
            process.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            passed = taken_by(process.pid).passes(limits)
            if passed is None and output.total_bytes > most_bytes:
                passed = "output"
            if passed is None and time.monotonic() - started_s > limits.wall_s:
                passed = "time"
            if passed is not None:
                return passed
        else:
            return "exit"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Inside the walls all die with bubblewrap, wherever they went; else its group does."""
    with suppress(ProcessLookupError):  # ended by itself, with all of its group
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _exit_code(returncode: int) -> int:
    return 128 - returncode if returncode < 0 else returncode


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the user's: no keys, no addresses."""
    plain = {"PATH": f"{PYTHON_BIN}:{SYSTEM_PATH}", "HOME": INSIDE_TMP, "LANG": "C.UTF-8"}
    return {**plain, "PYTHONDONTWRITEBYTECODE": "1", **more}


@contextmanager
def _copied(sources: Sequence[Path]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sarai-check-") as name:
        for source in sources:
            shutil.copytree(source, name, symlinks=True, dirs_exist_ok=True)
        yield Path(name)


def _checked(ran: Ran, limits: Limits) -> Ran:
    if ran.exit_code == NOT_COPIED:
        raise SandboxUnavailable(
            f"The files could not be copied: {ran.output.strip()[:300]}",
            hint=f"There is room for {limits.workspace_mb} MiB (developer.workspace_mb).",
        )
    return ran
