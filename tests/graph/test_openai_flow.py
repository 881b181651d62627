"""The assistant with an OpenAI-compatible server as its expert, from the file to the answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.graph import SARAiOrchestrator
from core.model_pool import ModelPool
from core.settings import load_settings
from core.storage.folder import DataFolder
from tests.environments import ON_SELF_TEST
from tests.graph.assistants import follow
from tests.kept_engines import open_kept
from tests.openai_emulator import Drop, EmulatedModel, OpenAIEmulator, Refuse

HARD = "¿Cómo configuro SSH en Ubuntu?"
FILE = """\
openai:
  servers:
    here: {{base_url: "{base_url}"}}
models:
  served:
    name: Served
    engine: openai_http
    openai_server: here
    openai_model: qwen3-4b
    fallback: nano_text
routing:
  text_variant_selection:
    expert: {{model: served}}
"""


@pytest.fixture
def server() -> Iterator[OpenAIEmulator]:
    with OpenAIEmulator([EmulatedModel("qwen3-4b")]) as emulator:
        yield emulator


@pytest.fixture
def assistant(
    server: OpenAIEmulator, folder: DataFolder, tmp_path: Path
) -> Iterator[SARAiOrchestrator]:
    file = tmp_path / "sarai.yaml"
    file.write_text(FILE.format(base_url=server.base_url))
    pool = ModelPool(load_settings(file, environ=ON_SELF_TEST), folder, open_engine=open_kept)
    with SARAiOrchestrator(pool=pool, preload=False) as opened:
        yield opened


def test_a_hard_question_is_answered_by_the_server(
    assistant: SARAiOrchestrator, server: OpenAIEmulator
) -> None:
    seen = follow(assistant, HARD)
    state = seen.state
    assert (state["model_used"], state["tried"], state["warnings"]) == ("served", [], [])
    assert seen.text == state["response"]
    assert (state["response"] or "").startswith("reply ")
    usage = state["usage"]
    assert usage is not None
    assert (usage["reused_tokens"], usage["memory_mb"]) == (3, None)
    assert server.requests()[-1].body["messages"][-1] == {"role": "user", "content": HARD}


@pytest.mark.parametrize("fault", [Drop(after_tokens=3), Refuse(500, "broken", "text/plain")])
def test_a_server_that_fails_hands_over_under_the_others_name(
    assistant: SARAiOrchestrator, server: OpenAIEmulator, fault: Drop | Refuse
) -> None:
    server.fail_next(fault)
    state = follow(assistant, HARD).state
    assert (state["model_used"], state["tried"]) == ("nano_text", ["served"])
    assert follow(assistant, HARD).state["model_used"] == "served"
