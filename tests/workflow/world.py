"""Pools of tiny models, and agents whose phases name them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from core.clock import Clock
from core.model_pool import ModelPool
from core.settings import load_settings
from core.storage.folder import DataFolder, open_data_folder
from core.workflow import MultiModelExecutor, PhaseResult, WorkflowEvent, WorkflowFinished
from core.workflow.results import MultiModelResult
from tests.environments import NO_OLLAMA
from tests.kept_engines import open_kept
from tests.tiny_models import random_text, scripted_text

PASS = b'{"passed":true,"problems":[]}'
FAIL = b'{"passed":false,"problems":["It is too short."]}'
TOO_LONG = "far too long " * 4000
"""An instruction that fits no context here: whoever gets it fails."""
TASK = "Design a distributed lock service with leases and fencing tokens in Go"


REPLIES = {
    "planner": (b"The", b" plan"),
    "coder": (b"The", b" code"),
    "refiner": (b"Better", b" code"),
    "praise": (PASS,),
    "blame": (FAIL,),
}
"""Models of fixed replies, the last two judges; `endless` is one that never ends."""


def models(folder: Path, agents: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Those that the agents name, so that nobody else is tried."""
    named = {
        name
        for agent_ in agents.values()
        for phase_ in agent_["phases"].values()
        for name in phase_.get("models", ())
    }
    found = {
        name: model(scripted_text(folder, REPLIES[name], name=name))
        for name in sorted(named & REPLIES.keys())
    }
    return found | ({"endless": model(random_text(folder, 32768))} if "endless" in named else {})


def model(path: Path, **keys: Any) -> dict[str, Any]:
    return {
        "name": path.stem,
        "gguf_file": str(path),
        "context_length": 32768 if "random" in path.stem else 2048,
        **keys,
    }


def agent(phases: Mapping[str, Mapping[str, Any] | None], **keys: Any) -> dict[str, Any]:
    """An agent of these phases."""
    said = {phase: dict(each or {}) for phase, each in phases.items()}
    return {"task_type": "coding", "phases": said, **keys}


def by(*names: str, **keys: Any) -> dict[str, Any]:
    """A phase that these models do, in order."""
    return {"models": list(names), **keys}


CODING = {
    "planning": by("planner"),
    "generation": by("coder"),
    "review": by("praise"),
    "refinement": by("refiner"),
}


def write_settings(path: Path, own: Mapping[str, Any]) -> Path:
    path.write_text(json.dumps(dict(own)), encoding="utf-8")  # which is YAML
    return path


def configuration(
    folder: Path, agents: Mapping[str, Any], workflow: Mapping[str, Any], **sections: Any
) -> dict[str, Any]:
    """Own settings: greedy, and every task in several phases."""
    return {
        "models": models(folder, agents) | dict(sections.pop("models", {})),
        "generation": {"temperature": 0},
        "workflow": {"simple_below": 0, "agents": dict(agents), **workflow},
        **sections,
    }


@contextmanager
def executor_with(
    tmp_path: Path,
    agents: Mapping[str, Any],
    *,
    data: DataFolder | None = None,
    search: Any = None,
    clock: Clock | None = None,
    sections: Mapping[str, Any] | None = None,
    **workflow: Any,
) -> Iterator[MultiModelExecutor]:
    """An executor on a pool of its own; both are closed at the end."""
    own = configuration(tmp_path, agents, workflow, **(sections or {}))
    settings = load_settings(write_settings(tmp_path / "own.yaml", own), environ=NO_OLLAMA)
    data = data or open_data_folder(tmp_path / "data")
    pool = ModelPool(settings, data, open_engine=open_kept)
    with MultiModelExecutor(pool, search=search, clock=clock) as executor:
        try:
            yield executor
        finally:
            pool.close()


def states(result: MultiModelResult) -> list[tuple[str, bool]]:
    """Each phase that ran, and whether it succeeded."""
    return [(each.phase, each.success) for each in result.phase_results]


def phase(result: MultiModelResult, name: str) -> PhaseResult:
    """The last result of a phase."""
    return [each for each in result.phase_results if each.phase == name][-1]


Kind = TypeVar("Kind")


def of_kind(events: Sequence[WorkflowEvent], kind: type[Kind]) -> list[Kind]:
    return [event for event in events if isinstance(event, kind)]


def result_of(events: Sequence[WorkflowEvent]) -> MultiModelResult:
    last = events[-1]
    assert isinstance(last, WorkflowFinished)
    return last.result
