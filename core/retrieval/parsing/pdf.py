"""PDF: the text of every page, under the bookmarks that point to it.

Owns the way through pypdf; knows nothing of pictures: a scanned page has no text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pypdf

from core.errors import DocumentError
from core.retrieval.parsing.blocks import Block, heading_path

MAX_PAGES = 5000
MAX_BOOKMARKS = 5000
_BROKEN_WORD = re.compile(r"([^\W\d_])-\n([a-zß-öø-ÿ])")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


def read_pdf(data: bytes) -> list[Block]:
    """A block for each paragraph; lines are counted on each page.

    Raises: DocumentError, when it is damaged, locked, or has no text.
    """
    try:
        blocks = list(_blocks(_opened(data)))
    except DocumentError:
        raise
    except Exception as error:
        raise DocumentError(
            f"It is a damaged PDF: {str(error) or type(error).__name__}."
        ) from error
    if not blocks:
        raise DocumentError("It holds no text; its pages may be pictures (scanned).")
    return blocks


def _opened(data: bytes) -> pypdf.PdfReader:
    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError("It is locked with a password.")
    if len(reader.pages) > MAX_PAGES:
        raise DocumentError(f"It has more than {MAX_PAGES} pages.")
    return reader


def _blocks(reader: pypdf.PdfReader) -> Iterator[Block]:
    headings = _headings(reader)
    heading = ""
    for number, page in enumerate(reader.pages, start=1):
        heading = headings.get(number, heading)
        text = page.extract_text()
        start = 0
        for gap in [*_PARAGRAPH.finditer(text), None]:
            end = len(text) if gap is None else gap.start()
            if paragraph := _mended(text[start:end].rstrip()):
                yield Block(paragraph, 1 + text.count("\n", 0, start), heading, number)
            start = end if gap is None else gap.end()


def _mended(text: str) -> str:
    """Words that a line end broke in two are whole again, at the end of the first line."""
    return _BROKEN_WORD.sub(r"\1\2", text)


def _headings(reader: pypdf.PdfReader) -> dict[int, str]:
    """The path of the last bookmark to each page that has one."""
    found: dict[int, str] = {}
    names: list[str] = []
    for count, (depth, item) in enumerate(_bookmarks(reader.outline, 0)):
        if count > MAX_BOOKMARKS:
            break
        page = reader.get_destination_page_number(item)
        names = [*names[:depth], " ".join(str(item.title).split())]
        if page is not None and page >= 0:
            found[page + 1] = heading_path(names)
    return found


def _bookmarks(outline: list[Any], depth: int) -> Iterator[tuple[int, Any]]:
    for item in outline:
        if isinstance(item, list):
            yield from _bookmarks(item, depth + 1)
        else:
            yield depth, item
