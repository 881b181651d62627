"""Programs of the system that are asked something: found, run and ended in time.

Owns that, and how a system's packages are installed; knows nothing of what answers mean.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence

LIMIT_S = 3.0

_INSTALL = {
    "apt-get": "sudo apt install",
    "dnf": "sudo dnf install",
    "pacman": "sudo pacman -S",
    "zypper": "sudo zypper install",
    "apk": "sudo apk add",
    "brew": "brew install",
}
COMPILER = {
    "apt-get": "build-essential",
    "dnf": "gcc gcc-c++",
    "pacman": "base-devel",
    "zypper": "gcc gcc-c++",
    "apk": "build-base",
}
"""What the compiler's packages are called, by the program that installs them."""


def find(program: str, environ: Mapping[str, str]) -> str | None:
    """The program's path, in the PATH of `environ` alone."""
    return shutil.which(program, path=environ.get("PATH", ""))


def output_of(
    command: Sequence[str],
    environ: Mapping[str, str],
    *,
    given: str = "",
    limit_s: float = LIMIT_S,
) -> str | None:
    """What the program writes when it succeeds; None when it fails, is missing or too slow."""
    try:
        done = subprocess.run(
            command,
            input=given.encode(),
            env=dict(environ),
            capture_output=True,
            timeout=limit_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def install_command(
    packages: Mapping[str, str] | str, environ: Mapping[str, str], otherwise: str
) -> str:
    """The command that installs a package here; `otherwise` where no installer is known.

    Args:
        packages: its name, or its names by installer.
    """
    for installer, command in _INSTALL.items():
        package = packages if isinstance(packages, str) else packages.get(installer)
        if package is not None and find(installer, environ) is not None:
            return f"{command} {package}"
    return otherwise
