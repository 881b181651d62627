"""Small broken programs, each with its repair: what a fix is judged by.

`README.md` tells the format. Owns reading the cases. Knows nothing of how they are run
(`tests.developer.case_runs`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).parent
SUFFIXES = {"arduino": "ino", "c": "c", "python": "py"}


class Case(BaseModel):
    """What `case.yaml` says, and where its files are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path
    language: Literal["arduino", "c", "python"]
    title: str
    kind: str
    file: str
    check: Literal["compile", "run", "test"]
    message: str
    held_out: bool
    args: tuple[str, ...] = ()
    stdin: str = ""
    stdout: str | None = None
    prints: str = ""

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def before(self) -> str:
        return self._read(f"before.{SUFFIXES[self.language]}")

    @property
    def after(self) -> str:
        return self._read(f"after.{SUFFIXES[self.language]}")

    @property
    def error(self) -> str:
        return self._read("error.txt")

    def _read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


def load_cases() -> list[Case]:
    """Every case, by name.

    Raises:
        pydantic.ValidationError: a `case.yaml` lacks a key, or has one that is not known.
    """
    descriptions = sorted(FOLDER.glob("*/case.yaml"))
    return [
        Case(folder=path.parent, **yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in descriptions
    ]
