"""Blocks of a document cut into passages that can be quoted.

Owns sentences, sizes and sections; knows nothing of files, formats or search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.retrieval.parsing.blocks import Block
from core.retrieval.parsing.outline import LIST_ITEM

MAX_SENTENCES = 3
MAX_LINES = 12  # of code or of a table, where a line is the smallest piece
MAX_WORDS = 90  # about 120 tokens
MAX_SIGNS = 1000
SECTION_WORDS = 300

# A sentence ends before a capital, a digit or an opening sign.
_SENTENCE_END = re.compile(r"[.!?…][\"')\]»”]*\s+(?=[\"'(\[«“¿¡]*[^\W_a-zß-öø-ÿ])")
_HALF = re.compile("[\ud800-\udfff]")
_WORD = re.compile(rf"\S{{1,{MAX_SIGNS}}}")


@dataclass(frozen=True, slots=True)
class Chunk:
    """`text` is verbatim in lines `first_line` to `last_line` (from 1) of the document.

    Lines, `page` and `heading` mean what they mean in `Block`. Chunks of one `section`
    (from 0) stand together under one heading: they are one another's context.
    """

    first_line: int
    last_line: int
    heading: str
    text: str
    page: int | None = None
    section: int = 0


def split_blocks(blocks: Iterable[Block]) -> list[Chunk]:
    """Chunks of one to three sentences, or twelve lines, and at most 90 words.

    None goes across the border of a block. Neighbouring blocks under one heading and on one
    page make a section, of at most about 300 words.
    """
    chunks: list[Chunk] = []
    section, section_words, place = -1, 0, None
    for block in blocks:
        words = len(block.text.split())
        if (block.heading, block.page) != place or section_words + words > SECTION_WORDS:
            section, section_words, place = section + 1, 0, (block.heading, block.page)
        section_words += words
        chunks += _chunks(_writable(block), section)
    return chunks


def _writable(block: Block) -> Block:
    """Halves of characters, which JSON and PDF can hold and no file can, become "?"."""
    if _HALF.search(block.text + block.heading) is None:
        return block
    return replace(block, text=_HALF.sub("?", block.text), heading=_HALF.sub("?", block.heading))


def _chunks(block: Block, section: int) -> Iterator[Chunk]:
    pieces = [span for piece in _pieces(block) for span in _cut_long(block.text, *piece)]
    most = MAX_LINES if block.by_line else MAX_SENTENCES
    line, counted_to = block.first_line, 0
    for start, end in _grouped(block.text, pieces, most):
        line += block.text.count("\n", counted_to, start)
        last_line = line + block.text.count("\n", start, end)
        yield Chunk(
            first_line=line,
            last_line=last_line,
            heading=block.heading,
            text=block.text[start:end],
            page=block.page,
            section=section,
        )
        line, counted_to = last_line, end


def _pieces(block: Block) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, list item or line of code."""
    text = block.text
    cuts = {0, len(text)}
    if not block.by_line:
        cuts.update(end.end() for end in _SENTENCE_END.finditer(text))
    for line_end in re.finditer("\n", text):
        if block.by_line or LIST_ITEM.match(text, line_end.end()):
            cuts.add(line_end.end())
    return pairwise(sorted(cuts))


def _cut_long(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The words from `start` to `end` in runs within both limits, blanks trimmed."""
    run: list[tuple[int, int]] = []
    for word in _WORD.finditer(text, start, end):
        if run and (len(run) == MAX_WORDS or word.end() - run[0][0] > MAX_SIGNS):
            yield run[0][0], run[-1][1]
            run = []
        run.append(word.span())
    if run:
        yield run[0][0], run[-1][1]


def _grouped(text: str, pieces: Sequence[tuple[int, int]], most: int) -> Iterator[tuple[int, int]]:
    """Neighbouring pieces joined while they stay within the limits."""
    group: list[tuple[int, int]] = []
    word_count = 0
    for start, end in pieces:
        words = len(text[start:end].split())
        full = group and (
            len(group) == most or word_count + words > MAX_WORDS or end - group[0][0] > MAX_SIGNS
        )
        if full:
            yield group[0][0], group[-1][1]
            group, word_count = [], 0
        group.append((start, end))
        word_count += words
    if group:
        yield group[0][0], group[-1][1]
