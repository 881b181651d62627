"""Which llama.cpp a worker would run on, asked from outside.

Owns the short life of the process that looks, and how its answer is read; knows nothing of
what this processor can do.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from signal import Signals

from core.engines.llama.worker_process import worker_environment

PROBE_LIMIT_S = 40.0
"""It imports as much as a worker does, perhaps from a cold disk."""


@dataclass(frozen=True, slots=True)
class LlamaBuild:
    """`features` are the names that llama.cpp gives to what it was compiled for: AVX2, NEON..."""

    version: str
    path: str
    features: frozenset[str]
    gpu_offload: bool


@dataclass(frozen=True, slots=True)
class NoBuild:
    """A worker could not load llama.cpp, for `reason`. `wrong_processor`: it was compiled for
    instructions that this processor does not have."""

    reason: str
    wrong_processor: bool = False


def ask_build() -> LlamaBuild | NoBuild:
    """Start a process as a worker is started, and let it load llama.cpp."""
    command = [sys.executable, "-P", "-m", "core.engines.llama.build_probe"]
    try:
        asked = subprocess.run(
            command,
            env=worker_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return NoBuild(f"it was not loaded within {PROBE_LIMIT_S:g} s")
    if asked.returncode == 0:
        return _read(json.loads(asked.stdout.splitlines()[-1]))
    if asked.returncode < 0:
        cause = Signals(-asked.returncode)
        return NoBuild(f"loading it ends in {cause.name}", cause is Signals.SIGILL)
    said = asked.stderr.decode("utf-8", "replace").strip().splitlines()
    return NoBuild(said[-1] if said else f"loading it ends with status {asked.returncode}")


def features_in(system_info: str) -> frozenset[str]:
    """The names that are set in llama.cpp's own line: `CPU : AVX2 = 1 | F16C = 1 | ...`."""
    return frozenset(re.findall(r"(\w+) = 1\b", system_info))


def _read(told: dict[str, object]) -> LlamaBuild:
    return LlamaBuild(
        version=str(told["version"]),
        path=str(told["path"]),
        features=features_in(str(told["system_info"])),
        gpu_offload=bool(told["gpu_offload"]),
    )
