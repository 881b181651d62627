"""Server-sent events, put together from the pieces in which bytes arrive.

Owns the framing; knows nothing of what the events say. Source: "9.2.6 Interpreting an event
stream" of the HTML standard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MAX_EVENT_BYTES = 16 * 2**20
"""Far above any piece of an answer; a stream without line ends must not fill the memory."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# A carriage return at the very end may be the first half of one line end.
_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")


def read_events(pieces: Iterable[bytes]) -> Iterator[str]:
    """The data of each event. One that the end of the stream cuts off is not among them.

    Raises: ValueError, for what is no text or an event beyond MAX_EVENT_BYTES.
    """
    data: list[bytes] = []
    for line in _lines(pieces):
        if line:
            data += _data_of(line)
            if sum(map(len, data)) > MAX_EVENT_BYTES:
                raise ValueError("an event without end")
        elif data:
            yield b"\n".join(data).decode()
            data = []


def _data_of(line: bytes) -> list[bytes]:
    """The line's part of the event's data; comments and the other fields have none."""
    field, _, value = line.partition(b":")
    return [value.removeprefix(b" ")] if field == b"data" else []


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest, first = b"", True
    for piece in pieces:
        *lines, rest = _LINE_END.split(rest + piece)
        if len(rest) > MAX_EVENT_BYTES:
            raise ValueError("a line without end")
        for line in lines:
            yield line.removeprefix(_BYTE_ORDER_MARK) if first else line
            first = False
    if rest.endswith(b"\r"):
        yield rest[:-1]
