"""The machine that SARAi may use.

Owns the section `runtime`.
"""

from __future__ import annotations

import os
from typing import Annotated, Literal

from pydantic import Field

from core.settings.section import Section
from core.settings.user_path import UserPath


class RuntimeSettings(Section):
    """The machine that SARAi may use, and the profile of models that it uses there.

    `budget_mb` is all memory, the system's own `system_reserve_mb` included; models share
    the rest. `device_budget_mb` is what they may take of the GPUs' memory, "auto" what was free
    when the first of them asked for a GPU. `admission_timeout_s` is how long a request waits for
    memory that is in use. `pool_trace` is a file to record which models are asked for and when.
    """

    profile: str = "auto"  # an entry of profiles
    budget_mb: int = Field(16_384, gt=0)
    system_reserve_mb: int = Field(2_048, ge=0)
    threads: int | Literal["auto"] = "auto"
    gpu_layers: int = Field(0, ge=-1)
    device_budget_mb: Annotated[int, Field(ge=0)] | Literal["auto"] = "auto"
    admission_timeout_s: float = Field(30.0, ge=0)
    pool_trace: UserPath | None = None

    def thread_count(self) -> int:
        """Threads for one model: as configured, else the cores this process may use."""
        if self.threads != "auto":
            return max(1, self.threads)
        affinity = getattr(os, "sched_getaffinity", None)
        return len(affinity(0)) if affinity else os.cpu_count() or 1

    @property
    def models_budget_mb(self) -> int:
        return self.budget_mb - self.system_reserve_mb
