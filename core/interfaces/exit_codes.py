"""What the program tells the shell that started it. Imports nothing."""

from __future__ import annotations

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_BAD_INPUT = 2  # what was given, or the configuration, cannot be used
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells count
