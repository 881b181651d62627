"""Values made fit for JSON, checkpoints and other processes.

Owns the one way to do it, so that what is read again is what was written.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def plain(value: DataclassInstance) -> dict[str, Any]:
    """Texts, numbers, lists and dictionaries alone."""
    values: dict[str, Any] = json.loads(json.dumps(asdict(value)))
    return values
