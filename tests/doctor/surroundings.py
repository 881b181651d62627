"""Surroundings for tests: a machine of copied files, and a configuration of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from core.doctor import Finding, Surroundings
from core.doctor.once import Once
from core.engines.llama.build import LlamaBuild, NoBuild
from core.model_pool.memory.machine import LinuxMemory
from core.settings import load_settings
from core.settings.loading import configuration_errors
from core.storage.folder import DataFolder
from tests.environments import NO_OLLAMA
from tests.model_pool.memory.machines import write_files

KIB_PER_MIB = 1024
MIB = 2**20
BUILD = LlamaBuild("0.3.36", "/llama_cpp", frozenset({"SSE3", "AVX", "AVX2", "FMA", "F16C"}), False)
FLAGS = "fpu pni avx avx2 fma f16c"


def _machine(root: Path, total_mb: int, available_mb: int | None) -> dict[str, Any]:
    """The fields of `Surroundings` for a Linux machine whose files lie below `root`."""
    available_mb = total_mb // 2 if available_mb is None else available_mb
    meminfo = (
        f"MemTotal: {total_mb * KIB_PER_MIB} kB\nMemAvailable: {available_mb * KIB_PER_MIB} kB\n"
    )
    write_files(root / "proc", {"meminfo": meminfo, "cpuinfo": f"processor: 0\nflags : {FLAGS}\n"})
    folders = root / "proc", root / "cgroup"
    return {"memory": LinuxMemory(*folders), "proc": folders[0], "cgroup_mounts": folders[1]}


def limited(root: Path, limit_mb: int, used_mb: int = 0) -> None:
    """Put a cgroup with a limit around the processes of that machine."""
    write_files(
        root,
        {
            "proc/self/cgroup": "0::/sarai\n",
            "cgroup/sarai/memory.max": f"{limit_mb * MIB}\n",
            "cgroup/sarai/memory.current": f"{used_mb * MIB}\n",
        },
    )


def surroundings(
    root: Path,
    configuration: Mapping[str, Any] | None = None,
    *,
    total_mb: int = 16_000,
    available_mb: int | None = None,
    llama: LlamaBuild | NoBuild = BUILD,
    **fields: Any,
) -> Surroundings:
    """A machine below `root` with a data folder that does not exist, and no Ollama.

    `configuration` is the user's file.
    """
    file = root / "sarai.yaml"
    root.mkdir(exist_ok=True)
    file.write_text(yaml.safe_dump(dict(configuration or {})))
    environ = {**NO_OLLAMA, "SARAI_CONFIG": str(file)}
    if configuration and "ollama" in configuration:
        del environ["SARAI__OLLAMA__BASE_URL"]
    errors = configuration_errors(environ=environ)
    around = Surroundings(
        environ=environ,
        settings=None if errors else load_settings(environ=environ),
        config_errors=errors,
        data=DataFolder(root / "home"),
        output_encoding="utf-8",
        llama=Once(lambda: llama),
        **_machine(root, total_mb, available_mb),
    )
    return replace(around, **fields)


def only(look: Callable[[Surroundings], Iterable[Finding]], around: Surroundings) -> Finding:
    """The one finding of a check."""
    (found,) = look(around)
    return found


def by_subject(
    look: Callable[[Surroundings], Iterable[Finding]], around: Surroundings
) -> dict[str, Finding]:
    return {finding.subject: finding for finding in look(around)}
