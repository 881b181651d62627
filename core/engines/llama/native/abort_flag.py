"""The flag that stops a running evaluation.

Owns two bytes of memory that llama.cpp's compute threads look at; knows nothing of models.
"""

from __future__ import annotations

import ctypes

from core.errors import Cancelled


class AbortFlag:
    """Raised by the thread that reads the pipe, seen by the threads that compute.

    The native callback is libc's `strlen` over this buffer: it answers 1 while the flag is
    up and 0 while it is down, and never needs Python's interpreter lock.
    """

    def __init__(self) -> None:
        self._text = ctypes.create_string_buffer(2)
        self.strlen = ctypes.CDLL(None).strlen

    @property
    def address(self) -> ctypes.c_void_p:
        """The argument for `strlen`; valid as long as this object lives."""
        return ctypes.cast(self._text, ctypes.c_void_p)

    @property
    def is_raised(self) -> bool:
        return self._text.value != b""

    def up(self) -> None:
        self._text[0] = b"\x01"

    def down(self) -> None:
        self._text[0] = b"\x00"

    def check(self) -> None:
        """Raises: Cancelled, when the flag is up."""
        if self.is_raised:
            raise Cancelled("The evaluation was stopped on request.")
