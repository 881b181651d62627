"""A document cut into passages that can be quoted.

Owns headings, sentences and line numbers; knows nothing of files or search.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

MAX_SENTENCES = 3
MAX_WORDS = 90  # about 120 tokens

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_HASH_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_UNDERLINE = re.compile(r"([=\-~^\"*+])\1{2,}\s*$")
_UNDERLINE_LEVELS = {"=": 1, "-": 2, "~": 3}
_LIST_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s")
# A sentence ends before a capital, a digit or an opening sign.
_SENTENCE_END = re.compile(r"[.!?…][\"')\]»”]*\s+(?=[\"'(\[«“¿¡]*[^\W_a-zß-öø-ÿ])")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """`text` is verbatim in lines `first_line` to `last_line` (from 1) of the document.

    `heading` is the path of headings above it, as in "House > Network".
    """

    first_line: int
    last_line: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines without a blank one between; offsets into the document."""

    start: int
    end: int
    heading: str
    by_line: bool  # code: a line is the smallest piece, not a sentence


class _Outline:
    """Reads a document line by line and keeps its blocks, each under its headings."""

    def __init__(self, text: str) -> None:
        self.blocks: list[_Block] = []
        self._headings: list[tuple[int, str]] = []
        self._open_at: int | None = None
        self._fence = ""
        lines = text.split("\n")
        offset = 0
        for number, line in enumerate(lines):
            following = lines[number + 1] if number + 1 < len(lines) else ""
            self._read(line, following, offset)
            offset += len(line) + 1
        self._close(len(text))

    def _read(self, line: str, following: str, offset: int) -> None:
        if self._fence:
            self._read_code(line, offset)
        elif opening := _FENCE.match(line):
            self._close(offset)
            self._fence = opening.group(1)
        elif heading := self._heading(line, following):
            self._close(offset)
            self._enter(*heading)
        elif not line.strip():
            self._close(offset)
        elif self._open_at is None and not _UNDERLINE.match(line):
            self._open_at = offset

    def _read_code(self, line: str, offset: int) -> None:
        if line.strip().startswith(self._fence):
            self._close(offset)
            self._fence = ""
        elif self._open_at is None:
            self._open_at = offset

    def _heading(self, line: str, following: str) -> tuple[int, str] | None:
        """Level and name; an underlined heading must begin its paragraph."""
        if hashed := _HASH_HEADING.match(line):
            return len(hashed.group(1)), hashed.group(2).rstrip(" \t\r#")
        underline = _UNDERLINE.match(following)
        if underline is None or self._open_at is not None or not line.strip():
            return None
        if _UNDERLINE.match(line) or _LIST_ITEM.match(line):
            return None
        return _UNDERLINE_LEVELS.get(underline.group(1), 4), line.strip()

    def _enter(self, level: int, name: str) -> None:
        above = [heading for heading in self._headings if heading[0] < level]
        self._headings = [*above, (level, name)]

    def _close(self, end: int) -> None:
        if self._open_at is not None:
            heading = " > ".join(name for _, name in self._headings)
            self.blocks.append(_Block(self._open_at, end, heading, by_line=bool(self._fence)))
        self._open_at = None


def split_document(text: str) -> list[Chunk]:
    """Chunks of one to three sentences and at most 90 words, never across a heading."""
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return [
        Chunk(
            first_line=bisect_right(line_starts, start),
            last_line=bisect_right(line_starts, end - 1),
            heading=block.heading,
            text=text[start:end],
        )
        for block in _Outline(text).blocks
        for start, end in _grouped(text, _pieces(text, block))
    ]


def _pieces(text: str, block: _Block) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, list item or line of code, none too long."""
    cuts = {block.start, block.end}
    if not block.by_line:
        cuts.update(m.end() for m in _SENTENCE_END.finditer(text, block.start, block.end))
    for line_end in re.finditer("\n", text[block.start : block.end]):
        line_start = block.start + line_end.end()
        if block.by_line or _LIST_ITEM.match(text, line_start):
            cuts.add(line_start)
    for start, end in pairwise(sorted(cuts)):
        yield from _cut_long(text, start, end)


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The words from `start` to `end` in runs of at most MAX_WORDS, blanks trimmed."""
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    for first in range(0, len(words), MAX_WORDS):
        run = words[first : first + MAX_WORDS]
        yield run[0][0], run[-1][1]


def _grouped(text: str, pieces: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Neighbouring pieces joined while they stay within both limits."""
    group: list[tuple[int, int]] = []
    word_count = 0
    for start, end in pieces:
        words = len(text[start:end].split())
        if group and (len(group) == MAX_SENTENCES or word_count + words > MAX_WORDS):
            yield group[0][0], group[-1][1]
            group, word_count = [], 0
        group.append((start, end))
        word_count += words
    if group:
        yield group[0][0], group[-1][1]
