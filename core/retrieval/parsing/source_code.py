"""Source code: blocks between blank lines, each under the definitions around it.

Owns the guess of what a definition is, from words and indentation in any language; it reads
no grammar, so that a file with errors in it is read as well.
"""

from __future__ import annotations

import re

from core.retrieval.parsing.blocks import Block, heading_path

_MODIFIERS = (
    r"(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|"
    r"pub(?:\([a-z]+\))?|unsafe|const|inline|virtual|override|open|data|sealed)\s+)*"
)
_KEYWORDS = (
    "class|def|function|func|fn|fun|interface|struct|enum|trait|impl|module|namespace|protocol|"
    "extension|object|record|sub|proc"
)
_DEFINITION = re.compile(
    rf"\s*{_MODIFIERS}(?:{_KEYWORDS})\b\*?\s+(?:\([^)]*\)\s*)?([^\W\d]\w*(?:(?:::|\.)\w+)*)"
)
_TAB_COLUMNS = 4


def read_source_code(text: str) -> list[Block]:
    """The blocks of a program, verbatim; the heading names what is being defined there."""
    blocks: list[Block] = []
    around: list[tuple[int, str]] = []  # indentation and name of the definitions we are in
    open_lines: list[str] = []
    heading, open_at = "", 0

    def close() -> None:
        if open_lines:
            blocks.append(Block("\n".join(open_lines), open_at, heading, by_line=True))
            open_lines.clear()

    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            close()
            continue
        found = _DEFINITION.match(line)
        if found:
            indent = _indent(line)
            # What stands directly above belongs to it: its decorators, its comment.
            if _is_code(open_lines):
                close()
            around = [(depth, name) for depth, name in around if depth < indent]
            around.append((indent, found.group(1)))
        if found or not open_lines:
            heading = heading_path([name for depth, name in around if depth <= _indent(line)])
        if not open_lines:
            open_at = number
        open_lines.append(line)
    close()
    return blocks


def _indent(line: str) -> int:
    expanded = line.expandtabs(_TAB_COLUMNS)
    return len(expanded) - len(expanded.lstrip())


def _is_code(lines: list[str]) -> bool:
    """Whether there is anything but decorators and comments."""
    return any(not line.lstrip().startswith(("@", "#", "//", "/*", "*", "--")) for line in lines)
