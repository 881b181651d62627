import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.routing.classifier import Classification, Classifier
from core.routing.lexicon import read_cues
from core.state import PastTurn

CLASSIFIER = Classifier.load()


def classify(text: str) -> Classification:
    return CLASSIFIER.classify(text)


def test_the_flagship_question_is_hard_and_says_why() -> None:
    found = classify("¿Cómo configuro SSH en Ubuntu?")
    assert found.hard > 0.8
    assert found.soft < 0.3
    assert (found.task, found.language) == ("coding", "es")
    assert found.reasons[0].score == "hard"
    assert "ssh" in found.reasons[0].cue


def test_the_reasons_add_up_to_the_score() -> None:
    found = classify("I'm frustrated, my server crashes with an error at boot")
    for score in ("hard", "soft", "web_query"):
        contributions = [reason.contribution for reason in found.reasons if reason.score == score]
        assert getattr(found, score) == pytest.approx(1 - math.exp(-sum(contributions)), abs=2e-3)


def test_grief_is_soft_and_not_hard() -> None:
    found = classify("estoy muy triste, mi perro ha muerto")
    assert found.soft >= 0.7
    assert found.hard < 0.2


def test_a_frustrated_bug_report_is_hard_and_a_little_soft() -> None:
    found = classify("I'm frustrated, my server crashes with an error at boot")
    assert found.hard > 0.6
    assert 0.2 < found.soft < 0.5


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("Escribe una función en Python que sume", "coding"),
        ("Demuestra el teorema de Pitágoras", "reasoning"),
        ("Give me ideas for the weekend", "exploration"),
        ("Redacta un correo a mi jefa", "writing"),
        ("hola", "simple"),
        ("", "simple"),
        ("Analiza las ventajas y desventajas del teletrabajo", "analysis"),
        ("write a poem about Python", "creative"),
        ("Find scientific papers on sleep", "research"),
    ],
)
def test_tasks(text: str, task: str) -> None:
    assert classify(text).task == task


def test_words_inside_words_are_no_cues() -> None:
    assert classify("I know nowhere to snow").reasons == ()


@pytest.mark.parametrize(
    ("with_it", "without_it", "score"),
    [
        ("Háblame de servidores", "No me hables de servidores", "hard"),
        ("Tell me about docker", "I don't want docker", "hard"),
        ("Estoy triste", "No estoy triste", "soft"),
        ("I am sad", "I am not sad", "soft"),
    ],
)
def test_what_is_refused_or_denied_does_not_count(
    with_it: str, without_it: str, score: str
) -> None:
    assert getattr(classify(with_it), score) > 0.5
    assert getattr(classify(without_it), score) == 0


def test_a_refusal_reaches_four_words() -> None:
    assert classify("I don't want any long docker text").hard == 0
    assert classify("I don't want any of your long docker texts").hard > 0.5


def test_a_feeling_of_ones_own_or_with_a_degree_word_counts_more() -> None:
    assert classify("estoy contento").soft > classify("contento").soft
    assert classify("very happy").soft > classify("happy").soft


def test_a_question_about_the_present_is_for_the_web_unless_it_is_about_us() -> None:
    assert classify("Is there a strike today?").web_query > 0.7
    assert classify("What can I cook today?").web_query < 0.5
    assert classify("¿Qué puedo cocinar hoy?").web_query < 0.5


def test_a_refusal_ends_with_its_clause() -> None:
    assert classify("No quiero poemas, explica docker y kubernetes").hard > 0.6
    assert classify("no quiero docker pero explica kubernetes y nginx").hard > 0.6


def test_an_inability_is_no_denial_of_the_technology() -> None:
    assert classify("no puedo conectar por ssh").hard > 0.6


def test_a_form_shields_its_subject_but_not_an_ordered_program() -> None:
    assert classify("Write a poem about docker and kubernetes servers").hard < 0.4
    ordered = classify("Write a script in Python that prints a poem")
    assert ordered.hard > 0.8
    assert ordered.task == "coding"


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("```\nx\n```", "source code"),
        ("f(x) = x^2", "a formula"),
        ("palabra " * 60, "a long prompt"),
        ("¿Es así? ¿O no?", "several questions"),
        ("How do I whistle", "asks how to"),
        ("campeones de 2026", "a recent year"),
        ("Is there a strike today?", "asks about the present"),
    ],
)
def test_the_form_of_a_prompt_is_evidence(text: str, cue: str) -> None:
    assert cue in [reason.cue for reason in classify(text).reasons]


def turn(user: str) -> PastTurn:
    return {"user": user, "assistant": "..."}


@pytest.mark.parametrize("text", ["sí, sigue", "¿y por qué?", "dime más", "go on", "otro ejemplo"])
def test_a_follow_up_carries_the_turn_before(text: str) -> None:
    history = [turn("¿Cómo configuro SSH en Ubuntu?"), turn("sigue")]
    alone, carried = CLASSIFIER.classify(text), CLASSIFIER.classify(text, history)
    assert alone.hard < 0.4
    assert carried.hard > 0.8
    assert carried.task == "coding"
    assert all(reason.cue.startswith("follow-up, ") for reason in carried.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "gracias",
        "hola",
        "estoy muy triste hoy, no me apetece nada",
        "y entonces el rey mandó llamar a toda la corte",
        "manzanas verdes",
    ],
)
def test_what_stands_for_itself_is_no_follow_up(text: str) -> None:
    history = [turn("¿Cómo configuro SSH en Ubuntu?")]
    assert CLASSIFIER.classify(text, history) == CLASSIFIER.classify(text)


def test_confidence_is_the_amount_of_evidence() -> None:
    assert classify("xyzzy").confidence == 0
    assert 0.5 < classify("hola").confidence < 1
    assert classify("explica tcp, udp y dns en linux").confidence > classify("hola").confidence


@given(st.text(max_size=300))
def test_any_text_gives_scores_in_range(text: str) -> None:
    found = classify(text)
    assert all(0 <= score <= 1 for score in (found.hard, found.soft, found.web_query))
    assert 0 <= found.confidence <= 1


def test_every_concept_speaks_both_languages() -> None:
    for concept in read_cues().concepts:
        assert concept.both or (concept.es and concept.en), concept.id


def test_a_typical_prompt_takes_less_than_a_millisecond() -> None:
    prompt = "Hola, ¿me explicas cómo configuro un servidor SSH en Ubuntu y qué puertos abro hoy?"
    best_s = min(_seconds(prompt) for _ in range(50))
    assert best_s < 0.001


def _seconds(prompt: str) -> float:
    started = time.perf_counter()
    classify(prompt)
    return time.perf_counter() - started
