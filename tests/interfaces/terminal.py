"""A program on a real pseudo-terminal: press keys, wait for what it shows.

Every wait has a deadline and ends with the text, the program's end, or a failed test.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.closing import Closing

ENTER, TAB, UP = "\r", "\t", "\x1b[A"
ALT_ENTER = "\x1b\r"
CTRL_C, CTRL_D = "\x03", "\x04"
ROWS = 40
WITHIN_S = 20.0

# Its own terminal becomes the controlling one, so that Ctrl-C is a signal.
_LAUNCH = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)
_ESCAPES = re.compile(
    r"""\x1b \[ [0-?]* [ -/]* [@-~]              # moves, colours, modes
      | \x1b \] [^\x07\x1b]* (?:\x07|\x1b\\)    # titles
      | \x1b [=>]                                # keypad modes
      | [\r\x07]
    """,
    re.VERBOSE,
)


def pasted(text: str) -> str:
    """`text` as a terminal sends it when it is pasted."""
    return f"\x1b[200~{text}\x1b[201~"


class Terminal(Closing):
    """One program and its terminal. `shown` is all its text, without escape sequences."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        folder: Path | None = None,
        columns: int = 200,  # so that no path is wrapped
    ) -> None:
        self._terminal, program_side = pty.openpty()
        size = struct.pack("HHHH", ROWS, columns, 0, 0)
        fcntl.ioctl(program_side, termios.TIOCSWINSZ, size)
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, *command],
            stdin=program_side,
            stdout=program_side,
            stderr=program_side,
            cwd=folder,
            # This terminal answers no questions about the cursor.
            env={**environment, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"},
            start_new_session=True,
        )
        os.close(program_side)
        self._raw = b""
        self._seen = 0

    @property
    def shown(self) -> str:
        return _ESCAPES.sub("", self._raw.decode(errors="ignore"))

    def press(self, keys: str) -> None:
        """Send keys as if they were pressed one after the other."""
        os.write(self._terminal, keys.encode())

    def expect(self, text: str, *, within_s: float = WITHIN_S) -> str:
        """Wait until `text` is shown behind what was expected before; all up to its end.

        Raises: AssertionError, when it does not come in time or the program ends first.
        """
        return self.expect_match(re.escape(text), within_s=within_s)

    def expect_match(self, pattern: str, *, within_s: float = WITHIN_S) -> str:
        """`expect` for a regular expression."""
        ends_s = time.monotonic() + within_s
        while (found := re.compile(pattern).search(self.shown, self._seen)) is None:
            if not self._read(ends_s):
                unseen = self.shown[self._seen :]
                raise AssertionError(f"{pattern!r} did not come. Shown since:\n{unseen}")
        begin, self._seen = self._seen, found.end()
        return self.shown[begin : self._seen]

    def wait(self, *, within_s: float = WITHIN_S) -> int:
        """The exit code, when the program has ended."""
        ends_s = time.monotonic() + within_s
        while self._read(ends_s):
            pass
        return self._process.wait(max(0.0, ends_s - time.monotonic()))

    def _read(self, ends_s: float) -> bool:
        """Take what the program wrote; False at the deadline and at the program's end."""
        ready, _, _ = select.select([self._terminal], [], [], max(0.0, ends_s - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # Linux: the other side is closed
            return False
        self._raw += data
        return bool(data)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._terminal)
