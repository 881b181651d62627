"""What was sent to a Qdrant server, held against Qdrant's own description of its interface.

Only where that is at hand: QDRANT_OPENAPI names its file (docs/redoc/master/openapi.json of
Qdrant's repository), and `jsonschema` is installed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

Request = tuple[str, str, dict[str, Any]]


def misfits(requests: Iterable[Request]) -> list[str]:
    """What of `requests` (method, path, body) the description does not allow; empty without one."""
    file = os.environ.get("QDRANT_OPENAPI")
    if file is None:
        return []
    jsonschema: Any = pytest.importorskip("jsonschema")
    described = json.loads(Path(file).read_text(encoding="utf-8"))
    found = []
    for method, path, body in requests:
        operation = _operation(described["paths"], method, path)
        if operation is None:
            found.append(f"{method} {path}: not described")
        elif sent := operation.get("requestBody"):
            schema = {
                "allOf": [sent["content"]["application/json"]["schema"]],
                "components": described["components"],
            }
            errors = jsonschema.Draft4Validator(schema).iter_errors(body)
            found += [f"{method} {path}: {error.message}" for error in errors]
    return found


def _operation(paths: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    fitting = (
        operations[method.lower()]
        for pattern, operations in paths.items()
        if method.lower() in operations and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path)
    )
    return next(fitting, None)
