"""`sarai models select`, called as the shell calls it."""

from __future__ import annotations

import json

import pytest

from tests.interfaces.conftest import Sarai

CODER = "qwen2.5-coder:7b-instruct-q4_K_M"


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")


def test_the_catalogue_is_ranked_with_reasons(sarai: Sarai) -> None:
    ended = sarai("models", "select", "coding", "--catalogue")
    assert ended.code == 0
    heading, first, *_ = ended.answer.splitlines()
    assert heading.split() == [
        *("model", "points", "fit", "quality", "speed", "sure", "tokens/s", "memory")
    ]
    assert first.split()[0] == CODER
    parts = [float(part) for part in first.split()[1:6]]
    assert parts[0] == pytest.approx(sum(parts[1:]), abs=0.25)
    assert f"coding is for {CODER}. Best of those that can be used" in ended.answer
    assert "Not gemma2:27b: it takes 15259 MiB and models may take 14336." in ended.answer
    assert "When it fails: " in ended.answer


def test_wishes_shift_the_weights(sarai: Sarai) -> None:
    usual = sarai("models", "select", "simple", "--catalogue").answer
    speed = sarai("models", "select", "simple", "--catalogue", "--speed").answer
    both = sarai(
        "models", "select", "simple", "--catalogue", "--speed", "5", "--quality", "5"
    ).answer
    assert "at most 20 for fit, 40 for quality, 30 for speed, 10 for" in usual
    assert "at most 15 for fit, 31 for quality, 46 for speed, 8 for" in speed
    assert "at most 15 for fit, 44 for quality, 33 for speed, 7 for" in both


def test_json_says_the_same_to_a_program(sarai: Sarai) -> None:
    ended = sarai("models", "select", "fix", "--catalogue", "--strategy", "low_ram", "--json")
    found = json.loads(ended.answer)
    assert (found["task"], found["model"], found["strategy"]) == ("fix", "gemma2:2b", "low_ram")
    assert found["chain"][0] == "gemma2:2b"
    assert found["refused"][0]["model"] == "gemma2:27b"


def test_the_configured_models_are_judged_by_what_is_installed(sarai: Sarai) -> None:
    ended = sarai("models", "select", "reasoning")
    assert ended.answer.splitlines()[1].startswith("self_test_")
    assert "Not lfm2_1_2b: lfm2_1_2b is not installed" in ended.answer


def test_wrong_words_are_told_the_nearest(sarai: Sarai) -> None:
    for arguments, told in (
        (["codin"], "Did you mean coding?"),
        (["coding", "--strategy", "balance"], "Did you mean balanced?"),
        (["coding", "--speed", "11"], "Give 0 to 10."),
    ):
        ended = sarai("models", "select", *arguments)
        assert ended.code != 0
        assert told in ended.about
