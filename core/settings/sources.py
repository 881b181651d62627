"""What is in force, and why: the effective configuration and where each value came from.

Owns the answer to `sarai config show`; knows nothing of how it is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from core.settings.composition import Composition, Layer, Place
from core.settings.keys import KeyPath, dotted
from core.settings.loading import compose, validated
from core.settings.schema import Settings


@dataclass(frozen=True, slots=True)
class Override:
    """A value that is not the default's: `place` is `file:line` or a variable's name."""

    key: str
    value: Any
    place: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The files that were read, the defaults first; the variables; what they set."""

    files: tuple[Path, ...]
    variables: tuple[str, ...]
    overrides: tuple[Override, ...]


def dump_settings(settings: Settings) -> str:
    """The effective configuration as YAML; loading it gives the same settings."""
    values = settings.model_dump(mode="json")
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


def describe_sources(
    path: Path | None = None, *, environ: Mapping[str, str] | None = None
) -> Sources:
    """Where the configuration comes from; arguments as of `load_settings`.

    Raises: ConfigError, when the configuration is wrong.
    """
    composition = compose(path, environ)
    validated(composition)
    overrides = tuple(_overrides(composition))
    variables = {place.variable for place in composition.places.values() if place.variable}
    return Sources(composition.files, tuple(sorted(variables)), overrides)


def place_of(
    key: KeyPath, path: Path | None = None, *, environ: Mapping[str, str] | None = None
) -> Place | None:
    """Where `key` was written last; None when nobody wrote it. Arguments as of `load_settings`.

    Raises: ConfigError, when a layer cannot be read.
    """
    return compose(path, environ).places.get(key)


def _overrides(composition: Composition) -> Iterator[Override]:
    for key, place in composition.places.items():
        value = _value(composition.values, key)
        if place.layer > Layer.DEFAULTS and not isinstance(value, Mapping):
            yield Override(dotted(key), value, str(place))


def _value(values: Any, key: KeyPath) -> Any:
    for name in key:
        values = values[name]
    return values
