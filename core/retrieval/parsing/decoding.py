"""Bytes of a text file to text.

Owns the guess of the encoding; knows nothing of formats.
"""

from __future__ import annotations

from core.errors import DocumentError

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def decode(data: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else Windows-1252; line ends are kept.

    Raises: DocumentError, when it is no text.
    """
    if data.startswith(_UTF_16_MARKS):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise DocumentError("It claims to be UTF-16 and is not.") from error
    if b"\0" in data:
        raise DocumentError("It is binary.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
