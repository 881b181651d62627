"""Tools that judge a text before a model does.

Owns the checks that a profile can name; each parses and none of them runs anything.
"""

from __future__ import annotations

import ast
import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import yaml

Check = Callable[[str, Mapping[str, Any]], list[str] | None]
"""Takes the draft and the task's parameters; gives what is wrong with it, and None where it
cannot tell."""

_FENCED = re.compile(r"^```[ \t]*(\w*)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_SYNTAX = re.compile(r"syntax error|unrecognized token|incomplete input")


def code_blocks(text: str, *languages: str) -> list[str]:
    """The fenced blocks in one of `languages` or in none that is said; all of a text without
    fences."""
    blocks = _FENCED.findall(text)
    if not blocks:
        return [text]
    return [code for language, code in blocks if language.lower() in (*languages, "")]


def python_syntax(text: str, parameters: Mapping[str, Any]) -> list[str] | None:
    """Whether each block is Python; not asked where the task is about another language."""
    if str(parameters.get("language", "python")).lower() not in ("python", "py", "python3"):
        return None
    return [p for code in code_blocks(text, "python", "py") for p in _python_problems(code)]


def json_syntax(text: str, parameters: Mapping[str, Any]) -> list[str] | None:
    """Whether each block is JSON."""
    found = []
    for code in code_blocks(text, "json"):
        try:
            json.loads(code)
        except (ValueError, RecursionError) as error:
            found.append(f"The JSON does not parse: {error}.")
    return found


def yaml_syntax(text: str, parameters: Mapping[str, Any]) -> list[str] | None:
    """Whether each block is YAML."""
    found = []
    for code in code_blocks(text, "yaml", "yml"):
        try:
            yaml.safe_load(code)
        except (yaml.YAMLError, RecursionError) as error:
            found.append(f"The YAML does not parse: {' '.join(str(error).split())}.")
    return found


def sqlite_syntax(text: str, parameters: Mapping[str, Any]) -> list[str] | None:
    """Whether SQLite can read each statement; only where `dialect` is sqlite, since others
    write what it does not know. Tables need not exist."""
    if str(parameters.get("dialect", "")).lower() not in ("sqlite", "sqlite3"):
        return None
    return [p for code in code_blocks(text, "sql", "sqlite") for p in _sql_problems(code)]


CHECKS: Mapping[str, Check] = {
    "python_syntax": python_syntax,
    "json_syntax": json_syntax,
    "yaml_syntax": yaml_syntax,
    "sqlite_syntax": sqlite_syntax,
}


def _python_problems(code: str) -> list[str]:
    try:
        ast.parse(code)
    except SyntaxError as error:
        return [f"The Python does not parse: line {error.lineno}: {error.msg}."]
    except (ValueError, RecursionError, MemoryError) as error:
        return [f"The Python does not parse: {error or type(error).__name__}."]
    return []


def _sql_problems(code: str) -> list[str]:
    found = []
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in _statements(code):
            try:
                connection.execute(f"EXPLAIN {statement}")
            except sqlite3.Error as error:
                # That a table is not there says nothing about the statement.
                if _SYNTAX.search(str(error)):
                    found.append(f"The SQL does not parse: {error}.")
    return found


def _statements(code: str) -> list[str]:
    found, statement = [], ""
    for line in code.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            found.append(statement)
            statement = ""
    return [each for each in (*found, statement) if each.strip()]
