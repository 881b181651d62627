"""What a person sees of feedback: /good and /bad, `sarai stats`, `learn` and `forget`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from core.feedback.log import FeedbackLog
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder
from tests.conftest import link_self_test
from tests.feedback.turns import simulated, turn
from tests.interfaces.conftest import SARAI, Sarai
from tests.interfaces.terminal import ENTER, Terminal

PROMPT = "\n›"


@pytest.fixture
def home(tmp_path: Path, shared_folder: DataFolder) -> DataFolder:
    """A data folder of the test's own."""
    own = open_data_folder(tmp_path / "home")
    link_self_test(own, shared_folder)
    return own


@pytest.fixture
def log(home: DataFolder) -> FeedbackLog:
    return FeedbackLog(Database(home.database))


@pytest.fixture
def talk(environment: Mapping[str, str], home: DataFolder) -> Iterator[Terminal]:
    variables = {**environment, "SARAI_HOME": str(home.root)}
    with Terminal(SARAI, variables) as terminal:
        terminal.expect("expert: self_test_expert (no solar_ollama)", within_s=60)
        terminal.expect(PROMPT)
        yield terminal


def say(talk: Terminal, words: str) -> str:
    talk.press(words + ENTER)
    talk.expect(words)
    return talk.expect(PROMPT)


def test_an_answer_is_rated_in_the_conversation_and_counted(
    talk: Terminal, sarai: Sarai, log: FeedbackLog
) -> None:
    assert "Nothing was answered yet." in say(talk, "/good")
    say(talk, "hola")
    assert "Noted: that answer was good." in say(talk, "/good")
    say(talk, "¿cómo estás?")
    assert "Noted: that answer was bad." in say(talk, "/bad")
    assert [each.signal for each in log.turns()] == ["good", "bad"]
    say(talk, "gracias, perfecto")
    assert [each.signal for each in log.turns()][:2] == ["good", "bad"]
    shown = sarai("stats").answer
    assert re.search(r"simple +es +self_test_tiny +\d +1 +\d +\d", shown)
    assert "In all: 3 turns, 1 good, 1 bad, 1 unknown." in shown
    assert "Learning is off" in shown
    assert "Deleted: 3 turns" in sarai("forget", "--feedback", "--yes").answer
    assert "is not in the log" in say(talk, "/good")
    assert "self-test reply" in say(talk, "hola")  # the conversation goes on


def test_an_empty_log_is_told(sarai: Sarai) -> None:
    assert sarai("stats").answer == "No turn is in the log.\n"
    assert sarai("stats", "--days", "7").answer == "No turn is in the log of the last 7 days.\n"
    assert json.loads(sarai("stats", "--json").answer) == []


def test_stats_of_the_last_days_for_programs(sarai: Sarai, log: FeedbackLog) -> None:
    for days in (1, 5, 40):
        log.append(turn(str(days), at=log.now() - timedelta(days=days), signal="thanks"))
    (line,) = json.loads(sarai("stats", "--days", "7", "--json").answer)
    assert line == {
        "task": "coding",
        "language": "es",
        "model": "small",
        "turns": 2,
        "good": 2,
        "bad": 0,
        "unknown": 0,
        "median_s": 1.5,
    }
    for wrong in ("0", "-3", "99999999999"):
        ended = sarai("stats", "--days", wrong)
        assert ended.code == 2
        assert "--days" in ended.about


def test_learning_is_refused_until_the_log_shows_that_it_is_not_worse(
    sarai: Sarai, log: FeedbackLog
) -> None:
    ended = sarai("learn")
    assert ended.code == 1
    assert "50 turns are needed" in ended.answer
    assert "It was not switched on." in ended.answer
    assert "feedback.explore_share" in ended.answer
    assert sarai("learn", "--off").answer == "Learning was off already.\n"
    for each in simulated({"default": 0.2, "other": 0.9}, 200, seed=1, explore_share=0.5):
        log.append(each)
    dry = sarai("learn", "--dry-run")
    assert dry.code == 0
    assert "It is not worse" in dry.answer
    assert "Learning is off" in dry.answer
    assert "not switched on" not in dry.answer
    switched = sarai("learn")
    assert switched.code == 0
    assert "Learning is on since" in switched.answer
    assert "Learning is on since" in sarai("stats").answer
    assert sarai("learn", "--off").answer == "Learning is off now.\n"


def test_forgetting_needs_to_be_said_and_confirmed(sarai: Sarai, log: FeedbackLog) -> None:
    log.append(turn())
    for words in (("forget",), ("forget", "--feedback")):
        ended = sarai(*words)
        assert ended.code == 2
        assert "--feedback" in ended.about or "--yes" in ended.about
    assert len(log.turns()) == 1
    told = sarai("forget", "--feedback", "--yes").answer
    assert "Deleted: 1 turns" in told
    assert log.turns() == []
