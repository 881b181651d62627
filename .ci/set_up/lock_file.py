"""The lock file, requirement by requirement.

Owns its format: a requirement starts in the first column, its hashes are indented below.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple


class Requirement(NamedTuple):
    """One block of the lock file: the distribution's name, its version and the whole text."""

    name: str
    version: str
    text: str


def read_lock(path: Path) -> list[Requirement]:
    """All requirements in the file's order. A name may stand twice, with other markers."""
    blocks = re.split(r"^(?=\S)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [_requirement(block) for block in blocks if "==" in block]


def _requirement(block: str) -> Requirement:
    name, _, rest = block.partition("==")
    return Requirement(name.strip().lower(), re.split(r"[\s;\\]", rest, maxsplit=1)[0], block)
