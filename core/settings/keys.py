"""The names of the settings: as a path of keys, and as an environment variable.

Owns which keys the schema knows and how a mistyped one is recognised; knows nothing of
files or values.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from core.settings.schema import Settings

KeyPath = tuple[str, ...]
EntryNames = Mapping[KeyPath, Iterable[str]]
"""For each section whose entries the user names, their names."""

_SECTIONS_OF_ENTRIES: tuple[KeyPath, ...] = (("profiles",), ("models",), ("openai", "servers"))

VARIABLE_PREFIX = "SARAI__"


def dotted(key: KeyPath) -> str:
    return ".".join(key)


def variable_name(key: KeyPath) -> str:
    """`runtime.budget_mb` -> `SARAI__RUNTIME__BUDGET_MB`; signs in an entry's name become `_`."""
    return VARIABLE_PREFIX + "__".join(re.sub(r"[^A-Z0-9_]", "_", part.upper()) for part in key)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, if any is close."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return close[0] if close else None


def entry_names(values: Mapping[str, Any]) -> EntryNames:
    """The names of the entries that `values`, nested as in a file, have where names are free."""
    return {section: _names_in(values, section) for section in _SECTIONS_OF_ENTRIES}


def section_keys(section: KeyPath, entries: EntryNames) -> list[str]:
    """The keys that may stand in `section`; none when it is not a section."""
    kind: Any = Settings
    for depth, key in enumerate(section):
        kind = _children(section[:depth], kind, entries).get(key)
    return list(_children(section, kind, entries))


def value_keys(entries: EntryNames) -> Iterator[KeyPath]:
    """Every key that holds a value, with the keys of each of the `entries`."""
    return _values_below((), Settings, entries)


def _values_below(key: KeyPath, kind: Any, entries: EntryNames) -> Iterator[KeyPath]:
    children = _children(key, kind, entries)
    for name, child in children.items():
        yield from _values_below((*key, name), child, entries)
    if key and not children and not _is_section(kind):
        yield key


def _children(key: KeyPath, kind: Any, entries: EntryNames) -> dict[str, Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    if _is_section(kind):
        return dict.fromkeys(entries.get(key, ()), get_args(kind)[1])
    return {}


def _is_section(kind: Any) -> bool:
    return get_origin(kind) is dict


def _names_in(values: Any, section: KeyPath) -> list[str]:
    for key in section:
        values = values.get(key) if isinstance(values, Mapping) else None
    return list(values) if isinstance(values, Mapping) else []
