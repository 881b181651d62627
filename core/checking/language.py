"""Which language a file is written in.

Owns the names of the languages and how they are told; knows nothing of their tools.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Final, Literal, get_args

CodeLanguage = Literal[
    "python", "c", "cpp", "arduino", "javascript", "json", "yaml", "shell", "sqlite"
]
CODE_LANGUAGES: Final[tuple[CodeLanguage, ...]] = get_args(CodeLanguage)

SUFFIXES: Final[Mapping[CodeLanguage, tuple[str, ...]]] = {
    "python": (".py", ".pyw"),
    "c": (".c", ".h"),
    "cpp": (".cpp", ".cc", ".cxx", ".hpp", ".hh"),
    "arduino": (".ino", ".pde"),
    "javascript": (".js", ".mjs", ".cjs"),
    "json": (".json",),
    "yaml": (".yaml", ".yml"),
    "shell": (".sh", ".bash"),
    "sqlite": (),  # a .sql may be of any database
}
_ALSO: Final[Mapping[CodeLanguage, tuple[str, ...]]] = {
    "python": ("python3",),
    "cpp": ("c++",),
    "arduino": ("cpp", "c++"),
    "sqlite": ("sql", "sqlite3"),
}
_INTERPRETERS: Final[Mapping[str, CodeLanguage]] = {
    "python": "python",
    "node": "javascript",
    "bash": "shell",
    "dash": "shell",
    "sh": "shell",
}


def language_of(name: str, code: str) -> CodeLanguage | None:
    """By the suffix of `name`, else by the interpreter that the first line of `code` names."""
    suffix = PurePath(name).suffix.lower()
    for language, suffixes in SUFFIXES.items():
        if suffix in suffixes:
            return language
    return _interpreted(code.partition("\n")[0])


def names_of(language: CodeLanguage) -> frozenset[str]:
    """What people and fences call it, in small letters."""
    endings = (suffix.removeprefix(".") for suffix in SUFFIXES[language])
    return frozenset((language, *endings, *_ALSO.get(language, ())))


def _interpreted(first_line: str) -> CodeLanguage | None:
    if not first_line.startswith("#!"):
        return None
    words = [PurePath(word).name for word in first_line[2:].split()]
    program = next((word for word in words if word != "env" and not word.startswith("-")), "")
    return _INTERPRETERS.get(program.rstrip("0123456789."))
