"""HTML: what a reader sees of it, in blocks under its headings.

Owns which elements are text, which are headings and which are neither. Scripts, styles and
links are never followed: lxml reads no network.
"""

from __future__ import annotations

import re

import lxml.etree
import lxml.html

from core.errors import DocumentError
from core.retrieval.parsing.blocks import Block, heading_path
from core.retrieval.parsing.decoding import decode

_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CHARSET_BYTES = 2048
_UNSEEN_TEXT = "script style head template noscript svg math iframe object canvas nav button"
_UNSEEN = frozenset(_UNSEEN_TEXT.split())
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CELLS = frozenset({"td", "th"})
_INLINE_TEXT = """
    a abbr b bdi bdo big br cite code data del dfn em font i ins kbd label mark q s samp small
    span strike strong sub sup time tt u var wbr
"""
_INLINE = _CELLS.union(_INLINE_TEXT.split())


def read_html(data: bytes) -> list[Block]:
    """The blocks of a page; lines are those of its source.

    Raises: DocumentError, when it holds no element at all.
    """
    text = _DECLARATION.sub("", _decoded(data))
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        page = lxml.html.document_fromstring(text.encode(), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise DocumentError(f"It is no HTML: {error}.") from error
    return _Reader().read(page)


def _decoded(data: bytes) -> str:
    declared = _CHARSET.search(data[:_CHARSET_BYTES])
    if declared is None:
        return decode(data)
    try:
        return data.decode(declared.group(1).decode(), errors="replace")
    except LookupError:
        return decode(data)


class _Reader:
    """Walks the elements and gathers the words between two breaks."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._headings: list[tuple[int, str]] = []
        self._words: list[str] = []
        self._line = 1
        self._verbatim = False

    def read(self, page: lxml.html.HtmlElement) -> list[Block]:
        """Every block, in the order of the page."""
        walk = lxml.etree.iterwalk(page, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                self._end(element)
            elif element.tag in _UNSEEN:
                walk.skip_subtree()
            else:
                self._start(element)
        self._break()
        return self._blocks

    def _start(self, element: lxml.html.HtmlElement) -> None:
        if element.tag not in _INLINE:
            self._break()
            self._verbatim = self._verbatim or element.tag == "pre"
        if not self._words:
            self._line = element.sourceline or self._line
        self._words.append("\n" if element.tag == "br" else element.text or "")

    def _end(self, element: lxml.html.HtmlElement) -> None:
        if level := _HEADINGS.get(element.tag):
            self._enter(level, _joined(self._words))
        elif element.tag in _CELLS:
            self._words.append(" | ")
        elif element.tag not in _INLINE:
            self._break()
            self._verbatim = self._verbatim and element.tag != "pre"
        self._words.append(element.tail or "")

    def _enter(self, level: int, name: str) -> None:
        above = [heading for heading in self._headings if heading[0] < level]
        self._headings = [*above, (level, name)]
        self._words = []

    def _break(self) -> None:
        text = "".join(self._words).strip("\n") if self._verbatim else _joined(self._words)
        self._words = []
        if text.strip(" |\n\t"):
            heading = heading_path([name for _, name in self._headings])
            self._blocks.append(Block(text, self._line, heading, by_line=self._verbatim))


def _joined(words: list[str]) -> str:
    """The words with single blanks, and without the bar behind the last cell of a row."""
    return " ".join("".join(words).split()).removesuffix("|").rstrip()
