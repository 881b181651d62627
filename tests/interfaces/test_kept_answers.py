"""Answers given again, as a user sees them."""

from __future__ import annotations

import json

import pytest

from core.storage.folder import DataFolder
from tests.interfaces.conftest import Sarai

QUESTION = "¿Qué es un faro?"


def test_an_answer_of_earlier_says_so_until_it_is_forgotten(
    sarai: Sarai, home: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SARAI__GENERATION__TEMPERATURE", "0")
    first = sarai("ask", QUESTION)
    again = sarai("ask", QUESTION)
    assert ("kept from" in first.about, "kept from" in again.about) == (False, True)
    assert again.answer == first.answer
    assert json.loads(sarai("ask", "--json", QUESTION).answer)["cached_at"]
    assert "kept from" not in sarai("ask", "--anew", QUESTION).about

    kept = sarai("forget", "--answers")
    assert (kept.code, "--yes" in kept.about) == (2, True)
    assert sarai("forget", "--answers", "--yes").answer == "Deleted: 1 answers.\n"
    assert "kept from" not in sarai("ask", QUESTION).about
    assert home.answers.stat().st_mode & 0o077 == 0


def test_what_to_forget_has_to_be_said(sarai: Sarai) -> None:
    assert sarai("forget", "--yes").code == 2
    assert sarai("forget", "--yes", "--answers", "--feedback").code == 2
