"""Tools that judge a text before a model does.

Owns the checks that a profile can name, and finding the code in a text; what a language's tool
says `core.checking` knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from core.checking import CODE_LANGUAGES, CodeFile, CodeLanguage, Project, check, names_of
from core.checking.tools import TOOLS
from core.sandbox import Limits
from core.workflow.verdict import MOST_PROBLEMS

Check = Callable[[str, Mapping[str, Any]], list[str] | None]
"""Takes the draft and the task's parameters; gives what is wrong with it, and None where it
cannot tell."""

LIMITS = Limits(wall_s=20.0)
"""Of each block: parsers and compilers take far less."""
MOST_CHARACTERS = 1_000
_FENCED = re.compile(r"^```[ \t]*([\w+]*)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_DATA = ("json", "yaml")
"""The task's `language` is that of its code; these stand beside any."""


def code_blocks(text: str, language: CodeLanguage) -> list[str]:
    """The fenced blocks in this language or in none that is said; all of a text without
    fences."""
    blocks = _FENCED.findall(text)
    if not blocks:
        return [text]
    return [code for name, code in blocks if not name or name.lower() in names_of(language)]


def of_language(language: CodeLanguage) -> Check:
    """Whether the tool of `language` takes each block; not asked where the task's `language`
    (for SQLite its `dialect`, which has to be said) is another."""

    def found(text: str, parameters: Mapping[str, Any]) -> list[str] | None:
        if not _is_asked(language, parameters):
            return None
        problems: list[str] = []
        for code in code_blocks(text, language):
            verdict = check(CodeFile(code, language), Project(limits=LIMITS))
            if not verdict.runs:  # the tool is not installed, or lacks what the code includes
                return problems or None
            if not verdict.passed:
                problems.append(verdict.complaint()[:MOST_CHARACTERS])
            if len(problems) == MOST_PROBLEMS:
                break
        return problems

    return found


def _is_asked(language: CodeLanguage, parameters: Mapping[str, Any]) -> bool:
    if language == "sqlite":
        return str(parameters.get("dialect", "")).lower() in names_of(language) - {"sql"}
    said = str(parameters.get("language", language)).lower()
    return language in _DATA or said in names_of(language)


def _name(language: CodeLanguage) -> str:
    if language == "arduino":
        return "arduino_runs"
    return f"{language}_compiles" if TOOLS[language].proves == "compiled" else f"{language}_syntax"


CHECKS: Mapping[str, Check] = {_name(each): of_language(each) for each in CODE_LANGUAGES}
"""python_syntax, c_compiles and so on: what passing proves is in the name."""
