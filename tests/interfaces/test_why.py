"""`sarai why`, called as the shell calls it: the whole decision, no model asked."""

from __future__ import annotations

import re

import pytest

from tests.interfaces.conftest import Sarai


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


def test_the_whole_decision_is_told(sarai: Sarai) -> None:
    ended = sarai("why", "¿Cómo configuro SSH en Ubuntu?")
    assert ended.code == 0
    shown = ended.answer
    assert re.search(r"hard +0\.[89]\d +.*[+-]\d\.\d\d", shown)
    for step in ("language", "task", "confidence", "weights", "reason", "skill", "answer"):
        assert re.search(rf"^ *{step}  +\S", shown, re.MULTILINE), step
    assert re.search(r"route +expert", shown)
    assert re.search(r"alpha 0\.95, beta 0\.05: clearly technical", shown)
    assert re.search(r"model +solar_ollama -> solar_gguf -> self_test_expert", shown)
    assert "would have led to" in shown


def test_a_wish_for_facts_of_today_goes_to_rag(sarai: Sarai) -> None:
    assert re.search(r"route +rag", sarai("why", "latest", "news", "about", "Spain").answer)


def test_nothing_said_is_an_error_with_a_hint(sarai: Sarai) -> None:
    ended = sarai("why", " ")
    assert ended.code == 2
    assert "There is no text" in ended.about
