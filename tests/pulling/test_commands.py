"""`sarai models pull`, called as the shell calls them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.storage.folder import DataFolder
from tests import tiny_models
from tests.hub_emulator import HubEmulator, Spoil
from tests.interfaces.conftest import Sarai
from tests.interfaces.terminal import CTRL_C, Terminal
from tests.pulling.conftest import CONTENT, FILE, REPOSITORY, Configure, configured

OMNI = "ggml-org/Qwen2.5-Omni-3B-GGUF"
OMNI_FILE = "Qwen2.5-Omni-3B-Q4_K_M.gguf"


@pytest.fixture
def hub(model: bytes) -> Iterator[HubEmulator]:
    files = {
        REPOSITORY: {FILE: model},
        OMNI: {OMNI_FILE: CONTENT},
        "LiquidAI/mine": {"everyday.gguf": model},
    }
    with HubEmulator(files) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def _hub_and_configuration(
    hub: HubEmulator, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    monkeypatch.setenv("COLUMNS", "100")
    configure(configured({REPOSITORY: {FILE: b""}}))


def serving(sarai: Sarai, role: str) -> list[str]:
    """The words of a role's line in `sarai models`."""
    lines = sarai("models").answer.splitlines()
    return next(line.split() for line in lines if line.startswith(f"{role} "))


def test_a_model_that_was_pulled_answers_at_once(
    sarai: Sarai, hub: HubEmulator, configure: Configure
) -> None:
    everyday = {"repo_id": "LiquidAI/mine", "gguf_file": "everyday.gguf", "context_length": 512}
    configure({"models": {"lfm2_1_2b": everyday}, "generation": {"temperature": 0}})
    assert serving(sarai, "tiny")[:2] != ["tiny", "lfm2_1_2b"]
    pulled = sarai("models", "pull", "tiny")
    assert pulled.code == 0, pulled.about
    state = json.loads(sarai("ask", "hola", "--json").answer)
    assert (state["model_used"], state["response"]) == ("lfm2_1_2b", tiny_models.REPLY)
    row = serving(sarai, "tiny")
    assert row[:4] == ["tiny", "lfm2_1_2b", "on", "disk"]
    assert row[-2:] == ["auto:", "pulled"]


def test_a_second_pull_gets_nothing(sarai: Sarai, hub: HubEmulator) -> None:
    first = sarai("models", "pull", "small")
    assert first.code == 0
    assert "small  small.gguf" in first.answer
    assert f"to get from {hub.endpoint}." in first.about
    sent, asked = hub.sent_bytes, len(hub.requests("hub"))
    second = sarai("models", "pull", "small")
    assert second.code == 0
    assert "Nothing to get: all of it is here." in second.about
    assert (hub.sent_bytes, len(hub.requests("hub"))) == (sent, asked)


def test_a_dry_run_gets_nothing(sarai: Sarai, hub: HubEmulator, home: DataFolder) -> None:
    ended = sarai("models", "pull", "small", "--dry-run")
    assert ended.code == 0
    assert "missing" in ended.answer
    assert hub.sent_bytes == 0
    assert list(home.models.iterdir()) == []


def test_a_dry_run_of_everything_shows_the_published_sizes(sarai: Sarai) -> None:
    ended = sarai("models", "pull", "--dry-run")
    assert ended.code == 1  # this hub has none of them
    assert ended.answer.count("failed") == 7
    assert "6.46 GB" in ended.answer
    assert "CC BY-NC 4.0, no commercial use: solar_gguf" in ended.about


@pytest.fixture
def restricted(configure: Configure, hub: HubEmulator) -> None:
    """A model under a licence that excludes commercial use."""
    entry = {
        "repo_id": OMNI,
        "gguf_file": OMNI_FILE,
        "mmproj_file": None,
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "max_memory_mb": 100,
    }
    configure(
        {"models": {"qwen_omni_3b": entry, **configured({REPOSITORY: {FILE: b""}})["models"]}}
    )


@pytest.mark.usefixtures("restricted")
def test_a_restricted_licence_has_to_be_accepted_once(sarai: Sarai, hub: HubEmulator) -> None:
    refused = sarai("models", "pull", "omni")
    assert refused.code == 2
    assert "under the Qwen Research License, which excludes commercial use" in refused.answer
    assert "Add --accept-licence to mean it." in refused.about
    assert hub.sent_bytes == 0
    assert sarai("models", "pull", "omni", "--accept-licence").code == 0
    assert sarai("models", "rm", "omni", "--yes").code == 0
    again = sarai("models", "pull", "omni")
    assert again.code == 0
    assert "commercial use:" not in again.answer


@pytest.mark.usefixtures("restricted")
def test_who_does_not_accept_gets_the_others(
    on_terminal: Callable[..., Terminal],
    hub: HubEmulator,
    home: DataFolder,
) -> None:
    environ = {name: os.environ[name] for name in ("SARAI_CONFIG", "HF_ENDPOINT", "NO_PROXY")}
    with on_terminal("models", "pull", "small", "omni", **environ) as terminal:
        terminal.expect("Do you accept this? [y/N]")
        terminal.press("n\r")
        terminal.expect("Left out: qwen_omni_3b.")
        assert terminal.wait() == 0
    assert (home.models / "small-GGUF" / FILE).exists()
    assert hub.sent_bytes == len(hub.repositories[REPOSITORY][FILE])


def test_bars_on_a_terminal_and_control_c_keeps_what_came(
    on_terminal: Callable[..., Terminal],
    hub: HubEmulator,
    home: DataFolder,
) -> None:
    hub.bytes_per_s = len(hub.repositories[REPOSITORY][FILE]) / 6
    environ = {name: os.environ[name] for name in ("SARAI_CONFIG", "HF_ENDPOINT", "NO_PROXY")}
    with on_terminal("models", "pull", "small", **environ) as terminal:
        terminal.expect_match(r"small\.gguf.*B/s")
        assert hub.wait_for_bytes(20_000)
        terminal.press(CTRL_C)
        terminal.expect("What came so far is kept")
        assert terminal.wait(within_s=5) == 130
    [part] = home.models.rglob("*.part")
    assert part.stat().st_size >= 8_000


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("HF_HUB_OFFLINE", "1", "HF_HUB_OFFLINE is set"),
        ("HF_ENDPOINT", "somewhere", "HF_ENDPOINT is 'somewhere', no address"),
    ],
)
def test_the_hubs_own_variables_are_respected(
    sarai: Sarai, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv(variable, value)
    ended = sarai("models", "pull", "small")
    assert ended.code == 2
    assert told in ended.about


def test_files_of_a_folder_need_no_network(
    sarai: Sarai,
    hub: HubEmulator,
    model: bytes,
    home: DataFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    stick = tmp_path / "stick"
    (stick / "small-GGUF").mkdir(parents=True)
    nothing = sarai("models", "pull", "small", "--from", str(stick))
    assert nothing.code == 1
    assert f"{FILE} is not in {stick}" in nothing.about
    (stick / "small-GGUF" / FILE).write_bytes(model)
    assert sarai("models", "pull", "small", "--from", str(stick)).code == 0
    assert (home.models / "small-GGUF" / FILE).read_bytes() == model
    assert hub.requests("hub") == []
    assert sarai("models", "pull", "small", "--from", str(tmp_path / "gone")).code == 2


def test_a_folder_with_the_wrong_file_is_refused(
    sarai: Sarai, configure: Configure, tmp_path: Path, home: DataFolder
) -> None:
    entry = {**configured({REPOSITORY: {FILE: b""}})["models"]["small"], "sha256": "a" * 64}
    configure({"models": {"small": entry}})
    (tmp_path / FILE).write_bytes(b"another")
    ended = sarai("models", "pull", "small", "--from", str(tmp_path))
    assert ended.code == 1
    assert "is not the file that it should be" in ended.about
    assert not list(home.models.rglob("*.gguf"))


def test_what_could_never_be_loaded_is_got_only_by_will(
    sarai: Sarai, hub: HubEmulator, configure: Configure
) -> None:
    entry = {**configured({REPOSITORY: {FILE: b""}})["models"]["small"], "max_memory_mb": 10**6}
    configure({"models": {"small": entry}})
    refused = sarai("models", "pull", "small")
    assert refused.code == 1
    assert "small takes about 1000000 MiB, and models may take" in refused.about
    assert hub.sent_bytes == 0
    assert sarai("models", "pull", "small", "--dry-run").code == 1
    assert sarai("models", "pull", "small", "--anyway").code == 0


def test_a_failure_is_told_and_the_exit_code_says_so(sarai: Sarai, hub: HubEmulator) -> None:
    hub.fail_next(Spoil())
    ended = sarai("models", "pull", "small")
    assert ended.code == 1
    assert "small.gguf is not the file that it should be" in ended.about
    assert sarai("models", "pull", "small", "--at-once", "9").code == 2
    assert sarai("models", "pull", "smal").code == 2
