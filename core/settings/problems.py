"""What is wrong with a configuration, in plain words and at its line.

Owns the wording of type errors and the choice of the line to blame; knows nothing of how
settings must agree (`checks` does).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from core.errors import ConfigError
from core.settings.composition import Composition, Place
from core.settings.keys import KeyPath, dotted, entry_names, nearest, section_keys, value_keys

_KINDS = {
    "model_type": "a section with keys and values",
    "dict_type": "a section with keys and values",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "path_type": "a path",
    "tuple_type": "a list",
}
_HINTS = {"string_type": "Put it in quotes."}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at `key`; `rivals` are the keys that it disagrees with."""

    key: KeyPath
    message: str
    hint: str = ""
    rivals: tuple[KeyPath, ...] = ()

    def place(self, composition: Composition) -> Place:
        """Where to look: of the values that disagree, the one set last (a user's, not ours)."""
        places = [composition.place(key) for key in (self.key, *self.rivals)]
        return max(places, key=lambda place: place.layer)


def first_error(problems: Iterable[Problem], composition: Composition) -> ConfigError:
    """The topmost of the problems (at least one), and how many more there are."""
    first, *others = _in_order(problems, composition)
    counted = f" ({len(others)} more after this.)" if others else ""
    return first.place(composition).error(first.message + counted, first.hint)


def errors_in_order(problems: Iterable[Problem], composition: Composition) -> list[ConfigError]:
    """An error for each problem, the topmost first."""
    return [
        problem.place(composition).error(problem.message, problem.hint)
        for problem in _in_order(problems, composition)
    ]


def _in_order(problems: Iterable[Problem], composition: Composition) -> list[Problem]:
    return sorted(problems, key=lambda problem: _position(problem.place(composition)))


def _position(place: Place) -> tuple[int, int, str]:
    return place.layer, place.line or 0, place.variable


def type_problems(error: ValidationError, composition: Composition) -> list[Problem]:
    """Pydantic's findings as problems, one for each key."""
    found: dict[KeyPath, Problem] = {}
    for entry in error.errors(include_url=False):
        problem = _problem(entry, composition)
        known = found.get(problem.key)
        # A union reports each of its members: `a whole number` or `'auto'`.
        found[problem.key] = _either(known, problem) if known else problem
    return list(found.values())


def _problem(entry: Any, composition: Composition) -> Problem:
    kind, location = entry["type"], tuple(str(part) for part in entry["loc"])
    if kind == "extra_forbidden":
        return _unknown_key(location, composition)
    if kind == "missing":
        return Problem(location, f"{dotted(location)} is missing.", "Add it.")
    if kind == "value_error":
        return Problem(location, f"{dotted(location)}: {entry['ctx']['error']}.")
    key = _written_key(location, composition)
    wanted = _KINDS.get(kind) or entry["msg"].removeprefix("Input should be ")
    message = f"{dotted(key)} must be {wanted}, not {_shown(entry['input'])}."
    return Problem(key, message, _HINTS.get(kind, ""))


def _either(first: Problem, second: Problem) -> Problem:
    start, _, end = first.message.rpartition(", not ")
    _, _, wanted = second.message.rpartition(", not ")[0].partition(" must be ")
    return Problem(first.key, f"{start} or {wanted}, not {end}")


def _written_key(location: KeyPath, composition: Composition) -> KeyPath:
    """`location` without what is no key: a list's index, a union's member."""
    key = location
    while key and key not in composition.places:
        key = key[:-1]
    return key or location


def _unknown_key(key: KeyPath, composition: Composition) -> Problem:
    entries = entry_names(composition.values)
    section, name = key[:-1], key[-1]
    guess = nearest(name, section_keys(section, entries))
    known = [dotted(other) for other in value_keys(entries)]
    belongs = dotted((*section, guess)) if guess else _elsewhere(name, known)
    hint = f"Did you mean {belongs}?" if belongs else "docs/configuration.md lists the settings."
    return Problem(key, f"{dotted(key)} is not a setting.", hint)


def _elsewhere(name: str, known: list[str]) -> str | None:
    """The setting of this name in another section."""
    return next((key for key in known if key.rpartition(".")[2] == name), None)


def _shown(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, dict):
        return "a section"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
