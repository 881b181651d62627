"""What a person asked, without what a program put around it.

Owns the forms in which harnesses and editors inject context: delimited blocks, system
reminders, pasted files. Their words say nothing of what is wanted; knows no scores.
"""

from __future__ import annotations

import re

LONG_PASTE_LINES = 12  # shorter fenced code is part of the question
KEPT_LINES = 3  # of a long paste, so that its form still shows

_BLOCK = re.compile(
    r"<(?P<tag>(?:system|user|assistant|tool|file|files|document|documents|context|attachment"
    r"|instructions?|environment|ide|workspace|retrieved|memory|search)[\w-]*)"
    r"(?:\s[^<>]*)?>.*?</(?P=tag)>",
    re.IGNORECASE | re.DOTALL,
)
_MARKED = re.compile(
    r"^[-=*#\[ ]*(?:begin|start of|inicio de|comienzo de)\b(?P<what>[^\n]*)\n.*?"
    r"^[-=*#\[ ]*(?:end|end of|fin de|final de)\b[^\n]*$",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_FENCED = re.compile(r"```[^\n]*\n(?P<body>.*?)```", re.DOTALL)


def what_was_asked(text: str) -> str:
    """`text` without injected blocks; all of it when nothing else would be left."""
    if "<" not in text and "\n" not in text:
        return text
    left = _BLOCK.sub("\n", text) if "</" in text else text
    if "\n" in left:
        left = _FENCED.sub(_shortened, _MARKED.sub("\n", left))
    return left if left.strip() else text


def _shortened(fenced: re.Match[str]) -> str:
    lines = fenced["body"].splitlines()
    if len(lines) <= LONG_PASTE_LINES:
        return fenced[0]
    return "\n".join(["```", *lines[:KEPT_LINES], "```"])
