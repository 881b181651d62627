"""Results of earlier runs, given again when the same is asked in the same circumstances.

Owns what "the same" is and the table `results`; only successes are kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from core.errors import SARAiError
from core.model_pool import ModelPool
from core.storage.database import Database
from core.workflow.profiles import AgentTaskProfile
from core.workflow.results import MultiModelResult
from core.workflow.strategy import Strategy

KEPT = 200


class ResultCache:
    """The newest results. Threads may share it: see `Database`."""

    def __init__(self, database: Database, *, keep: int = KEPT) -> None:
        self._database = database
        self._keep = keep

    def get(self, key: str) -> MultiModelResult | None:
        """The result under `key`, marked as cached. Raises: StorageError."""
        with self._database.connection() as connection:
            row = connection.execute("SELECT result FROM results WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        return replace(MultiModelResult.from_dict(json.loads(row["result"])), cached=True)

    def put(self, key: str, result: MultiModelResult) -> None:
        """Keep a success. Raises: StorageError."""
        told = json.dumps(result.as_dict(), ensure_ascii=False)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO results (key, result) VALUES (?, ?)", (key, told)
            )
            connection.execute(
                "DELETE FROM results WHERE id <= (SELECT max(id) FROM results) - ?", (self._keep,)
            )


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
        "models": {name: _identity(name, pool) for name in models},
        "settings": {
            "generation": settings.generation.model_dump(mode="json"),
            "retrieval": settings.retrieval.model_dump(mode="json"),
            "workflow": settings.workflow.model_dump(mode="json", exclude={"agents"}),
        },
    }
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _identity(name: str, pool: ModelPool) -> list[Any]:
    """What is configured of a model, and its files as they are now."""
    try:
        files = [str(file) for file in pool.resolve(name).files]
    except SARAiError as error:
        files = [error.code]
    return [pool.settings.models[name].model_dump(mode="json"), files]
