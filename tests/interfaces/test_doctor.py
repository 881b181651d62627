"""`sarai doctor`, called as the shell calls it, on machines that lack this or that."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.doctor import examine
from core.doctor.table import CHECKS
from core.interfaces.commands.doctor import show
from core.interfaces.presenter import terminal_presenter
from core.storage.folder import DataFolder
from tests import tiny_models
from tests.doctor.surroundings import surroundings
from tests.doctor.test_data_folder import tree
from tests.interfaces.conftest import Ended, Sarai
from tests.ollama_emulator import EmulatedModel, OllamaEmulator

NAMES = [check.name for check in CHECKS]
Configure = Callable[[dict[str, Any]], None]


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    def write(settings: dict[str, Any]) -> None:
        (tmp_path / "sarai.yaml").write_text(yaml.safe_dump(settings))
        monkeypatch.setenv("SARAI_CONFIG", str(tmp_path / "sarai.yaml"))

    return write


Findings = dict[tuple[str, str], dict[str, str]]


def findings(ended: Ended) -> Findings:
    """By check and subject; whatever is not in order has a cure."""
    data = json.loads(ended.answer)
    assert set(data) == {"status", "findings"}
    assert list(dict.fromkeys(each["check"] for each in data["findings"])) == NAMES
    for each in data["findings"]:
        assert set(each) == {"check", "subject", "status", "found", "cure"}
        assert "\n" not in each["found"] + each["cure"]
        assert bool(each["cure"]) == (each["status"] != "ok"), each
    assert (ended.code == 1) == (data["status"] == "fail")
    return {(each["check"], each["subject"]): each for each in data["findings"]}


def test_a_bare_machine(sarai: Sarai, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("SARAI_HOME", str(tmp_path / "home"))
    ended = sarai("doctor", "--json")
    found = findings(ended)
    assert ended.code == 0  # embedded models answer
    for name in ("python", "agents_package", "llama_cpp", "configuration", "data_folder"):
        assert found[name, ""]["status"] == "ok", found[name, ""]
    assert "no working C++17 compiler" in found["compiler", ""]["found"]
    assert "not installed" in found["models", "lfm2_1_2b"]["found"]
    assert "LiquidAI/LFM2-1.2B-GGUF" in found["models", "lfm2_1_2b"]["cure"]
    assert "does not answer" in found["ollama", ""]["found"]
    assert "ollama pull solar:10.7b" in found["ollama", ""]["cure"]
    assert "espeak-ng is not installed" in found["speech", ""]["found"]
    assert "Install espeak-ng" in found["speech", ""]["cure"]
    assert found["qdrant", ""]["found"] == "not configured, not needed"
    assert not (tmp_path / "home").exists()


def test_a_bare_machine_without_a_word_of_configuration(
    sarai: Sarai, tmp_path: Path, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure({})
    monkeypatch.setenv("SARAI_HOME", str(tmp_path / "home"))
    found = findings(sarai("doctor", "--json"))
    assert found["ollama", ""]["status"] == "ok"  # nobody asked for it
    assert (
        "nano_audio or nano_text answers in its place" in found["models", "qwen_omni_3b"]["found"]
    )
    assert "sarai models pull lfm2_1_2b" in found["models", "lfm2_1_2b"]["cure"]
    assert ("models", "qwen3_5_2b") not in found
    assert found["models", "nano_audio"]["status"] == "ok"


def test_with_ollama(sarai: Sarai, monkeypatch: pytest.MonkeyPatch) -> None:
    with OllamaEmulator([EmulatedModel("solar:10.7b")]) as server:
        monkeypatch.setenv("SARAI__OLLAMA__BASE_URL", server.base_url)
        found = findings(sarai("doctor", "--json"))
        paths = {request.path for request in server.requests("/api/generate")}
        assert not paths
        assert not server.is_loaded("solar:10.7b")
    assert found["ollama", ""]["status"] == "ok"
    assert found["ollama", ""]["found"].endswith("with solar:10.7b")
    assert found["models", "solar_ollama"]["status"] == "ok"


def test_a_broken_file(sarai: Sarai, tmp_path: Path, configure: Configure) -> None:
    broken = tiny_models.scripted_text(tmp_path)
    broken.write_bytes(broken.read_bytes()[:-100])
    configure({"models": {"lfm2_1_2b": {"gguf_file": str(broken)}}})
    ended = sarai("doctor", "--json")
    found = findings(ended)["models", "lfm2_1_2b"]
    assert (ended.code, found["status"]) == (1, "fail")
    assert f"{broken} is not a usable model file: it is incomplete" in found["found"]
    assert found["cure"] == "Delete the file and download it again."


def test_two_gigabytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = examine(surroundings(tmp_path / "m", total_mb=2048, available_mb=150), CHECKS)
    code = show(report, terminal_presenter(), as_json=True)
    found = findings(Ended(code, *capsys.readouterr()))
    memory = found["memory", ""]
    assert "this machine has 2048 MiB, so models may take 1792" in memory["found"]
    assert "sarai models fit" in memory["cure"]
    assert "Close other programs" in found["memory", "now"]["cure"]
    for name in ("solar_gguf", "qwen_omni_3b", "qwen3_vl_4b"):
        assert "it would never fit: needs " in found["models", name]["found"]
        assert "Name a smaller model" in found["models", name]["cure"]


def test_every_mistake_of_the_configuration_with_its_line(sarai: Sarai, tmp_path: Path) -> None:
    file = tmp_path / "sarai.yaml"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SARAI_CONFIG", str(file))
        file.write_text("runtime:\n  budget: 1\n  threads: many\n")
        ended = sarai("doctor", "--json")
        data = list(json.loads(ended.answer)["findings"])
        told = [each["found"] for each in data if each["check"] == "configuration"]
        assert ended.code == 1
        assert [line.split(" ")[0] for line in told] == [f"{file}:2:", f"{file}:3:"]
        assert "Did you mean runtime.budget_mb?" in ended.answer
        models = next(each for each in data if each["check"] == "models")
        assert models["found"] == "not looked at: the configuration has errors"
        file.write_text("runtime: [\n")
        assert f"{file}:" in sarai("doctor", "--json").answer


def test_a_person_reads_it_in_80_columns(
    sarai: Sarai, tmp_path: Path, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "damaged.gguf").write_bytes(b"no GGUF")
    configure({"models": {"lfm2_1_2b": {"gguf_file": str(tmp_path / "damaged.gguf")}}})
    ended = sarai("--health")
    assert (ended.code, ended.about) == (1, "")
    assert max(map(len, ended.answer.splitlines())) <= 80
    rows, _, problems = ended.answer.partition("What mends them:\n")
    assert [line.split()[1] for line in rows.splitlines() if line[6:7].strip()][:2] == NAMES[:2]
    first, *_ = problems.splitlines()
    assert first.startswith("fail  models")
    assert "→ Delete the file and download it again." in problems


def test_a_servers_words_move_no_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with OllamaEmulator([EmulatedModel("odd\x1b[2J[red]")]) as server:
        around = surroundings(tmp_path / "m", {"ollama": {"base_url": server.base_url}})
        report = examine(around, [check for check in CHECKS if check.name == "ollama"])
    show(report, terminal_presenter(), as_json=False)
    assert "odd?[2J[red]" in capsys.readouterr().out


def test_health_is_the_same_command(sarai: Sarai) -> None:
    assert sarai("--health", "--help").answer == sarai("doctor", "--help").answer
    assert "--json" in sarai("--health", "--help").answer
    assert sarai("doctor", "--health").code == 2


def test_nothing_is_changed_nor_left_behind(
    sarai: Sarai, home: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sarai("ask", "hola").code == 0
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = tree(home.root)
    findings(sarai("doctor", "--json"))
    assert tree(home.root) == before
    assert list(scratch.iterdir()) == []
