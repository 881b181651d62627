"""Pools of generated models for the benchmarks of work in phases.

Owns their configuration: one agent, one phase at a time, greedy, answers of one length.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.model_pool import ModelPool
from core.settings import load_settings
from core.storage.folder import open_data_folder

AGENT = "measured_agent"
TASK = "Design a distributed lock service with leases and fencing tokens in Go"
PLENTY_MB = 65_536


@dataclass(frozen=True, slots=True)
class World:
    """Which files there are, by model, and the phases of the agent, each with its keys."""

    folder: Path
    files: Mapping[str, Path]
    phases: Mapping[str, Mapping[str, Any]]

    def need_mb(self) -> dict[str, int]:
        """What each model reserves, MiB; nothing is loaded."""
        pool = self._pool(PLENTY_MB)
        return {name: pool.resolve(name).need_mb for name in self.files}

    @contextmanager
    def opened(self, budget_mb: int) -> Iterator[ModelPool]:
        """A pool with this budget and a data folder that nobody has used."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        pool = self._pool(budget_mb)
        try:
            yield pool
        finally:
            pool.close()

    def _pool(self, budget_mb: int) -> ModelPool:
        file = self.folder / "own.yaml"
        file.write_text(json.dumps(self._settings(budget_mb)), encoding="utf-8")  # which is YAML
        return ModelPool(load_settings(file, environ={}), open_data_folder(self.folder / "data"))

    def _settings(self, budget_mb: int) -> dict[str, Any]:
        models = {
            name: {"name": path.stem, "gguf_file": str(path), "context_length": 2048}
            for name, path in self.files.items()
        }
        return {
            "runtime": {"profile": "measured", "budget_mb": budget_mb, "system_reserve_mb": 0},
            "profiles": {"measured": {}},
            "models": models,
            "ollama": {"base_url": "http://127.0.0.1:9"},
            "generation": {"temperature": 0},
            "workflow": {
                "simple_below": 0,
                "max_parallel_phases": 1,
                "phase_timeout_s": 3600,
                "agents": {AGENT: {"task_type": "coding", "phases": dict(self.phases)}},
            },
        }
