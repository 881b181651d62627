"""Plain text, Markdown, reStructuredText and their like: paragraphs under their headings.

Owns headings, fences and line numbers; knows nothing of sentences or search.
"""

from __future__ import annotations

import re

from core.retrieval.parsing.blocks import Block, heading_path

LIST_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s")

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_HASH_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_UNDERLINE = re.compile(r"([=\-~^\"*+])\1{2,}\s*$")
_UNDERLINE_LEVELS = {"=": 1, "-": 2, "~": 3}


def read_outline(text: str) -> list[Block]:
    """The blocks of a text, verbatim, each under its headings."""
    return _Outline(text).blocks


class _Outline:
    """Reads a document line by line and keeps its blocks."""

    def __init__(self, text: str) -> None:
        self.blocks: list[Block] = []
        self._headings: list[tuple[int, str]] = []
        self._open: list[str] = []
        self._open_at = 0
        self._fence = ""
        lines = text.split("\n")
        for number, line in enumerate(lines, start=1):
            following = lines[number] if number < len(lines) else ""
            self._read(line, following, number)
        self._close()

    def _read(self, line: str, following: str, number: int) -> None:
        if self._fence:
            self._read_code(line, number)
        elif opening := _FENCE.match(line):
            self._close()
            self._fence = opening.group(1)
        elif heading := self._heading(line, following):
            self._close()
            self._enter(*heading)
        elif not line.strip():
            self._close()
        elif self._open or not _UNDERLINE.match(line):
            self._add(line, number)

    def _read_code(self, line: str, number: int) -> None:
        if line.strip().startswith(self._fence):
            self._close()
            self._fence = ""
        else:
            self._add(line, number)

    def _add(self, line: str, number: int) -> None:
        if not self._open:
            self._open_at = number
        self._open.append(line)

    def _heading(self, line: str, following: str) -> tuple[int, str] | None:
        """Level and name; an underlined heading must begin its paragraph."""
        if hashed := _HASH_HEADING.match(line):
            return len(hashed.group(1)), hashed.group(2).rstrip(" \t\r#")
        underline = _UNDERLINE.match(following)
        if underline is None or self._open or not line.strip():
            return None
        if _UNDERLINE.match(line) or LIST_ITEM.match(line):
            return None
        return _UNDERLINE_LEVELS.get(underline.group(1), 4), line.strip()

    def _enter(self, level: int, name: str) -> None:
        above = [heading for heading in self._headings if heading[0] < level]
        self._headings = [*above, (level, name)]

    def _close(self) -> None:
        if self._open:
            heading = heading_path([name for _, name in self._headings])
            text = "\n".join(self._open)
            self.blocks.append(Block(text, self._open_at, heading, by_line=bool(self._fence)))
        self._open = []
