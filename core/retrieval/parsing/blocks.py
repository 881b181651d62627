"""What every parser gives: blocks of text, each with its place in the document.

Knows nothing of formats, chunks or search.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_BLOCKS = 200_000
"""Blocks of one document; more is refused, as nobody wrote it to be read."""


@dataclass(frozen=True, slots=True)
class Block:
    """Text without a break of sense in it: a paragraph, a list, a function, some rows.

    `first_line` (from 1) is where it begins: in the file, on its page when `page` (from 1)
    is set, or counted in paragraphs where a format has no lines (DOCX).
    `heading` is the path of headings above it, as in "House > Network".
    `by_line`: a line is its smallest piece, not a sentence.
    """

    text: str
    first_line: int
    heading: str = ""
    page: int | None = None
    by_line: bool = False


def heading_path(names: list[str]) -> str:
    """Headings from the outermost to the innermost as one text."""
    return " > ".join(name for name in names if name)
