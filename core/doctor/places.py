"""Folders that may not exist yet.

Owns the search for what of a path exists; creates nothing.
"""

from __future__ import annotations

import os
from pathlib import Path


def existing_part(path: Path) -> Path:
    """`path`, or the nearest folder above it that exists."""
    # os.path, because Path.exists raises where a folder may not be entered.
    return next(place for place in (path, *path.parents) if os.path.exists(place))  # noqa: PTH110
