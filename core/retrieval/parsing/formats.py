"""Which format a file has, and who reads it.

Owns the table of endings and the size of what is read. A new format is a parser and a line
here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from core.errors import DocumentError
from core.retrieval.parsing.blocks import Block
from core.retrieval.parsing.decoding import decode
from core.retrieval.parsing.delimited import read_delimited
from core.retrieval.parsing.json_values import read_json, read_json_lines
from core.retrieval.parsing.outline import read_outline
from core.retrieval.parsing.source_code import read_source_code

MIB = 2**20
MAX_TEXT_BYTES = 5 * MIB
MAX_PACKED_BYTES = 64 * MIB

Parser = Callable[[bytes], list[Block]]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of document. `isolated`: read in a process of its own, which may fail or hang."""

    name: str
    read: Parser
    max_bytes: int = MAX_TEXT_BYTES
    isolated: bool = False


def format_of(path: str) -> Format | None:
    """The format by the ending of a file's name; None for what is no document."""
    return _BY_SUFFIX.get(PurePath(path).suffix.lower())


def parse(path: str, data: bytes) -> list[Block]:
    """The blocks of a document, here and now.

    Raises: DocumentError.
    """
    form = format_of(path)
    if form is None:
        raise DocumentError("It is no document of a known format.")
    return form.read(data)


def _of_text(read: Callable[[str], list[Block]]) -> Parser:
    return lambda data: read(decode(data))


def _html(data: bytes) -> list[Block]:
    from core.retrieval.parsing.html import read_html  # noqa: PLC0415  only for HTML

    return read_html(data)


def _pdf(data: bytes) -> list[Block]:
    from core.retrieval.parsing.pdf import read_pdf  # noqa: PLC0415  only for PDF

    return read_pdf(data)


def _docx(data: bytes) -> list[Block]:
    from core.retrieval.parsing.docx import read_docx  # noqa: PLC0415  only for DOCX

    return read_docx(data)


_FORMATS = {
    Format("markdown", _of_text(read_outline)): ".md .markdown",
    Format("text", _of_text(read_outline)): ".txt .text .rst .adoc .org .tex .log",
    Format("html", _html, isolated=True): ".html .htm .xhtml",
    Format("pdf", _pdf, MAX_PACKED_BYTES, isolated=True): ".pdf",
    Format("docx", _docx, MAX_PACKED_BYTES, isolated=True): ".docx",
    Format("csv", _of_text(read_delimited)): ".csv .tsv",
    Format("json", _of_text(read_json)): ".json",
    Format("jsonl", _of_text(read_json_lines)): ".jsonl .ndjson",
    Format("code", _of_text(read_source_code)): (
        ".py .pyi .js .mjs .jsx .ts .tsx .java .kt .kts .c .h .cc .cpp .cxx .hpp .cs .go .rs .rb "
        ".php .swift .scala .lua .r .jl .sh .bash .zsh .ps1 .sql .pl .dart .yaml .yml .toml .ini "
        ".cfg .conf .css .scss"
    ),
}
_BY_SUFFIX = {suffix: form for form, suffixes in _FORMATS.items() for suffix in suffixes.split()}
