"""The environment's part of the configuration: SARAI__SECTION__KEY=value, and four short names.

Owns the mapping from variables to keys; knows nothing of files. Models and servers are added
in a file; a variable only changes what some file wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.errors import ConfigError
from core.settings.composition import Composition, Layer, Place
from core.settings.keys import (
    VARIABLE_PREFIX,
    EntryNames,
    KeyPath,
    nearest,
    value_keys,
    variable_name,
)
from core.settings.yaml_source import parse_value

SHORT_NAMES: Mapping[str, KeyPath] = {
    "ENABLE_MULTI_MODEL": ("workflow", "multi_model"),
    "DEFAULT_STRATEGY": ("workflow", "strategy"),
    "MAX_PARALLEL_PHASES": ("workflow", "max_parallel_phases"),
    "PHASE_TIMEOUT": ("workflow", "phase_timeout_s"),
}
"""Variables without the prefix; the ones with it count before them."""


def read_environment(environ: Mapping[str, str], entries: EntryNames) -> Composition:
    """The values that variables set, for the settings and the given entries.

    Raises: ConfigError, for an unknown variable under the prefix or a value that is no YAML.
    """
    known = {variable_name(key): key for key in value_keys(entries)}
    whole = Place(Layer.ENVIRONMENT, variable="the environment")
    result = Composition({}, {(): whole})
    prefixed = sorted(name for name in environ if name.startswith(VARIABLE_PREFIX))
    for variable in (*(name for name in SHORT_NAMES if name in environ), *prefixed):
        key = SHORT_NAMES.get(variable) or known.get(variable)
        if key is None:
            raise _unknown(variable, known)
        place = Place(Layer.ENVIRONMENT, variable=variable)
        value = parse_value(environ[variable], place)
        result = result.under(_single(key, value, place))
    return Composition(result.values, {k: v for k, v in result.places.items() if k})


def _single(key: KeyPath, value: Any, place: Place) -> Composition:
    nested = value
    for name in reversed(key):
        nested = {name: nested}
    return Composition(nested, {key: place})


def _unknown(variable: str, known: Iterable[str]) -> ConfigError:
    guess = nearest(variable, known)
    hint = f"Did you mean {guess}?" if guess else "`sarai config show` lists the settings."
    return ConfigError(f"{variable}: there is no such setting.", hint=hint)
