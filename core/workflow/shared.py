"""The executor and the matcher of this process, for callers that were given none.

Owns the one shared `MultiModelExecutor`; it stands on the process's pool.
"""

from __future__ import annotations

import threading

from core.model_pool import ModelPool, get_model_pool
from core.workflow.executor import MultiModelExecutor
from core.workflow.matching import AgentModelMatcher

_lock = threading.Lock()
_shared: list[tuple[ModelPool, MultiModelExecutor]] = []


def get_multi_model_executor() -> MultiModelExecutor:
    """The process's executor, made at the first call from the configuration.

    One whose pool was closed is replaced.

    Raises: ConfigError, StorageError.
    """
    with _lock:
        pool = get_model_pool()
        if _shared and _shared[0][0] is not pool:
            _shared.pop()[1].close()
        if not _shared:
            _shared.append((pool, MultiModelExecutor(pool)))
        return _shared[0][1]


def get_agent_model_matcher() -> AgentModelMatcher:
    """The matcher of that executor: what is registered in one, the other knows.

    Raises: ConfigError, StorageError.
    """
    return get_multi_model_executor().matcher
