"""Standard input as text. Owns its decoding: UTF-8, whatever the locale says."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from typing import BinaryIO

from core.errors import InvalidInput


def from_terminal() -> bool:
    """Whether a person types it."""
    return sys.stdin is not None and sys.stdin.isatty()


def input_text() -> str:
    """All of it, without the blank space around it.

    Raises: InvalidInput, when it is not UTF-8.
    """
    return _decoded(_bytes().read()).strip()


def input_lines() -> Iterator[str]:
    """Each line as it comes, without the blank ones.

    Raises: InvalidInput, at the line that is not UTF-8.
    """
    for line in _bytes():
        if words := _decoded(line).strip():
            yield words


def _bytes() -> BinaryIO:
    # Python has no sys.stdin where a shell closed it (`<&-`).
    return sys.stdin.buffer if sys.stdin is not None else io.BytesIO()


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "Standard input is not UTF-8 text.",
            key="stdin",
            hint="Attach pictures, videos and recordings by name: @photo.jpg.",
        ) from error
