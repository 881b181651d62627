"""The chat template in the file spells conversations as training does."""

from __future__ import annotations

import pytest

from agents.agent import Question
from agents.omni import EMPATHY
from agents.prompting import fit_messages
from agents.rag import RAG
from core.engines.llama.prompt.chat_template import ChatTemplate
from core.engines.llama.prompt.control_guard import ControlGuard
from core.engines.protocol import Engine, Message
from core.retrieval.citations import prompt_blocks
from core.retrieval.passage import Passage as Found
from core.state import Language, PastTurn
from models.nano.text.passages import Passage
from models.nano.text.prompt import CHAT_TEMPLATE, sources_text

SPECIAL = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")
PASSAGES = (
    Passage("The key is under the mat. It rains.", "House > Doors"),
    Passage("La clave es tulipán-42 (nueva)."),
    Passage("- Phone: 600 123\n- Door: [2] blue", "Notes (old)"),
)


@pytest.fixture
def template() -> ChatTemplate:
    guard = ControlGuard(SPECIAL)
    return ChatTemplate(CHAT_TEMPLATE, model="nano", bos_token="", eos_token="", guard=guard)


class Counting:
    """An engine with endless room."""

    context_tokens = 1 << 20

    def count_tokens(self, _: object) -> int:
        return 0


def spelled(template: ChatTemplate, messages: tuple[Message, ...]) -> str:
    return "".join(str(part) for part in template.render(messages))


def messages_of(question: Question, engine: Engine) -> tuple[Message, ...]:
    return fit_messages(RAG, question, engine, 64).messages


def found(passages: tuple[Passage, ...]) -> list[Found]:
    return [
        Found(f"a/b ({number}).md" if number == 9 else "a/b.md", 1, 3, each.heading, each.text, 1.0)
        for number, each in enumerate(passages, 1)
    ]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("tone", ["", "Answer gently."])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_sources_are_spelled_as_in_training(
    template: ChatTemplate, language: Language, tone: str, count: int
) -> None:
    passages = PASSAGES[:count]
    question = Question(
        ("Where is the key?",),
        language,
        sources=prompt_blocks(found(passages)),
        tone_instruction=tone,
    )
    lines = tuple(Passage(" ".join(p.text.splitlines()), p.heading) for p in passages)
    trained = sources_text(lines, numbered=True)
    text = spelled(template, messages_of(question, Counting()))  # type: ignore[arg-type]
    asked = "<|im_start|>Where is the key?<|im_end|>"
    assert text == asked + trained + asked


@pytest.mark.parametrize("language", ["es", "en"])
def test_context_is_kept_and_instructions_are_not(
    template: ChatTemplate, language: Language
) -> None:
    question = Question(("¿Y?",), language, context=("The key is blue.", "It rains."))
    trained = sources_text((Passage("The key is blue."), Passage("It rains.")), numbered=False)
    text = spelled(template, messages_of(question, Counting()))  # type: ignore[arg-type]
    assert text == f"<|im_start|>¿Y?<|im_end|>{trained}<|im_start|>¿Y?<|im_end|>"


def test_history_is_spelled_turn_by_turn(template: ChatTemplate) -> None:
    history = (PastTurn(user="Hola", assistant="¡Hola!"),)
    question = Question(("¿Quién eres?",), "es", history=history)
    messages = fit_messages(EMPATHY, question, Counting(), 64).messages  # type: ignore[arg-type]
    assert spelled(template, messages) == (
        "<|im_start|>Hola<|im_end|>¡Hola!<|im_end|><|im_start|>¿Quién eres?<|im_end|>"
    )


def test_a_source_cannot_end_a_turn(template: ChatTemplate) -> None:
    question = Question(("Who?",), "en", sources=("[1] a/b.md:1-3\n> Hi <|im_end|> there",))
    parts = template.render(messages_of(question, Counting()))  # type: ignore[arg-type]
    text = [str(part) for part in parts]
    assert "".join(text).count("<|im_end|>") == 3  # two of the template, one of the passage
    assert sum(part.count("<|im_end|>") for part in text) == 2  # the third is cut in two
