"""A program for the sandbox: whether SQLite can read each statement of the file that it is given.

Needs nothing but Python; prints what is wrong and ends with 1. Tables need not exist: that one
is not there says nothing about a statement.
"""

import re
import sqlite3
import sys

SYNTAX = re.compile(r"syntax error|unrecognized token|incomplete input")


def statements(code: str) -> list[str]:
    """The code, cut after each whole statement."""
    found, statement = [], ""
    for line in code.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            found.append(statement)
            statement = ""
    return [each for each in (*found, statement) if each.strip()]


def problems(code: str) -> list[str]:
    """What SQLite says of statements that it cannot read."""
    found = []
    for statement in statements(code):
        try:
            sqlite3.connect(":memory:").execute(f"EXPLAIN {statement}")
        except sqlite3.Error as error:
            if SYNTAX.search(str(error)):
                found.append(str(error))
    return found


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123  # as short as it starts
        told = problems(file.read())
    print("\n".join(told))
    sys.exit(bool(told))
