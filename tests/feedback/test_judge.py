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
    "Mil gracias, crack",
    "Muy amable, gracias",
    "¡Qué bien, gracias!",
    "te lo agradezco",
    "Buenísimo",
    "Súper, gracias",
    "Me has salvado, gracias",
    "okay cool thanks",
    "Gracias, me quedó clarísimo",
    "¡Excelente explicación!",
    "ahora lo veo claro",
    "Justo eso buscaba",
    "great explanation",
    "thanks man",
    "Thank you very much, that did the trick",
    "nice one",
    "That's perfect",
    "yes that's it, thank you",
    "Works like a charm",
    "mil gracias por la ayuda",
    "¡Está genial!",
    "Me ha gustado mucho, gracias",
    "Ha quedado perfecto",
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
    "Eso no tiene sentido",
    "No es verdad, son 8 minutos",
    "Incorrecto, tarda 8 minutos",
    "No, te has confundido",
    "estás equivocado",
    "That makes no sense",
    "No, it's 8 minutes, you're wrong",
    "that's not the answer",
    "Wrong! It takes 8 minutes",
    "I think that's wrong",
    "I don't think that's right",
    "no me entiendes",
    "No, así no funciona",
    "Ese no es el problema",
    "pero eso ya lo probé y no funciona",
    "No es lo que busco",
    "that's a different question",
    "No no no, wrong again",
    "This doesn't run",
    "that gives me an error",
    "Eso da error",
    "me da error",
    "you're hallucinating",
    "Eso te lo estás inventando",
    "No quiero eso",
    "Muy mal",
    "that's bad",
    "completely wrong",
    "Totalmente incorrecto",
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
    "Escribe un tuit que acabe en 👍",
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
    "¿Cuánto tarda la luz de la Luna en llegar a la Tierra?",
    "¿y a Marte?",
    "why is it wrong to lie?",
    "exact change only: how much is that",
    "Well, what about Mars?",
    "sigue por favor",
    "Escribe un correo de agradecimiento",
    "How can I say that's wrong politely?",
    "mal tiempo en Madrid, ¿qué hago?",
    "Good morning",
    "nice to meet you",
    "great expectations: resume el libro",
    "no sé qué cocinar hoy",
    "me gusta la pizza",
    "gracias a la fotosíntesis las plantas hacen ¿qué?",
    "No puedo dormir, ¿qué hago?",
    "thanks to whom do we have penicillin?",
    "correct this: he go home",
    "works of Shakespeare",
    "amazing facts about bees",
    "no me funciona el wifi desde ayer",
    "Mi jefe me dijo: eso está mal",
    "funciona con Linux?",
    "perfecto simple del verbo hacer",
    "How do I sort a list of tuples by two keys in Python?",
    "and in descending order?",
    "Now in JavaScript",
    "¿y al revés?",
    "that one with lambda",
    "Give me another example",
    "Can you explain the key argument?",
    "exact match or partial?",
    "What does KeyError mean?",
    "perfect squares in Python",
    "great circle distance formula",
    "nice command in Linux: how does it work",
    "cool colors for a website",
    "super() in Python",
    "I like cheese, what goes with it?",
    "no quiero usar lambda",
    "no uses lambda",
    "Shorter please",
    "más corto",
    "is sorted() stable?",
    "Good restaurants in Lima",
    "wrong turn movie plot",
    "correct me: I has a dog",
    "mal uso de lambda, ejemplos",
    "Escribe un correo informal para pedir un aumento",
    "Ahora tradúcelo al inglés",
    "Now translate it to English",
    "hazlo más corto",
    "make it shorter",
    "¿Y si mi jefe dice que no?",
    "add a line about Friday",
    "Esta tarde llueve en Madrid",
    "Es una pena que no pueda ir",
    "The best pizza in Naples",
    "Este verano quiero viajar, ideas",
    "That reminds me, what's the time",
    "still life painting techniques",
    "error handling in Rust",
    "La solución de la ecuación x+2=5",
    "good books about Rome",
    "False friends in Spanish and English",
    "una buena receta de tortilla",
    "útiles escolares para primero",
    "Code a snake game",
    "bad bunny canciones",
    "It is raining, what can I do",
    "Otra cosa: ¿qué tiempo hace?",
    "Es correcto el uso de la coma aquí?",
    "esa canción de Queen, cómo se llama",
    "bien, sigue",
    "Bien, ahora con dos claves",
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
        ("enciende la luz", "enciende la luz"),
        ("Tell me a joke", "tell me a joke"),
        ("cuéntame un chiste", "cuéntame un chiste"),
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


@pytest.mark.parametrize("objection", [each for each in OBJECTIONS if each != "👎"])
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
