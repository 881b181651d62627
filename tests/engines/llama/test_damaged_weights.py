"""Weights that are no numbers: told to whom they concern, and nothing of them stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import gguf
import pytest

from core.errors import EngineFailed
from tests import tiny_models
from tests.engines.llama.conftest import spec_for
from tests.engines.llama.test_parallel import Caller, ask, together

if TYPE_CHECKING:
    from core.engines.llama.serving.chat_model import ChatModel
    from tests.engines.llama.conftest import OpenModel

SPOILT = 4  # the piece of the reply after which nothing can be computed
BEFORE = b"".join(tiny_models.REPLY_PIECES[:SPOILT]).decode()


@pytest.fixture
def spoilt(tmp_path: Path, open_model: OpenModel) -> ChatModel:
    """Recites the reply up to the piece whose row in the embedding is damaged."""
    path = tiny_models.scripted_text(tmp_path)
    reader = gguf.GGUFReader(path)
    tokens = reader.get_field("tokenizer.ggml.tokens")
    assert tokens is not None
    piece = tiny_models.REPLY_PIECES[SPOILT].decode().replace(" ", "Ġ")
    (embedding,) = (each for each in reader.tensors if each.name == "token_embd.weight")
    row_bytes = embedding.data[0].nbytes
    at = int(embedding.data_offset) + tokens.contents().index(piece) * row_bytes
    raw = bytearray(path.read_bytes())
    raw[at : at + row_bytes] = b"\xff" * row_bytes
    path.write_bytes(raw)
    return open_model(replace(spec_for(path), states_path=tmp_path / "states"))


def assert_damaged(caller: Caller) -> None:
    assert isinstance(caller.end, EngineFailed)
    assert "weights are damaged" in caller.end.message


def test_an_answer_ends_where_it_cannot_be_computed(spoilt: ChatModel) -> None:
    (caller,) = together(spoilt, ask("hola"))
    assert_damaged(caller)
    assert caller.text == b"".join(tiny_models.REPLY_PIECES[: SPOILT + 1]).decode()


def test_nothing_wrong_is_said_beside_it_and_nothing_of_it_stays(spoilt: ChatModel) -> None:
    short = ask("hola", max_tokens=SPOILT)
    long = [ask(f"{word} " * 200, max_tokens=SPOILT) for word in ("uno", "dos", "tres")]
    for _ in range(3):
        callers = together(spoilt, short, ask("hola que"), *long[:2])
        assert_damaged(callers[1])
        for caller in (callers[0], *callers[2:]):
            if isinstance(caller.end, EngineFailed):
                assert_damaged(caller)
            else:
                assert caller.text == BEFORE
        for caller in together(spoilt, *long):
            assert caller.text == BEFORE
            assert caller.completion.finish_reason == "length"


def test_what_cannot_be_computed_is_not_copied_in_a_pause_nor_kept(
    spoilt: ChatModel, tmp_path: Path
) -> None:
    question = ask("hola " * 60)
    (caller,) = together(spoilt, question)
    assert_damaged(caller)
    spoilt.keep_states()
    assert not (tmp_path / "states").exists()
    assert_damaged(*together(spoilt, question))
    spoilt.use_pause()
    assert not spoilt._cache._saved.states  # no public way to see what was copied
