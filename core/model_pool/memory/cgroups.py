"""The memory limits that Linux sets around this process, in both versions of cgroups.

Owns where the limits stand and how they read; decides nothing. A container or a service
has a limit of its own, which /proc/meminfo knows nothing of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

NO_LIMIT_BYTES = 2**60
"""Version 1 writes "no limit" as a number near 2**63."""


@dataclass(frozen=True, slots=True)
class _Version:
    """How one version names its files, and the pages that it would give back when asked."""

    limits: tuple[str, ...]
    used: str
    cache: tuple[str, ...]


_V1 = _Version(
    ("memory.limit_in_bytes",),
    "memory.usage_in_bytes",
    ("total_inactive_file", "total_active_file"),
)
# Above memory.high a process is slowed down until it is of no use: a limit as well.
_V2 = _Version(("memory.max", "memory.high"), "memory.current", ("inactive_file", "active_file"))


@dataclass(frozen=True, slots=True)
class CgroupLimit:
    """One limit, and what is left below it: pages of files count as free, as the kernel's
    own MemAvailable counts them."""

    limit_bytes: int
    available_bytes: int


def limits(proc: Path, mounts: Path) -> list[CgroupLimit]:
    """Every limit from this process's group up to the root; `mounts` is /sys/fs/cgroup."""
    version, folders = _groups(proc, mounts)
    return [limit for folder in folders for limit in _limits_of(folder, version)]


def pressure_file(proc: Path, mounts: Path) -> Path | None:
    """Where the nearest group says how long it waits for memory; None when none does."""
    _, folders = _groups(proc, mounts)
    files = (folder / "memory.pressure" for folder in folders)
    return next((file for file in files if file.exists()), None)


def _groups(proc: Path, mounts: Path) -> tuple[_Version, list[Path]]:
    """Folders of the groups, the innermost first. Those that a container hides are left out."""
    paths = dict(_memberships(_text(proc / "self" / "cgroup")))
    if "memory" in paths:
        return _V1, _upwards(mounts / "memory", paths["memory"])
    return _V2, _upwards(mounts, paths.get("", "/"))


def _memberships(text: str) -> Iterator[tuple[str, str]]:
    """Each controller of version 1, and "" for version 2, with the group's path."""
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            yield controller, path


def _upwards(mount: Path, path: str) -> list[Path]:
    inner = mount.joinpath(*(part for part in path.split("/") if part not in ("", "..")))
    folders = [inner, *inner.parents]
    return [folder for folder in folders[: folders.index(mount) + 1] if folder.is_dir()]


def _limits_of(folder: Path, version: _Version) -> Iterator[CgroupLimit]:
    found = [_number(_text(folder / name)) for name in version.limits]
    used_bytes = _number(_text(folder / version.used))
    if used_bytes is None:
        return
    statistics = _statistics(_text(folder / "memory.stat"))
    cache_bytes = sum(statistics.get(name, 0) for name in version.cache)
    for limit_bytes in found:
        if limit_bytes is not None and limit_bytes < NO_LIMIT_BYTES:
            available_bytes = limit_bytes - used_bytes + cache_bytes
            yield CgroupLimit(limit_bytes, min(limit_bytes, max(0, available_bytes)))


def _statistics(text: str) -> Mapping[str, int]:
    pairs = (line.split() for line in text.splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2}


def _number(text: str) -> int | None:
    """None for "max" and for a file that is not there."""
    return int(text) if text.strip().isdecimal() else None


def _text(path: Path) -> str:
    """Empty when it cannot be read: groups come and go, and not every kernel has each file."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
