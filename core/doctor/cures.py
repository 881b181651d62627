"""What mends more than one thing."""

from __future__ import annotations

from pathlib import Path

import core


def rebuild() -> str:
    """What builds llama.cpp for this machine: in a checkout its own set-up, else pip."""
    if (Path(next(iter(core.__path__))).parent / "Makefile").is_file():
        return "make clean && make setup"
    return (
        "pip install --force-reinstall --no-cache-dir --no-binary llama-cpp-python llama-cpp-python"
    )
