"""Passages as numbered sources: for the prompt, for the reader, and back from an answer.

Owns the numbers and their form; knows nothing of search or models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.retrieval.orders import without_orders
from core.retrieval.passage import Passage
from core.state import Citation

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_CITED = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\](?!\()")


def cite(passages: Sequence[Passage]) -> list[Citation]:
    """The passages as citations 1, 2, 3 and so on, in their order."""
    return [
        {
            "number": number,
            "path": passage.path,
            "first_line": passage.first_line,
            "last_line": passage.last_line,
            "page": passage.page,
            "sha256": passage.sha256,
            "quote": passage.text,
        }
        for number, passage in enumerate(passages, start=1)
    ]


def citation_place(citation: Citation) -> str:
    """For people: path with page or lines."""
    return _place(citation["path"], citation["first_line"], citation["last_line"], citation["page"])


def prompt_blocks(passages: Sequence[Passage]) -> tuple[str, ...]:
    """Each passage for a prompt, numbered as `cite` does.

    Every line of a passage begins with "> ", so that no document can pass for a source
    line of another. Orders to an assistant are left out.
    """
    return tuple(
        f"{_source_line(number, passage)}\n{_quoted(without_orders(passage.text))}"
        for number, passage in enumerate(passages, start=1)
    )


def cited_numbers(answer: str) -> tuple[int, ...]:
    """The numbers that `answer` cites, as [1] or [1, 2], each once, in order.

    Code and Markdown links are not read. Numbers may be ones that no citation has.
    """
    found = _CITED.findall(_CODE.sub("", answer))
    numbers = (int(number) for group in found for number in re.split(r"\s*[,;]\s*", group))
    return tuple(dict.fromkeys(numbers))


def _source_line(number: int, passage: Passage) -> str:
    heading = f" ({passage.heading})" if passage.heading else ""
    place = _place(passage.path, passage.first_line, passage.last_line, passage.page)
    return f"[{number}] {place}{heading}"


def _place(path: str, first_line: int, last_line: int, page: int | None) -> str:
    if not first_line:  # a page of the web
        return path
    return f"{path}:{first_line}-{last_line}" if page is None else f"{path}, p. {page}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())
