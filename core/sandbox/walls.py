"""The walls: what a program inside sees of this machine, and what it may take of it.

Owns bubblewrap's arguments and the test whether it works here; starts nothing else.
Inside there are the system's programs, read-only, a workspace and a /tmp in memory, a process
table of its own, and no network, no home, no settings of the user.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from core.sandbox.limits import Limits

BUBBLEWRAP = "bwrap"
# Names that nobody's folders have, or those would be hidden inside.
WORKSPACE, SOURCES = "/.sarai-workspace", "/.sarai-sources"
INSIDE_TMP = "/tmp"  # noqa: S108
SYSTEM = (Path("/usr"), Path("/bin"), Path("/sbin"), Path("/lib"), Path("/lib32"), Path("/lib64"))
# Of /etc only what programs need to start: which library is where, which compiler is `cc`.
SETTINGS = (Path("/etc/alternatives"), Path("/etc/ld.so.cache"), Path("/etc/ld.so.conf.d"))
PROBE_S = 10
NOT_COPIED = 125
"""Exit code of the copying, as of other programs that only start one: not the command's."""

# A user without any right outside, who can have no further users inside.
_NEW_USER = ("--unshare-user", "--disable-userns")
_APART = (
    "--unshare-pid",
    "--unshare-net",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
)
# To copy and to give away the copies, and then to become somebody who has none of these.
_ROOTS_RIGHTS = ("CAP_DAC_READ_SEARCH", "CAP_CHOWN", "CAP_FOWNER", "CAP_SETUID", "CAP_SETGID")
_RIGHTLESS = "--clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs"
_NOBODYS_UIDS = range(1_100_000_000, 1_200_000_000)  # no system gives these to anybody

# Bash calls the limit of processes -u, dash -p; what a shell has no limit for, `watch` holds.
_START = """
for source in {sources}; do cp -a "$source/." . || exit {not_copied}; done
{given_away}
ulimit -c 0; ulimit -t {cpu_s}; ulimit -v {memory_kb}
ulimit -u {processes} 2>/dev/null || ulimit -p {processes} 2>/dev/null
exec {become} "$@"
"""


@cache
def walls_hold() -> bool:
    """Whether bubblewrap is installed and this system lets it work; asked once per process."""
    if shutil.which(BUBBLEWRAP) is None:
        return False
    try:
        made = subprocess.run(
            shut_in(["true"], (), (), Limits()), capture_output=True, timeout=PROBE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return made.returncode == 0


def shut_in(
    argv: Sequence[str], sources: Sequence[Path], readable: Sequence[Path], limits: Limits
) -> list[str]:
    """The command that runs `argv` inside, on a copy of what `sources` hold.

    Args:
        sources: folders whose contents are copied, later ones over earlier ones.
        readable: folders that stay where they are, read-only.
    """
    return [
        BUBBLEWRAP,
        *_walls(sources, readable, limits),
        "sh",
        "-c",
        _start(sources, limits),
        "sh",
        *argv,
    ]


def _walls(sources: Sequence[Path], readable: Sequence[Path], limits: Limits) -> Iterator[str]:
    workspace_bytes = str(limits.workspace_mb * 2**20)
    yield from _APART
    yield from ("--die-with-parent", "--new-session", "--hostname", "sandbox")
    if _is_root():
        for right in _ROOTS_RIGHTS:
            yield from ("--cap-add", right)
    else:
        yield from (*_NEW_USER, "--uid", "1000", "--gid", "1000")
    yield from _system()
    yield from ("--proc", "/proc", "--dev", "/dev")
    yield from ("--size", workspace_bytes, "--tmpfs", INSIDE_TMP)
    for path in readable:
        yield from _way_to(path)
        yield from ("--ro-bind", str(path), str(path))
    yield from ("--size", workspace_bytes, "--tmpfs", WORKSPACE)
    for place, folder in enumerate(sources):
        yield from ("--ro-bind", str(folder), _source_path(place))
    yield from ("--chdir", WORKSPACE)


def _start(sources: Sequence[Path], limits: Limits) -> str:
    """A shell script that copies, sets the kernel's limits and becomes the command.

    The kernel counts no processes of root's, and root's in a user namespace are root's. So what
    root starts becomes nobody first, a different one each time, and is shut in once more.
    """
    nobody = secrets.choice(_NOBODYS_UIDS)
    become = f"setpriv --reuid {nobody} --regid {nobody} {_RIGHTLESS}"
    within = f"{BUBBLEWRAP} {' '.join(_NEW_USER)} --dev-bind / / sh -c 'exec \"$@\"' sh"
    return _START.format(
        sources=" ".join(map(_source_path, range(len(sources)))),
        not_copied=NOT_COPIED,
        given_away=f"chown -R {nobody}:{nobody} .; chown {nobody} {INSIDE_TMP}"
        if _is_root()
        else "",
        cpu_s=limits.cpu_s,
        memory_kb=limits.memory_mb * 1024,
        processes=limits.processes,
        become=f"{become} {within}" if _is_root() else "",
    )


def _is_root() -> bool:
    return os.geteuid() == 0


def _source_path(place: int) -> str:
    return f"{SOURCES}/{place}"


def _way_to(path: Path) -> Iterator[str]:
    """The folders above `path`, which else only root could pass."""
    for above in reversed(path.parents[:-1]):
        yield from ("--perms", "0755", "--dir", str(above))


def _system() -> Iterator[str]:
    for path in SYSTEM:
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.is_dir():
            yield from ("--ro-bind", str(path), str(path))
    for path in SETTINGS:
        yield from _way_to(path)
        yield from ("--ro-bind-try", str(path), str(path))
