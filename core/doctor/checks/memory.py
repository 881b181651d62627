"""The machine's memory, or the limit around SARAi, against the configured budget."""

from __future__ import annotations

from collections.abc import Iterator

from core.doctor.finding import Finding, ok, warn
from core.doctor.limits import at_most
from core.doctor.surroundings import Surroundings
from core.model_pool.memory import cgroups
from core.model_pool.memory.machine import MIB
from core.model_pool.memory.pressure import PressureLimits

ENOUGH = 0.9
"""Of the configured budget: of 16 GiB a system shows some hundred MiB less."""


def check_memory(around: Surroundings) -> Iterator[Finding]:
    runtime = around.sound_settings.runtime
    total_mb, available_mb = around.memory.total_mb(), around.memory.available_mb()
    if total_mb is None:
        yield ok(f"this system does not tell; models may take {runtime.models_budget_mb} MiB")
        return
    limited = _limited_mb(around) == total_mb
    whose = "the limit around SARAi (its cgroup) is" if limited else "this machine has"
    told = f"{whose} {total_mb} MiB, so models may take {at_most(around).limit_mb}"
    if total_mb < ENOUGH * runtime.budget_mb:
        more = "Give the container or service more memory" if limited else "Add memory"
        yield warn(
            f"{told}, not the {runtime.models_budget_mb} that the configuration gives them",
            f"Choose models that fit (sarai models fit), or: {more}.",
        )
    else:
        yield ok(f"{told} of the {runtime.models_budget_mb} in the configuration")
    if available_mb is not None:
        yield _available(available_mb, total_mb)


def _available(available_mb: int, total_mb: int) -> Finding:
    told = f"{available_mb} of {total_mb} MiB are available"
    if available_mb < PressureLimits().leave_available * total_mb:
        return warn(
            f"{told}: models will have to wait for memory",
            "Close other programs; sarai models fit says who holds what.",
            subject="now",
        )
    return ok(told, subject="now")


def _limited_mb(around: Surroundings) -> int | None:
    """The smallest limit of a cgroup around this process; None without any."""
    limits = cgroups.limits(around.proc, around.cgroup_mounts)
    return min((limit.limit_bytes // MIB for limit in limits), default=None)
