"""What the person at the terminal sees: step lines, a live line, the log's end on failure.

Owns the log file and the running of commands; does not know what the commands are for.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, cast

LIVE_INTERVAL_TERMINAL_S = 1.0
LIVE_INTERVAL_PLAIN_S = 10.0
TAIL_LINES = 25
TAIL_COLUMNS = 200
NINJA_STEP = re.compile(r"\[\d+/\d+\]")


class SetupError(Exception):
    """The set-up cannot go on; `hint` is the command or the change that mends it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class CommandFailed(SetupError):
    """A command of the set-up ended with an error; `tail` is the end of what it said."""

    def __init__(self, message: str, tail: str) -> None:
        super().__init__(message)
        self.tail = tail


class Report:
    """Prints progress with the elapsed time and keeps everything commands say in `log`."""

    def __init__(self, log: Path, live_interval_s: float | None = None) -> None:
        usual_s = LIVE_INTERVAL_TERMINAL_S if sys.stdout.isatty() else LIVE_INTERVAL_PLAIN_S
        self._live_interval_s = live_interval_s or usual_s
        self._log = log
        self._start_s = time.monotonic()
        self._live_shown = False

    def step(self, text: str) -> None:
        self._end_live()
        print(f"[{self._elapsed()}] {text}", flush=True)

    def run(self, command: list[str], *, env: dict[str, str] | None = None, live: str = "") -> None:
        """Run a command to its end, its output going to the log.

        Args:
            live: what to call the work on the live line; without it there is none.

        Raises: CommandFailed, with the end of the command's output.
        """
        # A group of its own, so that what it started can be ended with it.
        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
        try:
            follower = _Follower(process, self._log)
            self._wait(process, follower, live)
            follower.join()
        except BaseException:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            raise
        self._end_live()
        if process.returncode != 0:
            what = f"{Path(command[0]).name} ended with status {process.returncode}"
            raise CommandFailed(f"{what}; all of it is in {self._log}.", follower.tail())

    def _wait(self, process: subprocess.Popen[str], follower: _Follower, live: str) -> None:
        while True:
            try:
                process.wait(timeout=self._live_interval_s)
            except subprocess.TimeoutExpired:
                if live:
                    self._show_live(f"[{self._elapsed()}]   {live} {follower.ninja_step}".rstrip())
            else:
                return

    def _show_live(self, line: str) -> None:
        if not sys.stdout.isatty():
            print(line, flush=True)
            return
        print(f"\r\033[K{line}", end="", flush=True)
        self._live_shown = True

    def _end_live(self) -> None:
        if self._live_shown:
            print("\r\033[K", end="", flush=True)
            self._live_shown = False

    def _elapsed(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._start_s), 60)
        return f"{minutes}:{seconds:02d}"


class _Follower:
    """Copies a command's output to the log and remembers its end and ninja's last step."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.ninja_step = ""
        self._lines: list[str] = []
        self._thread = threading.Thread(target=self._follow, args=(process, log), daemon=True)
        self._thread.start()

    def join(self) -> None:
        # A stray grandchild may hold the pipe open; it shall not hold us.
        self._thread.join(timeout=5)

    def tail(self) -> str:
        return "\n".join(self._lines)

    def _follow(self, process: subprocess.Popen[str], path: Path) -> None:
        output = cast("IO[str]", process.stdout)
        with path.open("a", encoding="utf-8") as log, output:
            log.write(f"\n$ {shlex.join(cast('list[str]', process.args))}\n")
            for line in output:
                log.write(line)
                step = NINJA_STEP.search(line)
                self.ninja_step = step.group() if step else self.ninja_step
                self._lines = [*self._lines[1 - TAIL_LINES :], line.rstrip()[:TAIL_COLUMNS]]


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would lead pip or Python out of the `.venv`.

    Index addresses, proxies and certificates that the user set are kept.
    """
    astray = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_HASHES"}
    astray |= {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}  # of the make that called us, not of cmake's
    env = {name: value for name, value in os.environ.items() if name not in astray}
    env["PIP_USER"] = "0"
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    env["PIP_NO_INPUT"] = "1"
    env["UV_COMPILE_BYTECODE"] = "1"
    return env
