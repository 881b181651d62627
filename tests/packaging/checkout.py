"""A stand-in checkout: the set-up's own files in a folder that a test may spoil."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def make_checkout(folder: Path) -> Path:
    """Copy what the set-up reads into `folder`, which is created."""
    shutil.copytree(
        REPOSITORY / ".ci", folder / ".ci", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(REPOSITORY / name, folder)
    return folder


def make_venv(checkout: Path) -> Path:
    """An environment without pip, made in some tens of milliseconds."""
    venv = checkout / ".venv"
    command = [sys.executable, "-m", "venv", "--without-pip", str(venv)]
    subprocess.run(command, check=True, timeout=60)
    return venv


def make_script(path: Path, body: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path
