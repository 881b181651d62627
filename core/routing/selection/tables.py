"""Strategies: tables of task -> model, one instance's own.

Owns looking a task up, `auto` included; knows nothing of who can be used.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.errors import InvalidInput
from core.routing.selection.catalogue import shipped
from core.routing.selection.complexity import Complexity, complexity_of
from core.routing.selection.tasks import TaskType

AUTO = "auto"
AUTO_BASE = "balanced"
AUTO_DESCRIPTION = "Simple errors and tasks as in fast, hard ones as in quality, else balanced."
OWN_DESCRIPTION = "Your own."

Tables = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class TableEntry:
    """What a strategy names for a task. `why` says how it came to be this table."""

    strategy: str
    model: str | None
    why: str


def look_up(
    tables: Tables, strategy: str, task: TaskType, *, text: str, difficulty: float | None
) -> TableEntry:
    """What `strategy` names for `task`; None when the table has no line for it.

    Args:
        text: the error or the task in words, for `auto`.
        difficulty: in [0, 1], for `auto`; counts before `text`.

    Raises: InvalidInput, when there is no such strategy.
    """
    check_strategy(tables, strategy)
    why = strategy
    if strategy == AUTO:
        complexity = _complexity(text, difficulty)
        strategy = complexity.strategy
        why = f"auto took {strategy}: {complexity.reason}"
    return TableEntry(strategy, tables[strategy].get(task), why)


def check_strategy(tables: Tables, strategy: str) -> None:
    """Raises: InvalidInput, when there is no such strategy."""
    if strategy not in (*tables, AUTO):
        raise InvalidInput(
            f"No strategy is named {strategy!r}.",
            key="strategy",
            hint=nearest_hint(strategy, (*tables, AUTO)),
        )


def describe(tables: Tables, strategy: str) -> tuple[str, Mapping[str, str]]:
    """What a strategy is for, and its table; of `auto` the one between the others.

    Raises: InvalidInput, when there is no such strategy.
    """
    check_strategy(tables, strategy)
    if strategy == AUTO:
        return AUTO_DESCRIPTION, tables[AUTO_BASE]
    known = shipped().strategies.get(strategy)
    return known.description if known else OWN_DESCRIPTION, tables[strategy]


def nearest_hint(word: str, known: Iterable[str]) -> str:
    """What was probably meant, else all that there is."""
    names = list(known)
    near = difflib.get_close_matches(word, names, n=1)
    return f"Did you mean {near[0]}?" if near else f"There are {', '.join(names)}."


def _complexity(text: str, difficulty: float | None) -> Complexity:
    if difficulty is None:
        return complexity_of(text)
    if not 0 <= difficulty <= 1:
        raise InvalidInput(f"difficulty is {difficulty}.", key="difficulty", hint="Give 0 to 1.")
    return Complexity(difficulty, f"its difficulty is {difficulty:.2f}")
