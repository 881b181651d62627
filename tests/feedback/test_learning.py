"""The switch of learning, and what is drawn while it is on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import InvalidInput
from core.feedback.forgetting import Forgotten, forget_feedback
from core.feedback.learning import Learning
from core.feedback.log import FeedbackLog
from core.feedback.record import Context
from core.feedback.replay import Replay
from core.storage.database import Database
from tests.feedback.turns import CODING, NOON, simulated, turn

PASSED = Replay(100, 100, 100, default=0.5, gain=0.2, low=0.1, high=0.3)
OPTIONS = ("default", "other")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "sarai.db")
    database.stay_open()
    yield database
    database.close()


@pytest.fixture
def log(database: Database) -> FeedbackLog:
    """In which `other` was better than `default` at coding."""
    log = FeedbackLog(database, now=lambda: NOON)
    for each in simulated({"default": 0.1, "other": 0.9}, 60, seed=1, explore_share=0.5):
        log.append(replace(each, at=NOON))
    return log


def test_it_is_off_until_a_replay_was_passed(database: Database, log: FeedbackLog) -> None:
    learning = Learning(database, log)
    for failed in (replace(PASSED, low=-0.1), replace(PASSED, compared=10), Replay(0, 0, 0)):
        with pytest.raises(InvalidInput, match="not show"):
            learning.switch_on(failed)
    assert learning.switched_on() is None
    assert not learning.may_draw()
    assert learning.draw(CODING, OPTIONS, seed="a") is None
    learning.switch_on(PASSED)
    on = Learning(database, log).switched_on()
    assert on is not None
    assert (on.since, on.turns, on.gain, on.low, on.high) == (NOON, 100, 0.2, 0.1, 0.3)
    assert learning.switch_off()
    assert not learning.switch_off()
    assert learning.draw(CODING, OPTIONS, seed="a") is None


def test_what_was_learned_decides_where_it_was_learned(
    database: Database, log: FeedbackLog
) -> None:
    learning = Learning(database, log)
    learning.switch_on(PASSED)
    draw = learning.draw(CODING, OPTIONS, seed="a")
    assert draw is not None
    assert draw["shares"]["other"] == pytest.approx(0.8, abs=0.01)
    elsewhere = learning.draw(Context("writing", "easy", "en"), OPTIONS, seed="a")
    assert elsewhere is not None
    assert elsewhere["shares"] == {"default": 1.0, "other": 0.0}
    assert learning.draw(CODING, ("default",), seed="a") is None
    assert learning.draw(CODING, (), seed="a") is None


def test_exploring_needs_no_switch(database: Database, log: FeedbackLog) -> None:
    learning = Learning(database, log, explore_share=0.1)
    assert learning.may_draw()
    draw = learning.draw(CODING, OPTIONS, seed="a")
    assert draw is not None
    assert draw["shares"] == {"default": pytest.approx(0.95), "other": pytest.approx(0.05)}
    assert draw == learning.draw(CODING, OPTIONS, seed="a")


def test_forgetting_leaves_nothing_in_the_bytes(
    database: Database, log: FeedbackLog, tmp_path: Path
) -> None:
    earlier = tmp_path / "feedback.jsonl"
    earlier.write_text('{"input": "calamar"}\n')
    log.append(replace(turn("secreto"), model="calamar"))
    Learning(database, log).switch_on(PASSED)
    assert b"calamar" in on_disk(tmp_path)
    assert forget_feedback(database, earlier) == Forgotten(61, learning=True, earlier_log=True)
    assert log.turns() == []
    assert Learning(database, log).switched_on() is None
    assert not earlier.exists()
    for word in (b"calamar", b"secreto", b"coding"):
        assert word not in on_disk(tmp_path)
    assert forget_feedback(database, earlier) == Forgotten(0, learning=False, earlier_log=False)
    log.append(turn())
    assert log.turns() == [turn()]


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())
