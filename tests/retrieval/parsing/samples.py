"""Small PDF and DOCX files, written here."""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
import pypdf
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def pdf(
    pages: Sequence[str], bookmarks: Sequence[tuple[str, int]] = (), password: str = ""
) -> bytes:
    """A PDF with a page for each text; bookmarks are pairs of title and page (from 0)."""
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(595, 842)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        page[NameObject("/Contents")] = writer._add_object(_content(text))
    for title, number in bookmarks:
        writer.add_outline_item(title=title, page_number=number)
    if password:
        writer.encrypt(password)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def _content(text: str) -> DecodedStreamObject:
    lines = "".join(
        "(" + line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ") Tj T*\n"
        for line in text.split("\n")
    )
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 50 780 Td 14 TL\n{lines}ET".encode("cp1252"))
    return stream


def docx_file(paragraphs: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]] = ()) -> bytes:
    """A DOCX with (style, text) for each paragraph, and a table at the end."""
    document = docx.Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    if rows:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
