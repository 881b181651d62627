"""The code in a model's answer.

Owns the reading of fenced blocks; judges nothing.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})([^\n`]*)$", re.MULTILINE)


def code_in(answer: str) -> str | None:
    """The longest fenced block, ending with a line end; None without one.

    A block whose end was cut off is none: half a file is no fix.
    """
    blocks = _blocks(answer)
    return max(blocks, key=len) if blocks else None


def _blocks(answer: str) -> list[str]:
    blocks: list[str] = []
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(answer):
        if opened is None:
            opened = fence
        elif _closes(fence, opened):
            if code := answer[opened.end() + 1 : fence.start()]:
                blocks.append(code)
            opened = None
    return [block for block in blocks if block.strip()]


def _closes(fence: re.Match[str], opened: re.Match[str]) -> bool:
    return fence[1].startswith(opened[1]) and not fence[2].strip()
