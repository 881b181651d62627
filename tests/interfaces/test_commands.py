"""The commands, called as the shell calls them, and what they answer it."""

from __future__ import annotations

import json
import logging
import tarfile
from pathlib import Path

import pytest
import yaml

from core.errors import StorageError
from core.interfaces.program_log import program_log
from core.storage.folder import DataFolder
from tests.interfaces.conftest import Sarai
from tests.storage.conftest import mode

TINY = "self-test reply: the tiny model is running"


def test_ask_answers_on_one_stream_and_tells_about_it_on_the_other(sarai: Sarai) -> None:
    ended = sarai("ask", "hola")
    assert ended.code == 0
    assert ended.answer.startswith(TINY)
    assert ended.answer.count("\n") == 1
    absent, footer = ended.about.splitlines()
    assert absent == "! not available: lfm2_1_2b (sarai models --verbose says why)"
    assert footer.startswith("tiny · self_test_tiny · ")


def test_ask_takes_standard_input_alone_or_where_a_dash_stands(sarai: Sarai) -> None:
    alone = sarai("ask", "--json", given="¿cómo estás?\n".encode())
    assert json.loads(alone.answer)["input"] == "¿cómo estás?"
    part = sarai("ask", "--json", "resume:", "-", given=b"\xef\xbb\xbfa\nb\n")  # as Windows writes
    assert json.loads(part.answer)["input"] == "resume: a\nb"


def test_ask_attaches_a_file_whose_quotes_the_shell_removed(
    sarai: Sarai, samples: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "mi foto.png"
    photo.write_bytes((samples / "red.png").read_bytes())
    state = json.loads(sarai("ask", "--json", "¿qué es", f"@{photo}").answer)
    assert (state["input"], state["images"]) == ("¿qué es", [str(photo)])
    assert state["agent_used"] == "vision"


def test_a_named_thread_is_remembered(sarai: Sarai) -> None:
    prompts = []
    for _ in range(2):
        state = json.loads(sarai("ask", "--json", "--thread", "casa", "hola").answer)
        prompts.append(state["usage"]["prompt_tokens"])
    assert prompts[1] > prompts[0]
    assert len(state["history"]) == 2


def test_each_line_is_answered_and_a_bad_one_fails_alone(sarai: Sarai) -> None:
    ended = sarai(given=b"hola\n\n@nada.jpg\nhola\n")
    assert ended.code == 1
    assert ended.answer.count(TINY) == 2
    assert "There is no file nada.jpg." in ended.about
    assert ended.about.count("! not available: lfm2_1_2b") == 1


def test_commands_in_a_pipe_are_no_questions(sarai: Sarai) -> None:
    ended = sarai(given=b"/last\nhola\n/last\n/statuss\n/exit\nhola\n")
    assert ended.code == 1
    assert ended.answer.count(TINY) == 1
    assert "▶ [end]" in ended.answer
    assert "Nothing was answered yet" in ended.about
    assert "Did you mean /status?" in ended.about


@pytest.mark.parametrize(
    ("arguments", "given", "told"),
    [
        (("ask",), b"", "There is no question."),
        (("ask", "@nada.jpg"), b"", "There is no file nada.jpg."),
        (("ask", "@https://example.org/a.png"), b"", "nothing is fetched from the network"),
        (("ask",), b"\xff\xfe", "not UTF-8 text"),
        ((), b"\xff\xfe", "not UTF-8 text"),
        (("ask", "\udcff"), b"", "not UTF-8 text"),
        (("ask", "--thread", "", "hola"), b"", "thread_id"),
        (("aks", "hola"), b"", "Try: sarai --help"),
        (("data",), b"", "Try: sarai data --help"),
        (("data", "delete"), b"", "Add --yes"),
    ],
)
def test_bad_input_is_told_and_nothing_else_happens(
    sarai: Sarai, arguments: tuple[str, ...], given: bytes, told: str
) -> None:
    ended = sarai(*arguments, given=given)
    assert ended.code == 2
    assert ended.answer == ""
    assert told in ended.about
    assert "Traceback" not in ended.about


@pytest.mark.parametrize("arguments", [("ask", "hola"), ("models",), ("config",), ()])
def test_a_broken_configuration_is_named_with_its_line(
    sarai: Sarai, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "sarai.yaml"
    broken.write_text("runtimes:\n  budget_mb: 1\n")
    monkeypatch.setenv("SARAI_CONFIG", str(broken))
    ended = sarai(*arguments, given=b"hola\n")
    assert ended.code == 2
    assert ended.about.startswith(f"sarai: {broken}:1: runtimes is not a setting.")


def test_a_data_folder_that_cannot_be_is_a_failure(
    sarai: Sarai, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SARAI_HOME", str(tmp_path / "file"))
    ended = sarai("ask", "hola")
    assert ended.code == 1
    assert "Set SARAI_HOME to a folder you can write to." in ended.about


@pytest.mark.parametrize("arguments", [("ask", "hola"), ("models",), ("doctor",), ("data", "path")])
def test_a_data_folder_of_nobody_is_told_by_every_command(
    sarai: Sarai, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARAI_HOME", "~nosuchuser")
    ended = sarai(*arguments)
    assert (ended.code, ended.answer) == (1, "")
    assert ended.about.startswith("sarai: SARAI_HOME is ~nosuchuser, and no home folder is known")


def test_graph_marks_the_way_of_the_last_answer(sarai: Sarai) -> None:
    sarai("ask", "hola")
    assert "route ==> tiny" in sarai("graph", "--last").answer
    assert "==>" not in sarai("graph").answer
    drawn = sarai("graph", "--ascii", "--last").answer
    assert "└━━▶ [tiny " in drawn
    assert "├──▶ (expert)" in drawn


def test_graph_last_before_any_answer(
    sarai: Sarai, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARAI_HOME", str(tmp_path / "new"))
    ended = sarai("graph", "--last")
    assert (ended.code, ended.answer) == (2, "")
    assert "Nothing ran yet." in ended.about


def test_config_shows_yaml_that_could_be_a_configuration(sarai: Sarai) -> None:
    shown = sarai("config", "show")
    assert shown.code == 0
    assert yaml.safe_load(shown.answer)["ollama"]["base_url"] == "http://127.0.0.1:9"
    assert "# SARAI__OLLAMA__BASE_URL sets ollama.base_url" in shown.answer
    assert sarai("config").answer == shown.answer


def test_models_verbose_says_what_is_missing_and_where_to_get_it(sarai: Sarai) -> None:
    shown = sarai("models", "--verbose").answer
    assert "qwen3_vl_4b · Qwen3-VL 4B · not installed\n" in shown
    assert "    projector  mmproj-Qwen3VL-4B-Instruct-Q8_0.gguf\n" in shown
    assert "    from       https://huggingface.co/Qwen/Qwen3-VL-4B-Instruct-GGUF\n" in shown
    assert "    problem    Ollama does not answer at http://127.0.0.1:9." in shown
    assert "    memory     1 weights + " in shown


def test_version_and_help(sarai: Sarai) -> None:
    assert sarai("--version").answer.startswith("sarai")
    shown = sarai("--help").answer
    for command in ("ask", "graph", "config", "models", "data"):
        assert f"    {command} " in shown
    assert max(map(len, shown.splitlines())) <= 90


def test_data_path_backup_and_delete(
    sarai: Sarai, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "data"
    monkeypatch.setenv("SARAI_HOME", str(root))
    assert sarai("data", "path").answer == f"{root}\n"
    assert not root.exists()
    saved = tmp_path / "saved.tar.gz"
    (root / "models").mkdir(parents=True)
    (root / "models" / "mine.gguf").touch()
    (root / "prompt_history").touch()
    assert sarai("data", "backup", str(saved)).answer == f"{saved}\n"
    with tarfile.open(saved) as archive:
        assert archive.getnames() == ["prompt_history"]
    again = sarai("data", "backup", str(saved))
    assert (again.code, again.answer) == (1, "")
    ended = sarai("data", "delete", "--yes")
    assert ended.answer == f"Deleted what SARAi kept in {root}\nleft: {root / 'models'}\n"
    assert sarai("data", "delete", "--yes", "--models").code == 0
    assert not root.exists()


def test_log_records_go_to_a_private_file_and_nowhere_else(sarai: Sarai, home: DataFolder) -> None:
    ended = sarai(given=b"hola\n")
    assert "preload" not in ended.answer + ended.about
    assert "core.model_pool.preload: lfm2_1_2b is not there" in home.program_log.read_text()
    assert mode(home.program_log) == 0o600
    before = home.program_log.stat().st_size
    logging.getLogger("core").error("after the command")
    assert home.program_log.stat().st_size == before


def test_the_log_keeps_within_its_size(home: DataFolder) -> None:
    with program_log(home):
        for _ in range(300):
            logging.getLogger("core").info("x" * 10_000)
    files = sorted(home.logs.glob("sarai.log*"))
    assert [file.name for file in files] == ["sarai.log", "sarai.log.1", "sarai.log.2"]
    assert all(mode(file) == 0o600 and file.stat().st_size <= 2**20 for file in files)


def test_a_log_that_cannot_be_written_is_named(home: DataFolder, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "nowhere")
    with pytest.raises(StorageError, match=r"sarai\.log cannot be written"), program_log(folder):
        pass
