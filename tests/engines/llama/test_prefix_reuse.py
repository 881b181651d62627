"""What was evaluated once is not evaluated again, and the answer is the same as if it were."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest

from core.engines.llama.serving.aborts import Aborts
from core.engines.protocol import (
    Completion,
    GenerationRequest,
    Message,
    Part,
    TextDelta,
)
from tests.engines.llama.conftest import Models, spec_for
from tests.engines.llama.conversations import (
    ANSWER_TOKENS,
    SLACK_TOKENS,
    Conversation,
    answer,
    assert_same_logits,
    evaluated,
    first_logits,
    image,
    new_tokens,
)

if TYPE_CHECKING:
    from tests.engines.llama.conftest import OpenModel


def test_a_second_turn_evaluates_what_is_new(models: Models, open_model: OpenModel) -> None:
    model = open_model(spec_for(models.random))
    conversation = Conversation(model, "Ana")
    assert conversation.turn("hola").reused_tokens == 0
    new = new_tokens(model, conversation, "¿y ahora?")
    assert evaluated(conversation.turn("¿y ahora?")) <= new + SLACK_TOKENS


@pytest.mark.parametrize("kind", ["text", "hybrid", "image"])
@pytest.mark.parametrize("others", [0, 1, 2])
def test_a_question_asked_again_is_answered_at_once_and_the_same(
    models: Models, open_model: OpenModel, kind: str, others: int
) -> None:
    paths = {"text": (models.random,), "hybrid": (models.hybrid,), "image": models.vision}[kind]
    model = open_model(spec_for(*paths))
    looked: list[Part] = [image(1)] if kind == "image" else []
    asked = [*Conversation(model, "Ana").messages, Message("user", ("mira", *looked, "¿y?"))]
    drawn = GenerationRequest(tuple(asked), ANSWER_TOKENS, temperature=1.5, seed=7, top_logprobs=3)
    first = list(model.generate(drawn))
    for number in range(others):
        Conversation(model, f"Bea {number}").turn("hola")
    again = list(model.generate(drawn))
    assert again[:-1] == first[:-1]
    (before, after) = (each[-1] for each in (first, again))
    assert isinstance(before, Completion)
    assert isinstance(after, Completion)
    assert after.logprobs == before.logprobs
    assert evaluated(after.usage) == 0


def test_two_who_ask_the_same_at_once_share_its_evaluation(
    models: Models, open_model: OpenModel
) -> None:
    model = open_model(spec_for(models.random, context_tokens=4096))
    asked = tuple(Conversation(model, "Ana").messages)
    first = model.generate(GenerationRequest(asked, ANSWER_TOKENS, temperature=0))
    begun = next(first)
    *second, end = model.generate(GenerationRequest(asked, ANSWER_TOKENS, temperature=0))
    assert isinstance(end, Completion)
    assert evaluated(end.usage) == 0
    assert [begun, *first][:-1] == second


def test_questions_that_nobody_comes_back_to_leave_no_cells_in_use(
    models: Models, open_model: OpenModel
) -> None:
    model = open_model(spec_for(models.random, context_tokens=1280))
    talk = Conversation(model, "Ana", length=20)
    talk.turn("hola")
    talk.turn("¿y ahora?")
    for number in range(12):
        answer(model, [Message.text("user", f"{number} pasaje " * 15)])
    held = [each for each in model._cache._sequences if each.entries]  # no public way
    assert len(held) == 1
    new = new_tokens(model, talk, "¿y?")
    assert evaluated(talk.turn("¿y?")) <= new + SLACK_TOKENS


def test_agents_in_turns_evaluate_what_is_new(models: Models, open_model: OpenModel) -> None:
    model = open_model(spec_for(models.random, context_tokens=4096))
    both = [Conversation(model, "Ana"), Conversation(model, "Bea")]
    for conversation in both:
        conversation.turn("hola")
    for number in range(6):
        conversation = both[number % 2]
        new = new_tokens(model, conversation, f"pregunta {number}")
        assert evaluated(conversation.turn(f"pregunta {number}")) <= new + SLACK_TOKENS


def test_a_restored_cache_is_the_unbroken_one(models: Models, open_model: OpenModel) -> None:
    logits = []
    for others in ([], ["Bea"], ["Bea", "Eva"]):
        model = open_model(spec_for(*models.vision))
        ana = Conversation(model, "Ana")
        ana.turn("mira", image(1), "y", image(2, width_px=200))
        for name in others:
            Conversation(model, name).turn("hola")
        logits.append(first_logits(model, [*ana.messages, Message.text("user", "¿y?")]))
    np.testing.assert_array_equal(logits[0], logits[1])
    np.testing.assert_array_equal(logits[0], logits[2])


def test_restored_conversations_continue_as_fresh_ones(
    models: Models, open_model: OpenModel
) -> None:
    model = open_model(spec_for(models.random))
    both = [Conversation(model, "Ana"), Conversation(model, "Bea")]
    for number in range(6):
        both[number % 2].turn(f"pregunta {number}")
    for conversation in both:
        fresh = open_model(spec_for(models.random))
        asked = [*conversation.messages, Message.text("user", "¿y?")]
        assert_same_logits(first_logits(model, asked), first_logits(fresh, asked))
        assert answer(model, asked)[0] == answer(fresh, asked)[0]


def test_two_conversations_of_one_agent_share_its_opening(
    models: Models, open_model: OpenModel
) -> None:
    model = open_model(spec_for(models.random))
    opening = Conversation(model, "Ana", length=30).messages
    questions = [[*opening, Message.text("user", f"{n} " * 60)] for n in "abc"]
    opening_tokens = model.count_tokens(opening) - SLACK_TOKENS
    assert [answer(model, each)[1].reused_tokens > opening_tokens for each in questions] == [
        False,
        True,
        True,
    ]
    for each in questions:
        assert evaluated(answer(model, each)[1]) <= SLACK_TOKENS


def test_a_copy_that_lent_its_opening_is_kept(models: Models, open_model: OpenModel) -> None:
    model = open_model(spec_for(models.random))
    opening = Conversation(model, "Ana", length=30).messages
    first, second = ([*opening, Message.text("user", f"{n} " * 60)] for n in "ab")
    answer(model, first)
    Conversation(model, "Bea").turn("hola")
    assert answer(model, second)[1].reused_tokens > 200
    assert evaluated(answer(model, first)[1]) <= SLACK_TOKENS


def test_a_copy_is_put_back_while_another_answer_to_its_question_moves_out(
    models: Models, open_model: OpenModel
) -> None:
    model = open_model(spec_for(models.random, context_tokens=4096))
    asked = [*Conversation(model, "Ana").messages, Message.text("user", "hola")]
    text, _ = answer(model, asked, max_tokens=80)
    Conversation(model, "Bea").turn("hola")
    (copy,) = model._cache._saved.states  # no public way to have two answers to one question
    first = model.generate(GenerationRequest(tuple(asked), 8, temperature=0))
    next(first)
    answer(model, asked, max_tokens=2)  # beside it, in a sequence of its own
    list(first)
    model._cache.adopt([copy])
    after = [*asked, Message.text("assistant", text), Message.text("user", "¿y?")]
    fresh = open_model(spec_for(models.random, context_tokens=4096))
    assert_same_logits(first_logits(model, after), first_logits(fresh, after))


def test_a_pause_makes_the_copy_that_another_conversation_would_wait_for(
    models: Models, open_model: OpenModel
) -> None:
    model = open_model(spec_for(models.random))
    ana = Conversation(model, "Ana")
    ana.turn("hola")
    model.use_pause()
    (copy,) = model._cache._saved.states  # no public way to see when it was made
    model.use_pause()
    Conversation(model, "Bea").turn("hola")
    assert model._cache._saved.states == (copy,)
    new = new_tokens(model, ana, "¿y ahora?")
    assert evaluated(ana.turn("¿y ahora?")) <= new + SLACK_TOKENS
    fresh = open_model(spec_for(models.random))
    assert_same_logits(first_logits(model, ana.messages), first_logits(fresh, ana.messages))


def test_a_conversation_that_goes_on_needs_no_copy_of_its_beginning(
    models: Models, open_model: OpenModel
) -> None:
    model = open_model(spec_for(models.random))
    ana = Conversation(model, "Ana")
    for _ in range(2):
        ana.turn("hola")
        assert not model._cache._saved.states  # no public way
        model.use_pause()
        (copy,) = model._cache._saved.states
    assert len(copy.entries) > 2 * ANSWER_TOKENS + model.count_tokens(ana.messages[:1])


def test_a_pause_drops_nothing_but_strays(models: Models, open_model: OpenModel) -> None:
    model = open_model(spec_for(models.random, context_tokens=1280))
    asked = [Conversation(model, name, length=50) for name in ("Ana", "Bea", "Eva")]
    for each in asked:
        each.turn("hola")
        each.turn("¿y?")
        model.use_pause()
    for each in asked[1:]:
        assert evaluated(each.turn("¿y ahora?")) <= 3 * SLACK_TOKENS


def test_the_bound_on_copies_holds_and_the_oldest_goes(
    models: Models, open_model: OpenModel
) -> None:
    model = open_model(spec_for(models.random, context_tokens=1280))
    names = ["Ana", "Bea", "Eva", "Isa", "Luz", "Paz"]
    all_six = {name: Conversation(model, name, length=54) for name in names}
    for conversation in all_six.values():
        assert 500 < conversation.turn("hola").prompt_tokens < 640
    # Two in the cache fit, and two copies: one that is put back and one that makes room for it.
    for name in ("Isa", "Paz", "Luz", "Isa"):
        assert evaluated(all_six[name].turn("¿y?")) < 64
    for name in ("Ana", "Bea"):
        assert all_six[name].turn("¿y?").reused_tokens < SLACK_TOKENS


def test_a_model_that_cannot_go_back_continues_from_where_its_prompt_ended(
    models: Models, open_model: OpenModel
) -> None:
    model = open_model(spec_for(models.hybrid))
    ana, bea = Conversation(model, "Ana"), Conversation(model, "Bea")
    for number in range(6):
        conversation = (ana, bea)[number % 2]
        new = new_tokens(model, conversation, f"pregunta {number}")
        usage = conversation.turn(f"pregunta {number}")
        if number > 1:
            assert evaluated(usage) <= new + SLACK_TOKENS
    asked = [*ana.messages[:-1], Message.text("assistant", "otra"), Message.text("user", "¿y?")]
    fresh = open_model(spec_for(models.hybrid))
    assert_same_logits(first_logits(model, asked), first_logits(fresh, asked))
    _, usage = answer(model, asked)
    assert evaluated(usage) == 0


class AbortsInside(Aborts):
    """Calls everything off right after an evaluation has begun, as if another thread had, so
    that native code is what stops.

    `left` counts the evaluations until then.
    """

    def __init__(self) -> None:
        super().__init__()
        self.left = -1

    @contextmanager
    def evaluating(self, numbers: Collection[int]) -> Iterator[None]:
        with super().evaluating(numbers):
            self.left -= 1
            if self.left == 0:
                for number in numbers:
                    self.abort(number)
            yield


@pytest.mark.parametrize("look", [1, 2, 3])
@pytest.mark.parametrize("kind", ["text", "hybrid", "image"])
def test_a_prompt_that_was_broken_off_leaves_a_sound_cache(
    models: Models, open_model: OpenModel, kind: str, look: int
) -> None:
    long_text = ("hola " * 300,)
    parts, spec = {
        "text": (long_text, spec_for(models.random)),
        "hybrid": (long_text, spec_for(models.hybrid)),
        "image": (("mira", image(1), "¿qué es?"), spec_for(*models.vision)),
    }[kind]
    aborts = AbortsInside()
    model, fresh = open_model(spec, aborts), open_model(spec)
    ana, bea = Conversation(model, "Ana"), Conversation(model, "Bea", length=20)
    ana.turn("hola")
    messages = [*bea.messages, Message("user", parts)]
    aborts.left = look
    request = GenerationRequest(tuple(messages), ANSWER_TOKENS, temperature=0)
    (completion,) = model.generate(request)
    assert isinstance(completion, Completion)
    assert completion.finish_reason == "cancelled"
    assert_same_logits(first_logits(model, messages), first_logits(fresh, messages))
    new = new_tokens(model, ana, "¿y?")
    assert evaluated(ana.turn("¿y?")) <= new + SLACK_TOKENS
    assert_same_logits(first_logits(model, ana.messages), first_logits(fresh, ana.messages))


def test_an_answer_that_was_broken_off_leaves_a_sound_cache(
    models: Models, open_model: OpenModel
) -> None:
    for path in (models.random, models.hybrid):
        aborts = AbortsInside()
        model, fresh = open_model(spec_for(path), aborts), open_model(spec_for(path))
        messages = Conversation(model, "Ana").messages
        aborts.left = 6
        request = GenerationRequest(tuple(messages), ANSWER_TOKENS, temperature=0)
        *deltas, completion = model.generate(request)
        assert isinstance(completion, Completion)
        assert completion.finish_reason == "cancelled"
        said = "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))
        asked = [*messages, Message.text("assistant", said), Message.text("user", "¿y?")]
        assert_same_logits(first_logits(model, asked), first_logits(fresh, asked))
