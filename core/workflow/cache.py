"""Results of earlier runs, given again when the same is asked in the same circumstances.

Owns what "the same" is; only successes are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from core.model_pool import ModelPool
from core.model_pool.identity import model_identity
from core.storage.database import Database
from core.storage.kept_results import KeptResults
from core.workflow.profiles import AgentTaskProfile
from core.workflow.results import MultiModelResult
from core.workflow.strategy import Strategy

KEPT = 200


class ResultCache:
    """The newest results. Threads may share it: see `Database`."""

    def __init__(self, database: Database, *, keep: int = KEPT) -> None:
        self._kept = KeptResults(lambda: database, keep=keep)

    def get(self, key: str) -> MultiModelResult | None:
        """The result under `key`, marked as cached. Raises: StorageError."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        return replace(MultiModelResult.from_dict(json.loads(kept.result)), cached=True)

    def put(self, key: str, result: MultiModelResult) -> None:
        """Keep a success. Raises: StorageError."""
        self._kept.put(key, json.dumps(result.as_dict(), ensure_ascii=False))


def cache_key(
    profile: AgentTaskProfile,
    description: str,
    parameters: Mapping[str, Any],
    strategy: Strategy,
    pool: ModelPool,
) -> str:
    """A digest of the agent, the task, its parameters, the models that are asked first with their
    files, and the settings that an answer depends on.

    The fallbacks are no part of it: what is learned from each run moves their order.
    """
    models = sorted({choice.primary_model.model for choice in strategy.phases})
    settings = pool.settings
    content = {
        "profile": asdict(profile),
        "description": description,
        "parameters": parameters,
        "phases": [(choice.phase, choice.primary_model.model) for choice in strategy.phases],
        "models": {name: model_identity(name, pool) for name in models},
        "settings": {
            "generation": settings.generation.model_dump(mode="json"),
            "retrieval": settings.retrieval.model_dump(mode="json"),
            "workflow": settings.workflow.model_dump(mode="json", exclude={"agents"}),
        },
    }
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
