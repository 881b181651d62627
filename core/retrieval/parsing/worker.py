"""The process that reads documents for `isolation`: standard input to standard output.

Owns its own limits. It ends when its input does.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import warnings

from core.retrieval.parsing.isolation import answer

MAX_MEMORY_BYTES = 3 * 2**30


def main() -> None:
    """Answer each document with one line of JSON."""
    _limit_memory()
    warnings.simplefilter("ignore")
    logging.disable()
    pipe_in, pipe_out = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a library that prints does not disturb the answers
    while line := pipe_in.readline():
        asked = json.loads(line)
        data = pipe_in.read(asked["size"])
        pipe_out.write(json.dumps(answer(asked["suffix"], data)).encode() + b"\n")
        pipe_out.flush()


def _limit_memory() -> None:
    """Where the system has such a limit; macOS takes it and does not heed it."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MAX_MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(hard, MAX_MEMORY_BYTES)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (OSError, ValueError):
        return


if __name__ == "__main__":
    main()
