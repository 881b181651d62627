"""Conversations outlive the model they were held with, and a damaged file harms nobody."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from core.engines.llama.cache.prompt_entries import Entry, Media
from core.engines.llama.cache.saved_states import SavedState
from core.engines.llama.cache.state_file import take_states, write_states
from core.engines.protocol import GenerationRequest, Message, Part
from core.engines.spec import EngineSpec
from core.storage.folder import open_data_folder
from tests.engines.contract import answer as engine_answer
from tests.engines.llama.conftest import Models, Open, spec_for
from tests.engines.llama.conversations import (
    SLACK_TOKENS,
    Conversation,
    answer,
    evaluated,
    first_logits,
    image,
    new_tokens,
)

if TYPE_CHECKING:
    from tests.engines.llama.conftest import OpenModel

PICTURE = Media(b"a\xff", 0, tokens=80, positions=10, chunk=1)


def state(entries: list[Entry], fill: int, size_bytes: int = 1000) -> SavedState:
    data = np.full(size_bytes, fill, dtype=np.uint8)
    return SavedState(tuple(entries), 2, data, scores_bytes=8, continued=fill == 8)


def test_states_come_back_once_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "m.states"
    kept = [state([1, PICTURE, 2], 7), state([3], 8, size_bytes=20_000_000)]
    write_states(path, "me", kept)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]
    found = take_states(path, "me")
    assert [each.entries for each in found] == [each.entries for each in kept]
    assert [each.prompt_entries for each in found] == [2, 2]
    assert [each.scores_bytes for each in found] == [8, 8]
    assert [each.continued for each in found] == [False, True]
    for each, was in zip(found, kept, strict=True):
        assert each.sound()
        np.testing.assert_array_equal(each.data, was.data)
    assert not path.exists()
    assert take_states(path, "me") == []


def test_nothing_to_keep_leaves_no_file(tmp_path: Path) -> None:
    write_states(tmp_path / "m.states", "me", [])
    assert not list(tmp_path.iterdir())


def test_another_model_gets_nothing_and_the_file_goes(tmp_path: Path) -> None:
    path = tmp_path / "m.states"
    write_states(path, "me", [state([1], 7)])
    assert take_states(path, "you") == []
    assert not path.exists()


@pytest.mark.parametrize("at", [0, 500, 999, 1000, 1050, -1, -9, -45])
def test_a_changed_byte_is_noticed(tmp_path: Path, at: int) -> None:
    path = tmp_path / "m.states"
    write_states(path, "me", [state([1], 7)])
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    assert not any(each.sound() for each in take_states(path, "me"))
    assert not path.exists()


@pytest.mark.parametrize("kept_bytes", [0, 1, 47, 48, 999, 1100])
def test_a_file_cut_off_is_none(tmp_path: Path, kept_bytes: int) -> None:
    path = tmp_path / "m.states"
    write_states(path, "me", [state([1], 7)])
    os.truncate(path, kept_bytes)
    assert take_states(path, "me") == []
    assert not path.exists()


def test_forgetting_deletes_all_files(tmp_path: Path) -> None:
    folder = open_data_folder(tmp_path)
    write_states(folder.states / "a.states", "me", [state([1], 7)])
    (folder.states / "b.states.12.part").touch()
    folder.forget_states()
    assert not list(folder.states.iterdir())


KINDS = ["random", "hybrid", "vision"]


def spec_of(models: Models, kind: str, states: Path) -> EngineSpec:
    paths = {"random": (models.random,), "hybrid": (models.hybrid,), "vision": models.vision}[kind]
    return replace(spec_for(*paths), states_path=states)


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_turn_after_a_reload_evaluates_what_is_new(
    models: Models, open_model: OpenModel, tmp_path: Path, kind: str
) -> None:
    spec = spec_of(models, kind, tmp_path / "m.states")
    model = open_model(spec)
    talks = [Conversation(model, name) for name in ("Ana", "Bea")]
    parts: tuple[Part, ...] = ("mira", image(1)) if kind == "vision" else ("hola",)
    for talk in talks:
        talk.turn(*parts)
    model.keep_states()
    again = open_model(spec)
    for talk in talks:
        asked = [*talk.messages, Message.text("user", "¿y?")]
        new = new_tokens(again, talk, "¿y?")
        assert evaluated(answer(again, asked, max_tokens=1)[1]) <= new + SLACK_TOKENS
        np.testing.assert_array_equal(first_logits(again, asked), first_logits(model, asked))


def test_a_state_that_was_damaged_is_evaluated_again(
    models: Models, open_model: OpenModel, tmp_path: Path
) -> None:
    spec = spec_of(models, "random", tmp_path / "m.states")
    model = open_model(spec)
    talk = Conversation(model, "Ana")
    talk.turn("hola")
    model.keep_states()
    raw = bytearray((tmp_path / "m.states").read_bytes())
    raw[5000] ^= 255
    (tmp_path / "m.states").write_bytes(raw)
    again, fresh = open_model(spec), open_model(spec)
    asked = [*talk.messages, Message.text("user", "¿y?")]
    assert answer(again, asked)[1].reused_tokens == 0
    np.testing.assert_array_equal(first_logits(again, asked), first_logits(fresh, asked))


@pytest.mark.parametrize("change", ["other context", "changed file"])
def test_what_another_model_kept_is_not_used(
    models: Models, open_model: OpenModel, tmp_path: Path, change: str
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(models.random.read_bytes())
    spec = replace(spec_for(path), states_path=tmp_path / "m.states")
    model = open_model(spec)
    talk = Conversation(model, "Ana", length=20)
    talk.turn("hola")
    model.keep_states()
    if change == "changed file":
        os.utime(path, (1, 1))
    else:
        spec = replace(spec, context_tokens=1024)
    assert answer(open_model(spec), talk.messages)[1].reused_tokens == 0
    assert not (tmp_path / "m.states").exists()


@pytest.mark.parametrize("busy", [False, True])
def test_a_worker_that_is_closed_keeps_its_conversations(
    models: Models, open_llama: Open, tmp_path: Path, busy: bool
) -> None:
    spec = spec_of(models, "random", tmp_path / "m.states")
    request = GenerationRequest((Message.text("user", "palabra " * 60),), 4, 0)
    engine = open_llama(spec)
    engine_answer(engine, request)
    if busy:
        next(engine.generate(GenerationRequest((Message.text("user", "hola"),), 3000, 0)))
    engine.close()
    assert (tmp_path / "m.states").exists()
    usage = engine_answer(open_llama(spec), request)[1].usage
    assert usage.prompt_tokens == usage.reused_tokens


def test_a_folder_that_is_gone_costs_the_states_only(
    models: Models, open_llama: Open, tmp_path: Path
) -> None:
    spec = spec_of(models, "random", tmp_path / "no" / "m.states")
    engine = open_llama(spec)
    engine_answer(engine, GenerationRequest((Message.text("user", "palabra " * 60),), 4, 0))
    engine.close()
    assert not engine.alive()
