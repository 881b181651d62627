"""Reads the plain values of a GGUF file, trusting none of its lengths.

Owns bytes, bounds and the format's value encoding; knows nothing of what keys mean.
Reads into memory instead of mapping the file: a mapped file that shrinks meanwhile would
kill the whole process.

Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from core.errors import ModelFileInvalid

MAX_HEADER_BYTES: Final = 64 * 1024 * 1024  # vocabularies of 262k tokens need about 20 MiB
MAX_KEY_BYTES: Final = 65_535  # the format's own limit
MAX_ARRAY_LENGTH: Final = 4_000_000
KEPT_ARRAY_LENGTH: Final = 1_024  # per-layer lists are kept, vocabularies are only counted
BLOCK_BYTES: Final = 1024 * 1024

DOWNLOAD_AGAIN: Final = "Delete the file and download it again."

BOOL: Final = 7
STRING: Final = 8
ARRAY: Final = 9
NUMBERS: Final = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    BOOL: struct.Struct("<?"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
U32: Final = NUMBERS[4]
U64: Final = NUMBERS[10]


@dataclass(frozen=True, slots=True)
class LongArray:
    """An array of which only the length was kept."""

    length: int


Scalar = bool | int | float | str
MetadataValue = Scalar | tuple[Scalar, ...] | LongArray


class GgufBytes:
    """A cursor over the file's head. Every method raises ModelFileInvalid past its end."""

    def __init__(self, file: BinaryIO, *, path: Path, model: str, file_size_bytes: int) -> None:
        self._file = file
        self._path = path
        self._model = model
        self._buffer = bytearray()
        self.file_size_bytes = file_size_bytes
        self.position = 0

    def fail(self, reason: str, *, hint: str = DOWNLOAD_AGAIN) -> NoReturn:
        """Raise ModelFileInvalid for this file, saying `reason`."""
        raise ModelFileInvalid(
            f"{self._path} is not a usable model file: {reason}.", model=self._model, hint=hint
        )

    @property
    def remaining_bytes(self) -> int:
        return self.file_size_bytes - self.position

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        start = self.position
        self._advance(size)
        return bytes(self._buffer[start : self.position])

    def u32(self) -> int:
        return int(self._number(U32))

    def u64(self) -> int:
        return int(self._number(U64))

    def text(self, *, limit_bytes: int, what: str) -> str:
        """A length-prefixed string. Raises ModelFileInvalid when it is not UTF-8."""
        size = self.u64()
        if size > limit_bytes:
            self.fail(f"{what} claims {size} bytes")
        try:
            return self.take(size).decode()
        except UnicodeDecodeError:
            self.fail(f"{what} is not text")

    def value(self, key: str) -> MetadataValue:
        """The value of `key`: its type, then the value itself."""
        kind = self.u32()
        if kind != ARRAY:
            return self._scalar(kind, key)
        kind, length = self.u32(), self.u64()
        if length > MAX_ARRAY_LENGTH:
            self.fail(f"the list {key} claims {length} entries")
        if kind not in NUMBERS and kind != STRING:
            self.fail(f"the list {key} has entries of the unknown type {kind}")
        if length <= KEPT_ARRAY_LENGTH:
            return tuple(self._scalar(kind, key) for _ in range(length))
        self._skip(kind, length)
        return LongArray(length)

    def _scalar(self, kind: int, key: str) -> Scalar:
        if kind == STRING:
            return self._lenient_text(key)
        if kind not in NUMBERS:
            self.fail(f"{key} has the unknown type {kind}")
        return self._number(NUMBERS[kind])

    def _lenient_text(self, key: str) -> str:
        """A value for people; vocabularies hold half characters, so those are replaced."""
        size = self.u64()
        if size > self.remaining_bytes:
            self.fail(f"{key} claims {size} bytes, more than the file has")
        return self.take(size).decode(errors="replace")

    def _number(self, form: struct.Struct) -> bool | int | float:
        start = self.position
        self._advance(form.size)
        number: bool | int | float = form.unpack_from(self._buffer, start)[0]
        return number

    def _skip(self, kind: int, length: int) -> None:
        """Step over a long list: at once for numbers, string by string otherwise."""
        if kind != STRING:
            self._advance(length * NUMBERS[kind].size)
            return
        for _ in range(length):
            start = self.position
            end = start + U64.size
            if end > len(self._buffer):
                self._fill(end)
            self._advance_to(end + int(U64.unpack_from(self._buffer, start)[0]))

    def _advance(self, size: int) -> None:
        self._advance_to(self.position + size)

    def _advance_to(self, end: int) -> None:
        if end > len(self._buffer):
            self._fill(end)
        self.position = end

    def _fill(self, end: int) -> None:
        """Read on until the buffer reaches `end`."""
        if end > self.file_size_bytes:
            self.fail("it ends in the middle of its header")
        if end > MAX_HEADER_BYTES:
            self.fail(f"its header is longer than {MAX_HEADER_BYTES} bytes")
        while len(self._buffer) < end:
            block = self._file.read(BLOCK_BYTES)
            if not block:
                self.fail("it became shorter while it was read")
            self._buffer += block
