"""Which llama.cpp a worker would run on, asked from outside.

Owns what the process that looks tells; knows nothing of what this processor can do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from signal import Signals

from core.engines.llama.probe import NoAnswer, ask

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
    told = ask("core.engines.llama.build_probe", PROBE_LIMIT_S)
    if isinstance(told, NoAnswer):
        return NoBuild(told.reason, wrong_processor=told.signal is Signals.SIGILL)
    return _read(told)


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
