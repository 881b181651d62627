"""Whether a change to code is one.

Owns the rules by which a diff proves nothing: it changes only comments, or removes what was wrong
together with what was right.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from core.checking.language import CodeLanguage

LEAST_KEPT = 0.6
"""So much of the code's lines must be left, in files that have a few."""
FEW_LINES = 8

_SLASHES = re.compile(
    r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|//[^\n]*|/\*.*?\*/""", re.DOTALL
)
_HASHES = re.compile(r"""("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?<!\S)#[^\n]*""")
_COMMENTS: Mapping[CodeLanguage, re.Pattern[str]] = {
    "c": _SLASHES,
    "cpp": _SLASHES,
    "arduino": _SLASHES,
    "javascript": _SLASHES,
    "python": _HASHES,
    "shell": _HASHES,
    "yaml": _HASHES,
}
_DEFINITIONS: Mapping[CodeLanguage, re.Pattern[str]] = {
    "python": re.compile(r"^\s*(?:async\s+def|def|class)\s+(\w+)", re.MULTILINE),
    "javascript": re.compile(r"^\s*(?:async\s+)?(?:function|class)\s+(\w+)", re.MULTILINE),
    "shell": re.compile(r"^\s*(?:function\s+)?(\w+)\s*\(\)\s*\{", re.MULTILINE),
    **dict.fromkeys(
        ("c", "cpp", "arduino"),
        re.compile(
            r"^[A-Za-z_][\w\s*&:<>]*?[\s*&](\w+)\s*\([^;{}]*\)\s*(?:const\s*)?\{", re.MULTILINE
        ),
    ),
}


def why_vacuous(before: str, after: str, language: CodeLanguage | None) -> str:
    """Why the change from `before` to `after` proves nothing, in a sentence; empty when it may."""
    return next(_objections(before, after, language), "")


def _objections(before: str, after: str, language: CodeLanguage | None) -> Iterator[str]:
    old, new = _essence(before, language), _essence(after, language)
    if old == new or _same_program(before, after, language):
        yield "Nothing but comments and blanks is different."
    if len(new) < LEAST_KEPT * len(old) and len(old) >= FEW_LINES:
        yield f"It leaves {len(new)} of {len(old)} lines of code."
    if gone := sorted(_defined(before, language) - _defined(after, language)):
        yield f"It removes {', '.join(gone)}."


def _essence(code: str, language: CodeLanguage | None) -> list[str]:
    """The lines without comments, and without blanks around and between their words."""
    comments = _COMMENTS.get(language) if language else None
    bare = comments.sub(lambda found: found[1] or "", code) if comments else code
    indented = language in ("python", "yaml")
    lines = (line.rstrip() if indented else " ".join(line.split()) for line in bare.splitlines())
    return [line for line in lines if line.strip()]


def _same_program(before: str, after: str, language: CodeLanguage | None) -> bool:
    if language != "python":
        return False
    try:
        return ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _defined(code: str, language: CodeLanguage | None) -> set[str]:
    pattern = _DEFINITIONS.get(language) if language else None
    return set(pattern.findall(code)) if pattern else set()
