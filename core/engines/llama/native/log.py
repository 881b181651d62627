"""What llama.cpp says while it works.

Owns the process-wide log callback and what it heard last; knows nothing of models.
"""

from __future__ import annotations

import ctypes
import sys
from collections import deque

import llama_cpp.llama_cpp as llama
import llama_cpp.mtmd_cpp as mtmd

from core.engines.llama.native.buffer_sizes import BufferSizes

# Source: ggml.h, enum ggml_log_level. CONT continues the line before, at its level.
INFO, WARN, ERROR, CONT = 2, 3, 4, 5
KEPT_ERRORS = 8


class NativeLog:
    """Keeps the last errors, because a failed load tells its reason nowhere else.

    Warnings and errors also go to stderr, which is the worker's log file. Install one per
    process and keep it: the library holds a pointer to its callback.

    Attributes:
        buffers: told of what is allocated; whoever loads a model puts a new one here.
    """

    def __init__(self) -> None:
        self.buffers = BufferSizes()
        self._errors: deque[str] = deque(maxlen=KEPT_ERRORS)
        self._level = 0
        self._callback = llama.llama_log_callback(self._heard)

    def install(self) -> None:
        nothing = ctypes.c_void_p(0)
        for set_log in (llama.llama_log_set, mtmd.mtmd_log_set, mtmd.mtmd_helper_log_set):
            set_log(self._callback, nothing)

    def forget(self) -> None:
        """Start anew: what was heard so far explains nothing that comes."""
        self._errors.clear()

    def reason(self, fallback: str) -> str:
        """The last errors as one line, or `fallback` when there were none."""
        return "; ".join(self._errors) or fallback

    def _heard(self, level: int, text: bytes, _: ctypes.c_void_p) -> None:
        self._level = self._level if level == CONT else level
        if self._level < INFO:
            return
        line = text.decode("utf-8", "replace")
        if self._level == INFO:
            self.buffers.heard(line)
            return
        sys.stderr.write(line)
        sys.stderr.flush()
        if level == ERROR and line.strip():
            self._errors.append(line.strip())


NATIVE_LOG = NativeLog()
"""The process has one log, as the library has one callback."""
