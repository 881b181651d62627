"""The walls: what a program inside sees of this machine.

Owns bubblewrap's arguments and the test whether it works here; starts nothing else.
Inside there are the system's programs, read-only, a workspace and a /tmp in memory, a process
table of its own, and no network, no home, no settings of the user.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from core.sandbox.limits import Limits

BUBBLEWRAP = "bwrap"
WORKSPACE = "/work"
INSIDE_TMP = "/tmp"  # noqa: S108
SYSTEM = (Path("/usr"), Path("/bin"), Path("/sbin"), Path("/lib"), Path("/lib32"), Path("/lib64"))
# Of /etc only what programs need to start: which library is where, which compiler is `cc`.
SETTINGS = (Path("/etc/alternatives"), Path("/etc/ld.so.cache"), Path("/etc/ld.so.conf.d"))
PROBE_S = 10


@cache
def walls_hold() -> bool:
    """Whether bubblewrap is installed and this system lets it work; asked once per process."""
    if shutil.which(BUBBLEWRAP) is None:
        return False
    probe = [BUBBLEWRAP, *walls((), (), Limits(workspace_mb=1)), "true"]
    try:
        made = subprocess.run(probe, capture_output=True, timeout=PROBE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return made.returncode == 0


def walls(sources: Sequence[Path], readable: Sequence[Path], limits: Limits) -> list[str]:
    """Bubblewrap's arguments, up to the command.

    Args:
        sources: folders that lie at `source_path(0)`, `source_path(1)` ..., read-only.
        readable: folders that stay where they are, read-only.
    """
    workspace_bytes = str(limits.workspace_mb * 2**20)
    return [
        # A user of its own without any right outside, and all else that can be had apart.
        *("--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent"),
        *("--new-session", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox"),
        *_system(),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--size", workspace_bytes, "--tmpfs", INSIDE_TMP),
        *(part for path in readable for part in ("--ro-bind", str(path), str(path))),
        *("--size", workspace_bytes, "--tmpfs", WORKSPACE),
        *_sources(sources),
        *("--chdir", WORKSPACE),
    ]


def source_path(place: int) -> str:
    """Where the folder of that place in `sources` lies inside."""
    return f"/sources/{place}"


def _system() -> Iterator[str]:
    for path in SYSTEM:
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    for path in SETTINGS:
        yield from ("--ro-bind-try", str(path), str(path))


def _sources(sources: Sequence[Path]) -> Iterator[str]:
    for place, folder in enumerate(sources):
        yield from ("--ro-bind", str(folder), source_path(place))
