"""What was evaluated once is not evaluated again, and the answer is the same as if it were."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from llama_cpp import _utils as llama_cpp_files
from numpy.typing import NDArray

from core.engines.llama.abort_flag import AbortFlag
from core.engines.llama.chat_model import ChatModel
from core.engines.protocol import (
    Completion,
    EngineSpec,
    GenerationRequest,
    Message,
    Part,
    TextDelta,
    Usage,
)
from core.media.content import AUDIO_RATE_HZ, AudioClip, RgbImage
from tests.engines.llama.conftest import Models, spec_for

SLACK_TOKENS = 32
ANSWER_TOKENS = 12


@pytest.fixture(scope="module", autouse=True)
def _no_files_left_open() -> Iterator[None]:
    """llama_cpp opens two files on import, which would be reported as leaks at exit."""
    yield
    llama_cpp_files.outnull_file.close()
    llama_cpp_files.errnull_file.close()


Open = Callable[..., ChatModel]


@pytest.fixture
def open_model() -> Iterator[Open]:
    """Opens models in this process, where their logits can be looked at."""
    opened: list[ChatModel] = []

    def open_one(spec: EngineSpec, abort: AbortFlag | None = None) -> ChatModel:
        opened.append(ChatModel(spec, abort))
        return opened[-1]

    yield open_one
    for model in opened:
        model.close()


class Conversation:
    """One agent's: its own opening, and turns that repeat all that was said."""

    def __init__(self, model: ChatModel, name: str, length: int = 60) -> None:
        self._model = model
        self.messages = [Message.text("system", f"Eres {name}. " * length)]

    def turn(self, *parts: Part) -> Usage:
        self.messages.append(Message("user", parts))
        text, usage = answer(self._model, self.messages)
        self.messages.append(Message.text("assistant", text))
        return usage


def answer(
    model: ChatModel, messages: list[Message], max_tokens: int = ANSWER_TOKENS
) -> tuple[str, Usage]:
    request = GenerationRequest(tuple(messages), max_tokens, temperature=0)
    *deltas, completion = model.generate(request)
    assert isinstance(completion, Completion)
    return "".join(d.text for d in deltas if isinstance(d, TextDelta)), completion.usage


def evaluated(usage: Usage) -> int:
    return usage.prompt_tokens - usage.reused_tokens


def first_logits(model: ChatModel, messages: list[Message]) -> NDArray[np.float32]:
    """What the model makes of the prompt alone."""
    answer(model, messages, max_tokens=1)
    return model._model.logits().copy()  # no public way to see them


def assert_same_logits(found: NDArray[np.float32], expected: NDArray[np.float32]) -> None:
    """Prompts cut into other batches round elsewhere, by up to 0.02 in tokens' scores of 10;
    another picture changes them by more than 1."""
    np.testing.assert_allclose(found, expected, atol=0.05)


def image(seed: int, *, width_px: int = 320, time_s: float | None = None) -> RgbImage:
    pixels = np.random.default_rng(seed).integers(0, 255, (240, width_px, 3), dtype=np.uint8)
    return RgbImage(pixels, time_s)


def tone(frequency_hz: float) -> AudioClip:
    times_s = np.arange(2 * AUDIO_RATE_HZ) / AUDIO_RATE_HZ
    return AudioClip((0.4 * np.sin(2 * np.pi * frequency_hz * times_s)).astype(np.float32))


def new_tokens(model: ChatModel, conversation: Conversation, *parts: Part) -> int:
    """By how much the next turn is longer than all that was said."""
    said = model.count_tokens(conversation.messages)
    return model.count_tokens([*conversation.messages, Message("user", parts)]) - said


def test_a_second_turn_evaluates_what_is_new(models: Models, open_model: Open) -> None:
    model = open_model(spec_for(models.random))
    conversation = Conversation(model, "Ana")
    assert conversation.turn("hola").reused_tokens == 0
    new = new_tokens(model, conversation, "¿y ahora?")
    assert evaluated(conversation.turn("¿y ahora?")) <= new + SLACK_TOKENS


def test_agents_in_turns_evaluate_what_is_new(models: Models, open_model: Open) -> None:
    model = open_model(spec_for(models.random, context_tokens=4096))
    both = [Conversation(model, "Ana"), Conversation(model, "Bea")]
    for conversation in both:
        conversation.turn("hola")
    for number in range(6):
        conversation = both[number % 2]
        new = new_tokens(model, conversation, f"pregunta {number}")
        assert evaluated(conversation.turn(f"pregunta {number}")) <= new + SLACK_TOKENS


def test_a_restored_cache_is_the_unbroken_one(models: Models, open_model: Open) -> None:
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


def test_restored_conversations_continue_as_fresh_ones(models: Models, open_model: Open) -> None:
    model = open_model(spec_for(models.random))
    both = [Conversation(model, "Ana"), Conversation(model, "Bea")]
    for number in range(6):
        both[number % 2].turn(f"pregunta {number}")
    for conversation in both:
        fresh = open_model(spec_for(models.random))
        asked = [*conversation.messages, Message.text("user", "¿y?")]
        assert_same_logits(first_logits(model, asked), first_logits(fresh, asked))
        assert answer(model, asked)[0] == answer(fresh, asked)[0]


def test_two_conversations_of_one_agent_share_its_opening(models: Models, open_model: Open) -> None:
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


def test_a_copy_that_lent_its_opening_is_kept(models: Models, open_model: Open) -> None:
    model = open_model(spec_for(models.random))
    opening = Conversation(model, "Ana", length=30).messages
    first, second = ([*opening, Message.text("user", f"{n} " * 60)] for n in "ab")
    answer(model, first)
    Conversation(model, "Bea").turn("hola")
    assert answer(model, second)[1].reused_tokens > 200
    assert evaluated(answer(model, first)[1]) <= SLACK_TOKENS


def test_the_bound_on_copies_holds_and_the_oldest_goes(models: Models, open_model: Open) -> None:
    model = open_model(spec_for(models.random, context_tokens=1280))
    names = ["Ana", "Bea", "Eva", "Isa"]
    all_four = {name: Conversation(model, name, length=54) for name in names}
    for conversation in all_four.values():
        assert 500 < conversation.turn("hola").prompt_tokens < 640
    # The live one and two copies fit.
    assert evaluated(all_four["Bea"].turn("¿y?")) < 64
    assert evaluated(all_four["Isa"].turn("¿y?")) < 64
    assert all_four["Ana"].turn("¿y?").reused_tokens < SLACK_TOKENS


MEDIA: list[tuple[str, tuple[Part, ...]]] = [
    ("vision", (image(1),)),
    ("vision", (image(1), "y", image(2, width_px=200))),
    ("vision", (image(1, time_s=0), image(2, time_s=1), image(3, time_s=2))),
    ("omni", (tone(440),)),
    ("omni", (image(1), tone(440))),
]
NAMES = ["image", "two images", "frames", "recording", "image and recording"]


def media_spec(models: Models, kind: str) -> EngineSpec:
    return spec_for(*(models.vision if kind == "vision" else models.omni))


@pytest.mark.parametrize(("kind", "media"), MEDIA, ids=NAMES)
def test_media_are_evaluated_once(
    models: Models, open_model: Open, kind: str, media: tuple[Part, ...]
) -> None:
    model = open_model(media_spec(models, kind))
    conversation = Conversation(model, "Ana", length=3)
    conversation.turn("mira", *media)
    new = new_tokens(model, conversation, "¿y ahora?")
    assert evaluated(conversation.turn("¿y ahora?")) <= new + SLACK_TOKENS
    Conversation(model, "Bea").turn("hola")
    new = new_tokens(model, conversation, "¿y luego?")
    assert evaluated(conversation.turn("¿y luego?")) <= new + SLACK_TOKENS


@pytest.mark.parametrize(("kind", "media"), MEDIA, ids=NAMES)
def test_reused_media_give_the_same_answer(
    models: Models, open_model: Open, kind: str, media: tuple[Part, ...]
) -> None:
    model = open_model(media_spec(models, kind))
    conversation = Conversation(model, "Ana", length=3)
    conversation.turn("mira", *media)
    conversation.turn("¿y ahora?")
    Conversation(model, "Bea").turn("hola")
    other_question = [*conversation.messages[:1], Message("user", ("mira", *media, "¿qué es?"))]
    for messages in (conversation.messages[:-1], other_question):
        fresh = open_model(media_spec(models, kind))
        expected = first_logits(fresh, messages)
        found = first_logits(model, messages)
        assert np.abs(expected).max() > 0.1
        assert_same_logits(found, expected)
        text, usage = answer(model, messages)
        assert usage.reused_tokens > 0
        assert text == answer(fresh, messages)[0]


def question(*parts: Part) -> list[Message]:
    return [Message("user", ("mira", *parts))]


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("vision", (image(1),), (image(2),)),
        ("vision", (image(1), image(2)), (image(1), image(3))),
        (
            "vision",
            (image(1, time_s=0), image(2, time_s=1)),
            (image(1, time_s=0), image(3, time_s=1)),
        ),
        ("vision", (image(1, time_s=0), image(2, time_s=1)), (image(1), image(2))),
        ("omni", (tone(440),), (tone(3000),)),
    ],
    ids=["image", "second image", "second frame", "no frames", "recording"],
)
def test_other_media_are_not_taken_for_the_same(
    models: Models,
    open_model: Open,
    kind: str,
    first: tuple[Part, ...],
    second: tuple[Part, ...],
) -> None:
    model = open_model(media_spec(models, kind))
    answer(model, question(*first))
    fresh = open_model(media_spec(models, kind))
    expected = first_logits(fresh, question(*second))
    assert_same_logits(first_logits(model, question(*second)), expected)


def test_a_model_that_cannot_go_back_continues_from_where_its_prompt_ended(
    models: Models, open_model: Open
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
    assert 0 < evaluated(usage) <= SLACK_TOKENS
    assert usage.reused_tokens > 500


class UpAfterLook(AbortFlag):
    """Goes up right after one look, as if another thread had raised it, so that native code
    is what stops."""

    def __init__(self) -> None:
        super().__init__()
        self.left = -1

    def check(self) -> None:
        super().check()
        self.left -= 1
        if self.left == 0:
            self.up()


@pytest.mark.parametrize("look", [1, 2, 3])
@pytest.mark.parametrize("kind", ["text", "hybrid", "image"])
def test_a_prompt_that_was_broken_off_leaves_a_sound_cache(
    models: Models, open_model: Open, kind: str, look: int
) -> None:
    long_text = ("hola " * 300,)
    parts, spec = {
        "text": (long_text, spec_for(models.random)),
        "hybrid": (long_text, spec_for(models.hybrid)),
        "image": (("mira", image(1), "¿qué es?"), spec_for(*models.vision)),
    }[kind]
    flag = UpAfterLook()
    model, fresh = open_model(spec, flag), open_model(spec)
    ana, bea = Conversation(model, "Ana"), Conversation(model, "Bea", length=20)
    ana.turn("hola")
    messages = [*bea.messages, Message("user", parts)]
    flag.left = look
    request = GenerationRequest(tuple(messages), ANSWER_TOKENS, temperature=0)
    (completion,) = model.generate(request)
    assert isinstance(completion, Completion)
    assert completion.finish_reason == "cancelled"
    flag.down()
    assert_same_logits(first_logits(model, messages), first_logits(fresh, messages))
    new = new_tokens(model, ana, "¿y?")
    assert evaluated(ana.turn("¿y?")) <= new + SLACK_TOKENS
    assert_same_logits(first_logits(model, ana.messages), first_logits(fresh, ana.messages))


def test_an_answer_that_was_broken_off_leaves_a_sound_cache(
    models: Models, open_model: Open
) -> None:
    for path in (models.random, models.hybrid):
        flag = UpAfterLook()
        model, fresh = open_model(spec_for(path), flag), open_model(spec_for(path))
        messages = Conversation(model, "Ana").messages
        flag.left = 6
        request = GenerationRequest(tuple(messages), ANSWER_TOKENS, temperature=0)
        *deltas, completion = model.generate(request)
        assert isinstance(completion, Completion)
        assert completion.finish_reason == "cancelled"
        flag.down()
        said = "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))
        asked = [*messages, Message.text("assistant", said), Message.text("user", "¿y?")]
        assert_same_logits(first_logits(model, asked), first_logits(fresh, asked))
