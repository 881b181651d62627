"""Paths as users write them, with `~` for a home folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator


def with_home(path: Path) -> Path:
    """`~` and `~user` replaced; a user that is not there leaves the path as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111  # Path.expanduser raises then


UserPath = Annotated[Path, AfterValidator(with_home)]
