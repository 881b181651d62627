"""Whether the value of an item is what a filter asks for, as LangGraph's own stores decide it.

Owns the operators; knows nothing of where items lie.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

_ORDERED: dict[str, Callable[[float, float], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}


def passes(value: Mapping[str, Any], wanted: Mapping[str, Any] | None) -> bool:
    """Whether every key of `wanted` is met.

    Raises: ValueError, for an unknown operator; TypeError and ValueError, where no numbers are
        compared.
    """
    return all(_meets(value.get(key), condition) for key, condition in (wanted or {}).items())


def _meets(value: Any, condition: Any) -> bool:
    if isinstance(condition, Mapping):
        if any(key.startswith("$") for key in condition):
            return all(_holds(value, name, bound) for name, bound in condition.items())
        return isinstance(value, Mapping) and all(
            _meets(value.get(key), inner) for key, inner in condition.items()
        )
    if isinstance(condition, list | tuple):
        return (
            isinstance(value, list | tuple)
            and len(value) == len(condition)
            and all(map(_meets, value, condition))
        )
    return bool(value == condition)


def _holds(value: Any, name: str, bound: Any) -> bool:
    if name in {"$eq", "$ne"}:
        return bool(value == bound) is (name == "$eq")
    if name not in _ORDERED:
        raise ValueError(f"Unsupported operator: {name}")
    return _ORDERED[name](float(value), float(bound))
