"""What the planner is told of memory."""

from __future__ import annotations

from pathlib import Path

from core.model_pool import ModelPool
from core.settings import load_settings
from core.storage.folder import open_data_folder
from core.workflow import AgentModelMatcher
from core.workflow.history import History
from core.workflow.preparing import memory_of
from core.workflow.store import open_store
from tests.environments import NO_OLLAMA
from tests.workflow.world import TASK, agent, by, configuration, write_settings


def test_permanent_models_of_others_leave_no_room(tmp_path: Path) -> None:
    agents = {"two_agent": agent({"planning": by("planner"), "generation": by("coder")})}
    own = configuration(tmp_path, agents, {})
    pinned = {**own["models"]["coder"], "permanent": True}
    file = write_settings(
        tmp_path / "own.yaml", {**own, "models": {**own["models"], "pinned": pinned}}
    )
    folder = open_data_folder(tmp_path / "data")
    pool = ModelPool(load_settings(file, environ=NO_OLLAMA), folder)
    matcher = AgentModelMatcher(pool, History(open_store(folder)))
    try:
        strategy = matcher.match("two", TASK)
        before = memory_of(strategy, pool)
        with pool.lease("pinned"), pool.lease("planner"):
            after = memory_of(strategy, pool)
        assert before.budget_mb == pool.settings.runtime.models_budget_mb
        assert after.budget_mb == before.budget_mb - pool.resolve("pinned").need_mb
        assert not before.loaded
        assert after.loaded == {"planner"}
        assert before.need_mb.keys() == {"planner", "coder"}
    finally:
        pool.close()
