"""Values together with the places they were written in, laid one over the other.

Owns the merging and the blame: each value knows its file and line, or its variable. Knows
nothing of YAML syntax or of what the values mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from core.errors import ConfigError
from core.settings.keys import KeyPath


class Layer(IntEnum):
    """Where a value comes from; the higher one wins."""

    DEFAULTS = 0
    FILE = 1
    ENVIRONMENT = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file (counted from 1), or an environment variable."""

    layer: Layer
    path: Path | None = None
    line: int | None = None
    variable: str = ""

    def __str__(self) -> str:
        if self.path is None:
            return self.variable
        return f"{self.path}:{self.line}" if self.line else str(self.path)

    @property
    def short(self) -> str:
        """The file without its folder, for tables."""
        return str(self) if self.path is None else f"{self.path.name}:{self.line}"

    def error(self, message: str, hint: str = "") -> ConfigError:
        """The error that says: this is wrong, and it stands here."""
        if self.path is None:
            message = f"{self.variable}: {message}"
        return ConfigError(message, path=self.path, line=self.line, hint=hint)


@dataclass(frozen=True, slots=True)
class Composition:
    """Nested values, the place of every key among them (`()` is the whole), the files read."""

    values: Mapping[str, Any]
    places: Mapping[KeyPath, Place]
    files: tuple[Path, ...] = ()

    def place(self, key: KeyPath) -> Place:
        """Where `key` was written, or the section it would belong to."""
        while key and key not in self.places:
            key = key[:-1]
        return self.places[key]

    def under(self, upper: Composition) -> Composition:
        """Both together; where they differ, `upper` is right."""
        return Composition(
            _merged(self.values, upper.values),
            {**self.places, **upper.places},
            self.files + upper.files,
        )


def _merged(base: Any, upper: Any) -> Any:
    """Mappings are merged key by key; everything else, lists too, is replaced.

    A section without content (all of it commented out) reads as null and changes nothing.
    """
    if not isinstance(base, Mapping):
        return upper
    if upper is None:
        return base
    if not isinstance(upper, Mapping):
        return upper
    return {**base, **{key: _merged(base.get(key), value) for key, value in upper.items()}}
