"""The Python that runs SARAi."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from core.doctor.finding import Finding, fail, ok
from core.doctor.surroundings import Surroundings

OLDEST, NEWEST = (3, 11), (3, 13)  # as pyproject.toml says


def check_python(around: Surroundings) -> Iterator[Finding]:
    version = ".".join(map(str, around.python_version))
    if OLDEST <= around.python_version[:2] <= NEWEST:
        yield ok(f"{version}, {sys.executable}")
    else:
        yield fail(
            f"{version} is not one of 3.11, 3.12 and 3.13, which SARAi is made for",
            "Install one of them and name it: PYTHON=python3.12 make run",
        )
