"""JSON: a line of text for each value, with the keys that lead to it.

Owns the walk over the tokens, which keeps the line numbers that `json` throws away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from core.errors import DocumentError
from core.retrieval.parsing.blocks import MAX_BLOCKS, Block, heading_path

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+|\n')


def read_json(text: str) -> list[Block]:
    """The values of a document, grouped by the object or list that holds them.

    Raises: DocumentError, when it is no JSON.
    """
    _check(text)
    return list(_blocks(text, first_line=1))


def read_json_lines(text: str) -> list[Block]:
    """The same for one JSON value on each line.

    Raises: DocumentError.
    """
    blocks: list[Block] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            _check(line, number)
            blocks += _blocks(line, first_line=number)
    return blocks


def _check(text: str, line: int = 0) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {line or error.lineno}"
        raise DocumentError(f"It is no JSON: {error.msg} ({where}).") from error
    except (RecursionError, ValueError) as error:
        raise DocumentError("Its JSON is nested too deeply, or holds an endless number.") from error


def _blocks(text: str, first_line: int) -> Iterator[Block]:
    """One block for each run of values with the same keys above and on following lines."""
    place, lines, open_at, number = "", list[str](), 0, 0
    for count, (line, keys, value) in enumerate(_values(text, first_line)):
        if count > MAX_BLOCKS:
            raise DocumentError(f"It has more than {MAX_BLOCKS} values.")
        above = heading_path(keys[:-1])
        words = f"{keys[-1]}: {value}" if keys else value
        if lines and (above != place or line not in {number, number + 1}):
            yield Block("\n".join(lines), open_at, place, by_line=True)
            lines = []
        if not lines:
            place, open_at = above, line
        elif line == number:
            lines[-1] += f"; {words}"
            continue
        lines.append(words)
        number = line
    if lines:
        yield Block("\n".join(lines), open_at, place, by_line=True)


def _values(text: str, line: int) -> Iterator[tuple[int, list[str], str]]:
    """Line, keys and text of every scalar, in the order of the document."""
    keys: list[str] = []
    lists: list[bool] = []  # of the containers that we are in: a list, or an object
    awaits_key = False
    for part in _TOKEN.findall(text):
        if part == "\n":
            line += 1
        elif part in "{[":
            lists.append(part == "[")
            keys.append("")
            awaits_key = part == "{"
        elif part in "}]":
            lists.pop()
            keys.pop()
            awaits_key = False
        elif part == ",":
            awaits_key = not lists[-1]
        elif part == ":":
            awaits_key = False
        elif awaits_key:
            keys[-1] = json.loads(part)
        elif value := _shown(part):
            yield line, [key for key in keys if key], value


def _shown(token: str) -> str:
    return " ".join(str(json.loads(token)).split()) if token[0] == '"' else token
