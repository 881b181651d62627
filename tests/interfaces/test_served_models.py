"""What the commands say of models on OpenAI-compatible servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.interfaces.cli import main
from core.storage.folder import DataFolder
from tests.openai_emulator import EmulatedModel, OpenAIEmulator

KEY = "sk-secret-of-the-test"
FILE = """\
openai:
  servers:
    here: {{base_url: "{base_url}", api_key_env: HERE_KEY}}
    tunnel: {{base_url: "{base_url}", api_key_env: HERE_KEY, leaves_this_machine: true}}
models:
  served: {{name: A, engine: openai_http, openai_server: here, openai_model: qwen3-4b}}
  far: {{name: B, engine: openai_http, openai_server: tunnel, openai_model: qwen3-4b}}
  missing: {{name: C, engine: openai_http, openai_server: here, openai_model: gpt}}
"""


@pytest.fixture(autouse=True)
def server(
    tmp_path: Path, home: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenAIEmulator]:
    with OpenAIEmulator([EmulatedModel("qwen3-4b")], api_key=KEY) as emulator:
        file = tmp_path / "sarai.yaml"
        file.write_text(FILE.format(base_url=emulator.base_url))
        monkeypatch.setenv("SARAI_HOME", str(home.root))
        monkeypatch.setenv("SARAI_CONFIG", str(file))
        monkeypatch.setenv("HERE_KEY", KEY)
        yield emulator


def told_of(model: str, shown: str) -> str:
    """The lines of one model."""
    _, _, after = shown.partition(f"\n{model} · ")
    return after.partition("\nself_test")[0].split("\nfar ·")[0].split("\nmissing ·")[0]


def test_verbose_names_the_server_the_price_and_what_leaves(
    capsys: pytest.CaptureFixture[str], server: OpenAIEmulator
) -> None:
    assert main(["models", "--verbose"]) == 0
    shown = capsys.readouterr().out
    served, far, missing = (told_of(name, shown) for name in ("served", "far", "missing"))
    assert f"here · {server.base_url}\n" in served
    assert "0 in, 0 out, USD a million tokens" in served
    assert "leaves this machine" not in served
    assert "tunnel" in far
    assert "what you ask leaves this machine" in far
    assert "not configured" in far
    assert "Write one of its names as openai_model: qwen3-4b." in missing
    assert server.requests() == []


@pytest.mark.parametrize("command", ["config show", "models --verbose", "models fit"])
def test_the_key_is_shown_nowhere(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert main(command.split()) == 0
    written = capsys.readouterr()
    assert "served" in written.out
    assert KEY not in written.out + written.err
