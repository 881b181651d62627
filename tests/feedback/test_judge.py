"""What a message says of the answer before it, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.feedback.judge import own_signal, said_of_last
from core.feedback.phrases import phrases
from core.feedback.signals import SCORES, Signal, reward_of, verdict_of

ASKED = "¿Cómo configuro SSH en Ubuntu?"

THANKS = [
    "gracias",
    "¡Muchas gracias!",
    "MUCHAS GRACIAS",
    "ok gracias",
    "vale, perfecto",
    "Perfecto, ahora dime cómo cambio el puerto",
    "gracias por la explicación",
    "Gracias. ¿Y en Fedora?",
    "eso era, gracias",
    "sí, exacto",
    "Genial!! ya funciona",
    "justo lo que necesitaba",
    "me ha servido mucho",
    "thanks",
    "Thank you so much!",
    "ok thanks",
    "That worked, thanks!",
    "that’s right",
    "Thats right",
    "Great, now do it in French",
    "just what I needed",
    "thanks for the detailed answer",
    "👍",
    "perfect 🎉",
]
OBJECTIONS = [
    "no era eso",
    "No, eso está mal",
    "eso no es lo que te pedí",
    "te equivocas, es el puerto 22",
    "gracias, pero no es eso",
    "Mal.",
    "no funciona",
    "sigue sin funcionar",
    "No te pregunté eso",
    "hola, eso no es correcto",
    "te lo has inventado",
    "gracias por nada",
    "that's wrong",
    "That’s wrong, the port is 22",
    "No, that is not correct.",
    "you're wrong",
    "Sorry, but that's not what I asked for",
    "it doesn't work",
    "still not working",
    "thanks for nothing",
    "not what I wanted",
    "nope",
    "👎",
    "Are you sure? That's not true",
]
REPETITIONS = [
    "¿Cómo configuro SSH en Ubuntu?",
    "como configuro ssh en ubuntu",
    "¿Cómo puedo configurar el SSH en mi Ubuntu?",
    "dime cómo configurar ssh en ubuntu por favor",
    "Gracias, pero ¿cómo configuro SSH en Ubuntu?",
    "te he preguntado por SSH",
    "me refiero a configurarlo en el servidor",
    "I meant on the server",
    "I asked you about SSH",
    "let me rephrase: ssh on a server",
]
NOTHING = [
    "¿Cómo se dice gracias en japonés?",
    "Traduce: gracias",
    "How do you say thank you in French?",
    "What's wrong with this code?",
    "write a thank you letter to my aunt",
    "escribe una carta dando las gracias a mi tía",
    "¿Es correcto decir 'habían muchos'?",
    "is that right?",
    "¿Correcto?",
    "no",
    "sí",
    "ok",
    "no gracias",
    "No, thanks.",
    "hola",
    "sigue",
    "continue",
    "more",
    "wrong answers only: what is a router?",
    "Correct the spelling of this text",
    "perfect numbers below 1000?",
    "great white sharks",
    "nice places near Lyon",
    "mal de altura: síntomas",
    "No funciona mi impresora",
    "it doesn't work when I print: why?",
    "exactly how many planets are there",
    "eso me recuerda a otra cosa, ¿qué es un kernel?",
    "that reminds me of something",
    "I said hello to my boss and he did not answer",
    "¿Cómo configuro el puerto 2222?",
    "¿Cómo instalo Docker en Ubuntu?",
    "",
    "???",
]


@pytest.mark.parametrize(
    ("message", "signal"),
    [(message, "thanks") for message in THANKS]
    + [(message, "objection") for message in OBJECTIONS]
    + [(message, "repetition") for message in REPETITIONS]
    + [(message, "went_on") for message in NOTHING],
)
def test_a_message_tells_of_the_answer_before_it(message: str, signal: Signal) -> None:
    assert said_of_last(message, ASKED) == signal


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("hola", "hola"),
        ("What is the capital of France?", "What is the capital of Italy?"),
        ("¿Cuál es la capital de Francia?", "¿Cuál es la capital de Italia?"),
        ("What is 12 times 7?", "What is 12 times 8?"),
        ("¿Cuánto es 15 por ciento de 80?", "¿Cuánto es 15 por ciento de 90?"),
        ("Write a poem about the sea", "Write a story about the sea"),
    ],
)
def test_another_question_is_no_repetition(first: str, second: str) -> None:
    assert said_of_last(second, first) == "went_on"


@given(st.text(), st.text())
def test_any_message_has_a_signal_that_was_read(message: str, asked: str) -> None:
    assert said_of_last(message, asked) in {"thanks", "objection", "repetition", "went_on"}


@pytest.mark.parametrize("objection", OBJECTIONS)
def test_a_complaint_counts_before_thanks(objection: str) -> None:
    assert SCORES[said_of_last(f"gracias. {objection}", ASKED)] < 0


def test_every_phrase_says_one_thing() -> None:
    assert all(len(payloads) == 1 for payloads in phrases().table._payloads.values())


@pytest.mark.parametrize(
    ("response", "finish_reason", "simple", "signal"),
    [
        ("Sí.", "stop", False, "short"),
        ("Sí.", "stop", True, None),
        ("one two three four five six seven eight nine ten", "stop", False, None),
        ("Sí.", "cancelled", True, "stopped"),
    ],
)
def test_an_answer_tells_a_little_by_itself(
    response: str, finish_reason: str, simple: bool, signal: Signal | None
) -> None:
    assert own_signal(response, finish_reason, simple=simple) == signal


def test_only_what_was_plain_is_a_verdict() -> None:
    verdicts = {signal: verdict_of(signal) for signal in SCORES}
    assert {signal for signal, verdict in verdicts.items() if verdict == "good"} == {
        "good",
        "thanks",
    }
    assert {signal for signal, verdict in verdicts.items() if verdict == "bad"} == {
        "bad",
        "objection",
        "repetition",
    }
    assert verdict_of(None) == "unknown"


def test_a_command_weighs_most_and_silence_least() -> None:
    weights = {signal: reward_of(signal).weight for signal in SCORES}
    assert weights["good"] == weights["bad"] == max(weights.values()) == 1
    assert reward_of("went_on").value == 0.5
    assert 0 < weights["went_on"] < weights["short"]
