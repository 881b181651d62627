"""Which licences the user has accepted, so that each is asked for once.

Owns the file that remembers it; knows nothing of how the question is put.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from core.errors import StorageError
from core.pulling.wanted import WantedModel
from core.storage.private_file import append_private


def not_yet_accepted(models: Iterable[WantedModel], remembered: Path) -> tuple[WantedModel, ...]:
    """Those of `models` whose licence excludes commercial use and was not accepted before."""
    accepted = _accepted(remembered)
    return tuple(
        model
        for model in models
        if model.licence is not None
        and model.licence.non_commercial
        and (model.name, model.licence.name) not in accepted
    )


def accept(models: Sequence[WantedModel], remembered: Path) -> None:
    """Raises: StorageError."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        for model in models:
            licence = "" if model.licence is None else model.licence.name
            line = {"model": model.name, "licence": licence, "at": at}
            append_private(remembered, json.dumps(line, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise StorageError(f"{remembered} cannot be written: {error.strerror}.") from error


def _accepted(remembered: Path) -> set[tuple[str, str]]:
    try:
        lines = remembered.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return set()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"{remembered} cannot be read: {error}.") from error
    found = set()
    for line in lines:
        try:
            entry = json.loads(line)
            found.add((str(entry["model"]), str(entry["licence"])))
        except (ValueError, TypeError, KeyError):
            continue  # half a line, from a power cut: asked again
    return found
