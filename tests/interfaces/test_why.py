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
    assert re.search(r"task: coding +\d\.\d\d +.*[+-]\d\.\d\d", shown)
    for step in ("language", "task", "confidence", "doc_match", "reason", "skill", "answer"):
        assert re.search(rf"^ *{step}  +\S", shown, re.MULTILINE), step
    assert re.search(r"route +expert", shown)
    assert re.search(r"weights +alpha 0\.95, beta 0\.05", shown)
    assert re.search(r"rule +clearly technical", shown)
    assert re.search(r"it would have been +with(.|\n)*rag +web_query 0\.56", shown)


def test_who_answers_here_is_told_and_who_is_passed_over(sarai: Sarai) -> None:
    shown = sarai("why", "¿Cómo configuro SSH en Ubuntu?").answer
    assert re.search(r"model +self_test_expert", shown)
    assert re.search(r"passed over +solar_gguf: \S", shown)


def test_an_override_is_told(sarai: Sarai, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_MODEL_OVERRIDE", "self_test_tiny")
    shown = sarai("why", "¿Cómo configuro SSH en Ubuntu?").answer
    assert re.search(r"model +self_test_tiny: LLM_MODEL_OVERRIDE names it", shown)


def test_without_documents_a_wish_for_today_has_no_model(sarai: Sarai) -> None:
    shown = sarai("why", "latest", "news", "about", "Spain").answer
    assert re.search(r"model +none: without documents", shown)
    assert not re.search(r"^(skill|answer) ", shown, re.MULTILINE)


def test_a_wish_for_facts_of_today_goes_to_rag(sarai: Sarai) -> None:
    assert re.search(r"route +rag", sarai("why", "latest", "news", "about", "Spain").answer)


def test_nothing_said_is_an_error_with_a_hint(sarai: Sarai) -> None:
    ended = sarai("why", " ")
    assert ended.code == 2
    assert "There is no text" in ended.about


def test_somebody_in_danger_is_cared_for_whatever_the_scores_say(sarai: Sarai) -> None:
    shown = sarai("why", "I want to kill myself, what is the latest way?").answer
    assert re.search(r"route +omni", shown)
    assert re.search(r"reason +Somebody may be in danger", shown)
