"""DOCX: paragraphs and tables in their order, under the headings of their styles.

Owns the way through python-docx; a document has no lines before it is printed, so its
paragraphs and table rows are counted instead.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from core.errors import DocumentError
from core.retrieval.parsing.blocks import MAX_BLOCKS, Block, heading_path

MAX_UNPACKED_BYTES = 256 * 2**20
_HEADING_STYLE = re.compile(r"(?:heading|t[ií]tulo)\s*([1-9])$", re.IGNORECASE)


def read_docx(data: bytes) -> list[Block]:
    """A block for each paragraph and table row.

    Raises: DocumentError, when it is damaged, locked, or unpacks to more than 256 MiB.
    """
    try:
        _check_size(data)
        blocks = list(_blocks(docx.Document(io.BytesIO(data))))
    except DocumentError:
        raise
    except Exception as error:
        raise DocumentError(f"It is a damaged or locked DOCX: {error}.") from error
    if not blocks:
        raise DocumentError("It holds no text.")
    return blocks


def _check_size(data: bytes) -> None:
    """What it unpacks to is told before it is unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        raise DocumentError(f"It unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MiB.")


def _blocks(document: Document) -> Iterator[Block]:
    headings: list[tuple[int, str]] = []
    for number, (text, level) in enumerate(_texts(document), start=1):
        if number > MAX_BLOCKS:
            raise DocumentError(f"It has more than {MAX_BLOCKS} paragraphs.")
        if level and text:
            headings = [*(each for each in headings if each[0] < level), (level, text)]
        elif text:
            yield Block(text, number, heading_path([name for _, name in headings]))


def _texts(document: Document) -> Iterator[tuple[str, int]]:
    """The text and heading level (0: none) of every paragraph and row."""
    for item in document.iter_inner_content():
        if isinstance(item, Table):
            for row in item.rows:
                yield " | ".join(dict.fromkeys(_cells(row.cells))), 0
        elif isinstance(item, Paragraph):
            style = item.style.name if item.style is not None else ""
            found = _HEADING_STYLE.match(style or "")
            level = 1 if style == "Title" else int(found.group(1)) if found else 0
            yield " ".join(item.text.split()), level


def _cells(cells: tuple[object, ...]) -> Iterator[str]:
    for cell in cells:
        if words := " ".join(str(getattr(cell, "text", "")).split()):
            yield words
