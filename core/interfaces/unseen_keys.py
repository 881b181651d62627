"""Keys typed while an answer is written: kept for the prompt, and not shown in its midst.

Owns the terminal's echo; knows nothing of what is written.
"""

from __future__ import annotations

import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

_LOCAL_FLAGS = 3  # the place of c_lflag in what tcgetattr gives


@contextmanager
def unseen_keys() -> Iterator[None]:
    """While inside, the terminal of standard input echoes nothing, not even ^C."""
    terminal = sys.stdin.fileno()
    before, quiet = termios.tcgetattr(terminal), termios.tcgetattr(terminal)
    quiet[_LOCAL_FLAGS] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSADRAIN, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
