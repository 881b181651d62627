"""Documents of the formats that attackers like, read in a process that may die of them.

Owns the process, its deadline and its restart; `worker` is the other end of the pipes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from core.closing import Closing
from core.errors import DocumentError
from core.retrieval.parsing.blocks import Block
from core.retrieval.parsing.formats import format_of, parse

DEADLINE_S = 60.0


class Parsers(Closing):
    """Reads documents of every format; one at a time. To be closed.

    A document that takes more than `deadline_s`, or kills the process, is a DocumentError;
    the next one gets a new process.
    """

    def __init__(self, deadline_s: float = DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._process: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()

    def parse(self, path: str, data: bytes) -> list[Block]:
        """The blocks of a document.

        Raises: DocumentError.
        """
        form = format_of(path)
        if form is None or not form.isolated:
            return parse(path, data)
        with self._one_at_a_time:
            return _blocks(self._asked(PurePath(path).suffix, data))

    def close(self) -> None:
        """End the process; safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(BrokenPipeError):  # what was not sent any more
                    if pipe is not None:
                        pipe.close()

    def _asked(self, suffix: str, data: bytes) -> Any:
        if self._process is None:
            self._process = _started()
        expired = threading.Event()
        timer = threading.Timer(self._deadline_s, _kill, (self._process, expired))
        timer.start()
        try:
            return _exchanged(self._process, suffix, data)
        except (OSError, ValueError) as error:
            self.close()
            raise DocumentError(
                f"Reading it took more than {self._deadline_s:g} s."
                if expired.is_set()
                else "Reading it took too much memory, or it crashed the reader."
            ) from error
        except BaseException:
            self.close()  # half an answer may be in the pipe
            raise
        finally:
            timer.cancel()


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "core.retrieval.parsing.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _kill(process: subprocess.Popen[bytes], expired: threading.Event) -> None:
    expired.set()
    process.kill()


def _exchanged(process: subprocess.Popen[bytes], suffix: str, data: bytes) -> Any:
    """The worker's answer to one document.

    Raises: OSError, ValueError, when it died.
    """
    if process.stdin is None or process.stdout is None:
        raise LookupError("The process of the parsers has no pipes.")
    process.stdin.write(json.dumps({"suffix": suffix, "size": len(data)}).encode() + b"\n")
    process.stdin.write(data)
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def _blocks(answer: Any) -> list[Block]:
    if "error" in answer:
        raise DocumentError(str(answer["error"]))
    return [Block(**block) for block in answer["blocks"]]


def answer(suffix: str, data: bytes) -> dict[str, Any]:
    """What the worker answers about one document."""
    try:
        return {"blocks": [asdict(block) for block in parse(f"document{suffix}", data)]}
    except DocumentError as error:
        return {"error": error.message}
