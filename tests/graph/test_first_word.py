"""An answer begins with its first word, whatever a model puts before it."""

from __future__ import annotations

from pathlib import Path

from core.graph import SARAiOrchestrator
from core.model_pool import ModelPool
from core.settings import load_settings
from core.storage.folder import DataFolder
from tests.environments import NO_OLLAMA
from tests.graph.assistants import follow
from tests.openai_emulator import EmulatedModel, OpenAIEmulator

FILE = """\
openai:
  servers:
    here: {{base_url: "{base_url}"}}
models:
  served: {{name: Served, engine: openai_http, openai_server: here, openai_model: spaced}}
routing:
  text_variant_selection:
    expert: {{model: served}}
"""


def test_space_before_the_first_word_is_dropped(folder: DataFolder, tmp_path: Path) -> None:
    with OpenAIEmulator([EmulatedModel("spaced", reply="\n\n  Con ssh-keygen.\n")]) as server:
        file = tmp_path / "sarai.yaml"
        file.write_text(FILE.format(base_url=server.base_url))
        pool = ModelPool(load_settings(file, environ=NO_OLLAMA), folder)
        with SARAiOrchestrator(pool=pool, preload=False) as assistant:
            seen = follow(assistant, "¿Cómo configuro SSH en Ubuntu?")
    assert seen.state["response"] == seen.text == "Con ssh-keygen.\n"
