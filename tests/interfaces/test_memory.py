"""What a person sees of memory: /remember, /memory, /forget and `sarai memory`."""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from core.storage.folder import DataFolder, open_data_folder
from tests.conftest import link_self_test
from tests.interfaces.conftest import SARAI, Sarai
from tests.interfaces.terminal import ENTER, Terminal

PROMPT = "\n›"
LUNA = "mi perro se llama Luna"


@pytest.fixture
def home(tmp_path: Path, shared_folder: DataFolder) -> DataFolder:
    """A data folder of the test's own."""
    own = open_data_folder(tmp_path / "home")
    link_self_test(own, shared_folder)
    return own


def say(talk: Terminal, words: str) -> str:
    talk.press(words + ENTER)
    talk.expect(words)
    return talk.expect(PROMPT)


def test_a_conversation_remembers_searches_and_forgets(
    environment: Mapping[str, str], home: DataFolder, sarai: Sarai
) -> None:
    with Terminal(SARAI, {**environment, "SARAI_HOME": str(home.root)}) as talk:
        talk.expect("expert: self_test_expert (no solar_ollama)", within_s=60)
        talk.expect(PROMPT)
        assert "Nothing is remembered." in say(talk, "/memory")
        assert LUNA in say(talk, f"/remember {LUNA}")
        assert "remembered: vivo en Lugo" in say(talk, "recuerda que vivo en Lugo")
        assert f"from memory #1: {LUNA}" in say(talk, "¿cómo se llama mi perro?")
        listed = say(talk, "/memory")
        assert LUNA in listed
        assert "vivo en Lugo" in listed
        assert f"fact  {LUNA}" in say(talk, "/memory search perro").splitlines()[1]
        assert "Use /remember TEXT" in say(talk, "/remember")
        assert "Use /memory search WORDS" in say(talk, "/memory perro")
        assert "Use /memory search WORDS" in say(talk, "/memory search")
        wrong = say(talk, "/forget perro")
        assert "nothing was forgotten" in wrong
        assert f"#1: {LUNA}" in wrong
        assert "Forgotten: 1" in say(talk, "/forget 1")
        assert "from memory" not in say(talk, "¿y cómo se llama mi perro?")
        assert "/remember TEXT" in say(talk, "/help")
    listed = sarai("memory", "list").answer
    assert "vivo en Lugo" in listed
    assert LUNA not in listed


def test_the_command_line_does_the_same(sarai: Sarai, home: DataFolder) -> None:
    assert sarai("memory", "list").answer == "Nothing is remembered.\n"
    assert LUNA in sarai("memory", "remember", *LUNA.split()).answer
    assert sarai("memory", "search", "perro").answer.endswith(f"fact  {LUNA}\n")
    (row,) = json.loads(sarai("memory", "list", "--json").answer)
    assert (row["id"], row["kind"], row["text"]) == (1, "fact", LUNA)
    (found,) = json.loads(sarai("memory", "search", "--json", "perro").answer)
    assert found["score"] > 0.5
    assert "Nothing is remembered." in sarai("memory", "--user", "ana", "list").answer
    ended = sarai("memory", "forget", "gato")
    assert (ended.code, "nothing was forgotten" in ended.about) == (2, True)
    assert "Forgotten: 1" in sarai("memory", "forget", *LUNA.split()).answer
    assert stat.S_IMODE(home.memory.stat().st_mode) == 0o600


def test_memories_travel_by_file_and_forgotten_ones_stay_behind(
    sarai: Sarai, tmp_path: Path
) -> None:
    sarai("memory", "remember", LUNA)
    sarai("memory", "remember", "vivo en Lugo")
    target = tmp_path / "memories.jsonl"
    assert "2 memories are in" in sarai("memory", "export", str(target)).answer
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    again = sarai("memory", "export", str(target))
    assert (again.code, "cannot be written" in again.about) == (2, True)
    assert sarai("memory", "export", "-").answer == target.read_text(encoding="utf-8")
    sarai("memory", "forget", LUNA)
    told = sarai("memory", "import", str(target)).answer
    assert told == "0 memories are new, 1 were there already, 1 stay forgotten.\n"
    given = target.read_bytes()
    told = sarai("memory", "--user", "ana", "import", "-", given=given).answer
    assert "2 memories are new" in told


def test_a_file_that_cannot_be_taken_is_told_and_nothing_of_it_is(
    sarai: Sarai, tmp_path: Path
) -> None:
    target = tmp_path / "memories.jsonl"
    target.write_text(f'{{"text": "{LUNA}"}}\n{{"txt": "vivo en Lugo"}}\n', encoding="utf-8")
    ended = sarai("memory", "import", str(target))
    assert ended.code == 2
    assert "Line 2 is no memory: text: Field required. Nothing was imported." in ended.about
    target.write_bytes(b"\xff\xfe")
    assert "not written in UTF-8" in sarai("memory", "import", str(target)).about
    assert "No such file" in sarai("memory", "import", str(tmp_path / "nothing")).about
    assert sarai("memory", "list").answer == "Nothing is remembered.\n"


def test_everything_goes_when_it_was_said_and_confirmed(sarai: Sarai) -> None:
    sarai("memory", "remember", LUNA)
    sarai("memory", "--user", "ana", "remember", LUNA)
    refused = sarai("forget", "--memory")
    assert (refused.code, "--yes" in refused.about) == (2, True)
    assert sarai("forget", "--memory", "--feedback").code == 2
    assert "Deleted: 2 memories" in sarai("forget", "--memory", "--yes").answer
    assert sarai("memory", "list").answer == "Nothing is remembered.\n"
