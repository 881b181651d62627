"""The names of the settings: as a path of keys, and as an environment variable.

Owns which keys the schema knows and how a mistyped one is recognised; knows nothing of
files or values.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from core.settings.schema import Settings

KeyPath = tuple[str, ...]

VARIABLE_PREFIX = "SARAI__"


def dotted(key: KeyPath) -> str:
    return ".".join(key)


def variable_name(key: KeyPath) -> str:
    """`runtime.budget_mb` -> `SARAI__RUNTIME__BUDGET_MB`; signs in a model's name become `_`."""
    return VARIABLE_PREFIX + "__".join(re.sub(r"[^A-Z0-9_]", "_", part.upper()) for part in key)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if any is close."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return close[0] if close else None


def section_keys(section: KeyPath, models: Iterable[str]) -> list[str]:
    """The keys that may stand in `section`; none when it is not a section."""
    kind: Any = Settings
    for key in section:
        kind = _children(kind, models).get(key)
    return list(_children(kind, models))


def value_keys(models: Iterable[str]) -> Iterator[KeyPath]:
    """Every key that holds a value, with the keys of each of `models`."""
    return _values_below((), Settings, list(models))


def _values_below(key: KeyPath, kind: Any, models: list[str]) -> Iterator[KeyPath]:
    children = _children(kind, models)
    for name, child in children.items():
        yield from _values_below((*key, name), child, models)
    if key and not children and not _is_section(kind):
        yield key


def _children(kind: Any, models: Iterable[str]) -> dict[str, Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    if _is_section(kind):
        return dict.fromkeys(models, get_args(kind)[1])
    return {}


def _is_section(kind: Any) -> bool:
    return get_origin(kind) is dict
