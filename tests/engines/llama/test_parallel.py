"""Several requests at once on one model: right answers, fair turns, ends of their own."""

from __future__ import annotations

import random
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from core.engines.llama.serving.chat_model import ChatModel
from core.engines.protocol import Completion, GenerationRequest, Message, Part, TextDelta
from tests import tiny_models
from tests.engines.llama.conftest import Models, spec_for
from tests.engines.llama.conversations import SLACK_TOKENS, image

if TYPE_CHECKING:
    from tests.engines.llama.conftest import OpenModel

ROUNDING = 0.26
"""By how much two scores may change against each other: llama.cpp adds attention up in f16 or,
for many tokens at once, in f32, which differs by up to 0.13 in scores of 10."""
OPENING = "Eres Ana. " * 30


def ask(*parts: Part, max_tokens: int = 40) -> GenerationRequest:
    return GenerationRequest((Message("user", parts),), max_tokens, temperature=0)


class Caller:
    """One request among others, moved on by hand."""

    def __init__(self, model: ChatModel, number: int, request: GenerationRequest) -> None:
        self.text = ""
        self.pieces = 0
        self.end: Completion | Exception | None = None
        model.aborts.open(number)
        model.submit(number, request, self._take)

    def _take(self, item: TextDelta | Completion | Exception) -> None:
        assert self.end is None, "nothing comes after the end"
        if isinstance(item, TextDelta):
            self.text += item.text
            self.pieces += 1
        else:
            self.end = item

    @property
    def completion(self) -> Completion:
        assert isinstance(self.end, Completion), self.end
        return self.end


def run(model: ChatModel, *callers: Caller) -> None:
    """Until all have ended."""
    while any(caller.end is None for caller in callers):
        model.step()


def together(model: ChatModel, *requests: GenerationRequest) -> list[Caller]:
    callers = [Caller(model, number, request) for number, request in enumerate(requests)]
    run(model, *callers)
    return callers


class Alone(Caller):
    """A request that nobody is beside, and how certain each of its tokens was."""

    def __init__(self, model: ChatModel, request: GenerationRequest) -> None:
        self._certain: list[tuple[int, float]] = []
        super().__init__(model, 0, request)
        while self.end is None:
            before = len(self.text)
            model.step()
            if len(self.text) > before:
                second, first = np.partition(model._model.logits(), -2)[-2:]  # no public way
                self._certain.append((len(self.text), first - second))

    def check(self, other: Caller) -> None:
        """`other` says the same, as far as it came; where it goes another way, rounding has
        decided between two tokens."""
        pairs = zip(self.text, other.text, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        if same < len(other.text):
            lead = next(lead for end, lead in self._certain if end > same)
            assert lead < ROUNDING, f"{other.text!r} is not {self.text!r}"


@pytest.fixture
def chatty(models: Models, open_model: OpenModel) -> ChatModel:
    return open_model(spec_for(models.random))


def test_all_recite_at_once_what_each_recites_alone(models: Models, open_model: OpenModel) -> None:
    model = open_model(spec_for(models.scripted))
    requests = [ask("hola " * length) for length in (1, 200, 3, 700, 20, 2)]
    for caller in together(model, *requests):
        assert caller.text == tiny_models.REPLY
        assert caller.completion.finish_reason == "stop"
        assert caller.completion.usage.completion_tokens == len(tiny_models.REPLY_PIECES)


@pytest.mark.parametrize("kind", ["random", "hybrid"])
def test_answers_beside_others_are_those_given_alone(
    models: Models, open_model: OpenModel, kind: str
) -> None:
    path = models.random if kind == "random" else models.hybrid
    requests = [ask(f"pregunta {number} " * (1 + number)) for number in range(4)]
    alone = [Alone(open_model(spec_for(path)), request) for request in requests]
    assert len({each.text for each in alone}) == len(requests)
    callers = together(open_model(spec_for(path)), *requests)
    for expected, caller in zip(alone, callers, strict=True):
        expected.check(caller)
        assert caller.completion.usage.completion_tokens == 40


def test_answers_take_turns_token_by_token(chatty: ChatModel) -> None:
    callers = [Caller(chatty, number, ask(f"pregunta {number}")) for number in range(4)]
    while not all(caller.pieces for caller in callers):
        chatty.step()
    before = [caller.pieces for caller in callers]
    for _ in range(10):
        chatty.step()
    assert [caller.pieces - was for caller, was in zip(callers, before, strict=True)] == [10] * 4


def test_a_long_prompt_holds_no_answer_up(chatty: ChatModel) -> None:
    first = Caller(chatty, 1, ask("hola", max_tokens=200))
    while not first.pieces:
        chatty.step()
    long = Caller(chatty, 2, ask("palabra " * 300, max_tokens=4))
    steps = 0
    while not long.pieces:
        before = first.pieces
        chatty.step()
        steps += 1
        assert first.pieces == before + 1, "every step gives the other its token"
    assert steps > 10, "the prompt was read in pieces"


def test_a_short_prompt_does_not_wait_for_a_long_one(chatty: ChatModel) -> None:
    long, short = Caller(chatty, 1, ask("palabra " * 300)), Caller(chatty, 2, ask("hola"))
    while not short.pieces:
        chatty.step()
    assert not long.pieces
    run(chatty, long, short)


def test_one_of_four_is_called_off_and_the_others_go_on(chatty: ChatModel) -> None:
    requests = [ask(f"pregunta {number}") for number in range(4)]
    alone = [Alone(chatty, request) for request in requests]
    callers = [Caller(chatty, number, request) for number, request in enumerate(requests)]
    while callers[2].pieces < 3:
        chatty.step()
    chatty.aborts.abort(2)
    run(chatty, *callers)
    assert callers[2].completion.finish_reason == "cancelled"
    assert callers[2].completion.usage.completion_tokens < 10
    for number in (0, 1, 3):
        alone[number].check(callers[number])
        assert callers[number].completion.finish_reason == "length"


def test_more_than_fit_wait_and_are_served_in_order(chatty: ChatModel) -> None:
    callers = [Caller(chatty, number, ask(f"pregunta {number}")) for number in range(9)]
    while not callers[3].pieces:
        chatty.step()
    assert [caller.pieces > 0 for caller in callers] == [True] * 4 + [False] * 5
    run(chatty, *callers)
    assert all(caller.completion.usage.completion_tokens == 40 for caller in callers)


def test_those_who_wait_can_be_called_off(chatty: ChatModel) -> None:
    callers = [Caller(chatty, number, ask(f"pregunta {number}")) for number in range(7)]
    chatty.step()
    for number in (4, 6):
        chatty.aborts.abort(number)
    chatty.step()
    for number in (4, 6):
        assert callers[number].completion.finish_reason == "cancelled"
        assert callers[number].completion.usage.prompt_tokens == 0
    run(chatty, *callers)
    assert callers[5].completion.finish_reason == "length"


def test_requests_that_fill_the_context_wait_for_one_another(
    models: Models, open_model: OpenModel
) -> None:
    model = open_model(spec_for(models.random, context_tokens=512))
    requests = [ask(f"pregunta {n} " * 9, max_tokens=350) for n in range(3)]
    alone = [Alone(model, request) for request in requests]
    callers = [Caller(model, number, request) for number, request in enumerate(requests)]
    while callers[0].end is None:
        assert not callers[1].pieces
        model.step()
    run(model, *callers)
    for caller, expected in zip(callers, alone, strict=True):
        assert caller.completion.usage.completion_tokens == 350, "nobody is cut short"
        expected.check(caller)


def test_a_beginning_that_another_uses_is_shared(chatty: ChatModel) -> None:
    first = Caller(chatty, 1, ask(OPENING, "uno", max_tokens=100))
    while not first.pieces:
        chatty.step()
    second, third = (Caller(chatty, n, ask(OPENING, f"{n}")) for n in (2, 3))
    run(chatty, second, third)
    assert first.end is None
    for caller in (second, third):
        usage = caller.completion.usage
        assert usage.prompt_tokens - usage.reused_tokens <= SLACK_TOKENS
    run(chatty, first)
    for number, caller in ((2, second), (3, third)):
        Alone(chatty, ask(OPENING, f"{number}")).check(caller)


def test_conversations_that_go_on_at_once_evaluate_what_is_new(chatty: ChatModel) -> None:
    said = [[Message.text("system", f"Eres {name}. " * 25)] for name in ("Ana", "Bea", "Eva")]
    for turn in range(4):
        for messages in said:
            messages.append(Message.text("user", f"pregunta {turn}"))
        requests = [GenerationRequest(tuple(messages), 12, 0) for messages in said]
        for messages, caller in zip(said, together(chatty, *requests), strict=True):
            usage = caller.completion.usage
            if turn:
                assert usage.prompt_tokens - usage.reused_tokens <= 40 + SLACK_TOKENS
            messages.append(Message.text("assistant", caller.text))


def test_a_picture_beside_text_changes_nobodys_answer(
    models: Models, open_model: OpenModel
) -> None:
    requests = [
        ask("hola, di algo"),
        ask("mira", image(1), "¿qué es?"),
        ask("otra pregunta"),
        ask("mira", image(2), "y", image(3, width_px=200), "¿qué son?"),
    ]
    expected = [together(open_model(spec_for(*models.vision)), request)[0] for request in requests]
    callers = together(open_model(spec_for(*models.vision)), *requests)
    for caller, alone in zip(callers, expected, strict=True):
        assert caller.text == alone.text
        assert caller.completion.usage.prompt_tokens == alone.completion.usage.prompt_tokens


def test_one_bad_request_costs_no_other(models: Models, open_model: OpenModel) -> None:
    model = open_model(spec_for(models.random, context_tokens=512))
    good, bad, last = together(model, ask("hola"), ask("x" * 600), ask("adiós"))
    assert type(bad.end).__name__ == "ContextOverflow"
    assert good.completion.usage.completion_tokens == last.completion.usage.completion_tokens == 40


@pytest.mark.parametrize("kind", ["random", "hybrid", "vision"])
@pytest.mark.parametrize("seed", range(3))
def test_a_crowd_that_comes_and_goes(
    models: Models, open_model: OpenModel, kind: str, seed: int
) -> None:
    """Whatever comes, is called off or waits: each answer is what it is alone, as far as it
    came, and the cache loses nothing."""
    paths = {"random": (models.random,), "hybrid": (models.hybrid,), "vision": models.vision}[kind]
    model = open_model(spec_for(*paths, context_tokens=1024))
    draw = random.Random(seed)
    requests = [a_request(draw, sees=kind == "vision") for _ in range(24)]
    alone = [Alone(model, request) for request in requests]
    callers: list[Caller] = []
    while len(callers) < len(requests) or any(caller.end is None for caller in callers):
        if len(callers) < len(requests) and draw.random() < 0.2:
            callers.append(Caller(model, len(callers), requests[len(callers)]))
        if callers and draw.random() < 0.02:
            model.aborts.abort(draw.randrange(len(callers)))
        model.step()
    for caller, expected in zip(callers, alone, strict=True):
        expected.check(caller)
        if caller.completion.finish_reason != "cancelled":
            assert caller.completion.finish_reason == expected.completion.finish_reason
    assert not model.busy
    assert model.aborts.aborted() == frozenset()


def a_request(draw: random.Random, *, sees: bool) -> GenerationRequest:
    words = draw.choice(["hola ", "eres ana ", "palabra "]) * draw.choice([1, 10, 60])
    parts: tuple[Part, ...] = (words,)
    if sees and draw.random() < 0.3:
        parts = (words, image(draw.randrange(3)), "¿qué es?")
    return ask(*parts, str(draw.randrange(3)), max_tokens=draw.choice([1, 5, 40]))
