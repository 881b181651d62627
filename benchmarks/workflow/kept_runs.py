"""Measured runs kept in a file as they are done, so that a killed benchmark goes on.

Owns the file: a line of JSON for each run. Runs of another setting stay in it and count not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Run = TypeVar("Run", bound="DataclassInstance")


class KeptRuns(Generic[Run]):
    """The runs of one setting. Without a file nothing is kept."""

    def __init__(self, path: Path | None, kind: type[Run], setting: Mapping[str, Any]) -> None:
        self._path = path
        self._kind = kind
        self._setting = dict(setting)

    def done(self, name: str, run: Callable[[], Run]) -> Run:
        """The run of this name: as it was kept, else made now and kept."""
        for line in self._lines():
            if line["name"] == name and line["setting"] == self._setting:
                return self._kind(**line["run"])
        made = run()
        self._keep({"name": name, "setting": self._setting, "run": asdict(made)})
        return made

    def _lines(self) -> list[dict[str, Any]]:
        if self._path is None or not self._path.exists():
            return []
        return [json.loads(line) for line in self._path.read_text(encoding="utf-8").splitlines()]

    def _keep(self, line: Mapping[str, Any]) -> None:
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
