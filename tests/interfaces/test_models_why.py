"""`sarai models why`, called as the shell calls it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from core.interfaces.evictions import SHOWN, WHAT_COST_MEANS
from core.model_pool.eviction_log import EvictionLog
from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.decisions import EvictionRecord, Leaver
from core.storage.database import Database
from core.storage.folder import DataFolder
from tests.interfaces.conftest import Sarai

TINY, LFM = Leaver("self_test_tiny", 60, 0.00123), Leaver("lfm2_1_2b", 1100, 0.25)
OLD = Leaver("taken_out", 900, 1e-301)


@pytest.fixture
def log(home: DataFolder) -> Iterator[EvictionLog]:
    database = Database(home.database)
    yield EvictionLog(lambda: database)
    with database.transaction() as connection:
        connection.execute("DELETE FROM evictions")


def left_for(wanted: str, *victims: Leaver, instead: tuple[Leaver, ...] = ()) -> EvictionRecord:
    return EvictionRecord(5.0, wanted, Amount(4800), Amount(100), victims, instead)


def test_who_left_for_whom_and_who_else_could_have(
    sarai: Sarai, log: EvictionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    log.record(left_for("qwen3_vl_4b", TINY, instead=(LFM, OLD)))
    ended = sarai("models", "why")
    assert ended.code == 0
    heading, left, instead, empty, meaning = ended.answer.splitlines()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  qwen3_vl_4b needed 4800 MiB and 100 MiB were free",
        heading,
    )
    assert left == "  left:        self_test_tiny (60 MiB, cost 0.0012)"
    assert instead == (
        "  or instead:  lfm2_1_2b (1100 MiB, cost 0.25), "
        "taken_out (900 MiB, cost below 0.0001); together cost 0.25"
    )
    assert (empty, meaning) == ("", WHAT_COST_MEANS)


def test_the_newest_come_first_and_the_rest_is_counted(sarai: Sarai, log: EvictionLog) -> None:
    for number in range(SHOWN + 2):
        log.record(left_for(f"model_{number}", TINY))
    shown = sarai("models", "why").answer
    wanted = re.findall(r"(model_\d+) needed", shown)
    assert wanted == [f"model_{number}" for number in range(SHOWN + 1, 1, -1)]
    assert "2 older ones: sarai models why --all" in shown
    assert sarai("models", "why", "--all").answer.count("needed") == SHOWN + 2


def test_a_name_chooses_where_it_wanted_or_left(sarai: Sarai, log: EvictionLog) -> None:
    log.record(left_for("qwen3_vl_4b", TINY, instead=(LFM,)))
    log.record(left_for("self_test_tiny", OLD))
    assert sarai("models", "why", "self_test_tiny").answer.count("needed") == 2
    assert sarai("models", "why", "taken_out").answer.count("needed") == 1
    told = sarai("models", "why", "lfm2_1_2b")  # it could have left, but did not
    assert (told.code, told.answer) == (
        0,
        "lfm2_1_2b had to leave for no other model yet, and none had to leave for it.\n",
    )


def test_a_typo_is_no_good_news(sarai: Sarai, log: EvictionLog) -> None:
    ended = sarai("models", "why", "self_test_tinny")
    assert (ended.code, ended.answer) == (2, "")
    assert "Did you mean self_test_tiny?" in ended.about


def test_nothing_yet_is_a_sentence(sarai: Sarai, log: EvictionLog) -> None:
    assert sarai("models", "why").answer == "No model had to leave for another yet.\n"
