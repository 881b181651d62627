"""Tables of delimited values: CSV and TSV, a line of text for each row.

Owns the guess of the delimiter and the words of a row; knows nothing of numbers or dates.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from core.errors import DocumentError
from core.retrieval.parsing.blocks import MAX_BLOCKS, Block

_SAMPLE_SIGNS = 8192
_DELIMITERS = ",;\t|"
_ROWS_PER_BLOCK = 12


def read_delimited(text: str) -> list[Block]:
    """Rows as "column: value; column: value", with the names that the first row gives.

    Raises: DocumentError.
    """
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        return list(_blocks(_rows(rows)))
    except csv.Error as error:
        raise DocumentError(f"It is no table: {error} (line {rows.line_num}).") from error


def _delimiter(text: str) -> str:
    """The delimiter that the first line holds most of."""
    first = text.lstrip("\r\n")[:_SAMPLE_SIGNS].split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _rows(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line that it begins on."""
    line = 1
    for count, row in enumerate(rows):
        if count > MAX_BLOCKS:
            raise DocumentError(f"It has more than {MAX_BLOCKS} rows.")
        if any(cell.strip() for cell in row):
            yield line, row
        line = rows.line_num + 1  # type: ignore[attr-defined]  # the reader's own


def _blocks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[Block]:
    _, names = next(rows, (0, []))
    names = [name.strip() for name in names]
    open_rows: list[str] = []
    open_at = 0
    for line, row in rows:
        # Rows of a block stand on lines of their own, one after the other.
        if open_rows and (line != open_at + len(open_rows) or len(open_rows) == _ROWS_PER_BLOCK):
            yield Block("\n".join(open_rows), open_at, by_line=True)
            open_rows = []
        if not open_rows:
            open_at = line
        open_rows.append(_words(names, row))
    if open_rows:
        yield Block("\n".join(open_rows), open_at, by_line=True)
    elif names and not open_at:
        yield Block("; ".join(names), 1, by_line=True)


def _words(names: Sequence[str], row: Sequence[str]) -> str:
    cells = (" ".join(cell.split()) for cell in row)
    return "; ".join(
        f"{names[place]}: {cell}" if place < len(names) and names[place] else cell
        for place, cell in enumerate(cells)
        if cell
    )
