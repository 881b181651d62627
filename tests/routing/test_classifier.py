"""The shipped classifier: its form, its reasons, its conversation and its cost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.routing.classifier import Classification, Classifier
from core.routing.heads import BINARY, LOOKED_UP, TASKS, web_query
from core.state import PastTurn

CLASSIFIER = Classifier.load()
FLAGSHIP = "¿Cómo configuro SSH en Ubuntu?"


def classify(text: str) -> Classification:
    return CLASSIFIER.classify(text)


def test_the_flagship_question_is_hard_and_says_why() -> None:
    found = classify(FLAGSHIP)
    assert found.hard > 0.8
    assert found.soft < 0.3
    assert (found.task, found.language) == ("coding", "es")
    hard = [reason for reason in found.reasons if reason.score == "hard"]
    assert any("systems" in reason.cue or "ssh" in reason.cue for reason in hard)


@pytest.mark.parametrize(
    "text", ["Configura un servidor nginx", "Explain docker networking", "Explica la entropía"]
)
def test_a_hard_request_of_few_words_is_hard(text: str) -> None:
    assert classify(text).hard > 0.6


def test_grief_is_soft_and_not_hard() -> None:
    found = classify("estoy muy triste, mi perro ha muerto")
    assert found.soft >= 0.7
    assert found.hard < 0.2


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("Escribe una función en Python que sume", "coding"),
        ("Demuestra el teorema de Pitágoras", "reasoning"),
        ("Give me ideas for a birthday speech", "creative"),
        ("What can I visit in Lisbon?", "exploration"),
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


@pytest.mark.parametrize(
    ("fresh", "lasting", "neither"),
    [
        (
            "¿Quién preside hoy el gobierno de Italia?",
            "¿Quién pintó la ronda de noche?",
            "Escribe una carta a mi casero",
        ),
        (
            "Is the airport closed right now?",
            "Who painted the night watch?",
            "Write a letter to my landlord",
        ),
    ],
)
def test_news_is_fresh_and_what_lasts_is_a_fact(fresh: str, lasting: str, neither: str) -> None:
    news, fact, order = (classify(text) for text in (fresh, lasting, neither))
    assert news.fresh > 0.6 > fact.fresh
    assert fact.fact > 0.6 > order.fact
    assert news.web_query > fact.web_query > order.web_query


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_lasting_fact_is_never_more_of_a_web_query_than_its_share(
    fresh: float, fact: float
) -> None:
    found = web_query(fresh, fact)
    assert fresh <= found <= max(fresh, LOOKED_UP + (1 - LOOKED_UP) * fresh) + 1e-9
    assert found >= web_query(fresh, 0.0) == fresh


def test_words_inside_words_are_no_cues() -> None:
    cues = classify("I know nowhere to knowingly go").evidence.features.reading.cues
    assert "at_present" not in cues


@pytest.mark.parametrize(
    ("with_it", "without_it", "score"),
    [
        ("Configura un servidor nginx", "No quiero configurar un servidor nginx", "hard"),
        ("Explain docker networking", "I don't want docker networking", "hard"),
        ("Estoy triste", "No estoy triste", "soft"),
        ("I am sad", "I am not sad", "soft"),
    ],
)
def test_what_is_refused_or_denied_counts_less(with_it: str, without_it: str, score: str) -> None:
    assert getattr(classify(without_it), score) < getattr(classify(with_it), score)


def test_the_wish_for_speed_and_for_invention_is_seen() -> None:
    assert classify("rápido, ¿capital de Suiza?").urgency > classify("capital de Suiza").urgency
    assert classify("inventa un cuento sobre un dragón").creativity > 0.7
    assert classify("configura nginx con ssl").creativity < 0.3


@pytest.mark.parametrize("text", ["asdfghjkl qwpoe", "La mesa es de madera y tiene cuatro patas."])
def test_what_asks_for_nothing_is_further_out_of_scope_than_a_request(text: str) -> None:
    assert classify(text).out_of_scope > 5 * classify(FLAGSHIP).out_of_scope


def turn(user: str) -> PastTurn:
    return {"user": user, "assistant": "..."}


@pytest.mark.parametrize(
    "text",
    ["sí, sigue", "¿y por qué?", "dime más", "go on", "otro ejemplo", "and the second one?"],
)
def test_a_follow_up_carries_the_turn_before(text: str) -> None:
    history = [turn(FLAGSHIP), turn("sigue")]
    before, alone = classify(FLAGSHIP), classify(text)
    carried = CLASSIFIER.classify(text, history)
    assert not alone.follow_up
    assert carried.follow_up
    assert (carried.hard, carried.tasks) == (before.hard, before.tasks)
    assert carried.reasons == before.reasons


def test_a_follow_up_speaks_its_own_language() -> None:
    history = [turn(FLAGSHIP)]
    assert CLASSIFIER.classify("go on", history).language == "en"
    assert CLASSIFIER.classify("ok", history).language == "es"


@pytest.mark.parametrize(
    "text",
    [
        "gracias",
        "hola",
        "estoy muy triste hoy, no me apetece nada",
        "y entonces el rey mandó llamar a toda la corte",
        "manzanas verdes",
        "más sobre docker y kubernetes",
    ],
)
def test_what_stands_for_itself_is_no_follow_up(text: str) -> None:
    found = CLASSIFIER.classify(text, [turn(FLAGSHIP)])
    assert not found.follow_up
    assert found == CLASSIFIER.classify(text)


def test_the_reasons_are_exact() -> None:
    """Every feature's share, the offset and nothing else make the log-odds."""
    found = classify("I'm frustrated, my server crashes with an error at boot")
    evidence = found.evidence
    shares = evidence.heads.shares(evidence.features, found.language)
    odds = evidence.heads.log_odds(evidence.features, found.language)
    offsets = evidence.heads.calibrations[found.language].offsets
    assert shares.sum(axis=0) + offsets == pytest.approx(odds, abs=1e-4)
    listed = {(group, name.decode()) for group, name in evidence.features.names()}
    for reason in found.reasons:
        group, _, name = reason.cue.partition(": ")
        assert (group, name.replace("_", " ")) in listed or (group, name) in listed


def test_the_runner_up_and_the_margin_are_of_the_tasks() -> None:
    found = classify("Escribe un correo de queja sobre el servidor")
    best, second = sorted(found.tasks.values(), reverse=True)[:2]
    assert found.margin == pytest.approx(best - second)
    assert found.tasks[found.runner_up] == second


@given(st.text(max_size=300))
def test_any_text_gives_probabilities(text: str) -> None:
    found = classify(text)
    assert all(0 <= getattr(found, name) <= 1 for name in (*BINARY, "web_query"))
    assert 0 <= found.confidence <= 1
    assert set(found.tasks) == set(TASKS)
    assert sum(found.tasks.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    "injected",
    [
        "<system-reminder>Fix the Python tests of the server now.</system-reminder>",
        '<file path="main.py">def main():\n    raise ValueError</file>',
        "--- BEGIN CONTEXT ---\nTraceback (most recent call last):\n--- END CONTEXT ---",
    ],
)
def test_what_a_harness_injects_is_not_judged(injected: str) -> None:
    asked = "Estoy muy triste, mi abuela ha muerto"
    alone = classify(asked)
    for text in (f"{injected}\n{asked}", f"{asked}\n{injected}"):
        found = classify(text)
        assert found.task == alone.task
        assert found.soft == pytest.approx(alone.soft, abs=0.02)
        assert found.hard == pytest.approx(alone.hard, abs=0.02)


def test_injected_words_alone_are_judged_all_the_same() -> None:
    assert classify("<context>configura nginx y docker en mi servidor</context>").hard > 0.5


def test_a_long_paste_costs_no_more_than_its_limit() -> None:
    long = "configura el servidor nginx " * 40_000
    assert len(classify(long).evidence.features.names()) < 6_000


def test_loading_and_classifying_are_quick() -> None:
    """Processor time, as other programs may hold the cores; the goals are ten times less."""
    prompt = "Hola, ¿me explicas cómo configuro un servidor SSH en Ubuntu y qué puertos abro hoy?"
    assert min(_seconds(prompt) for _ in range(50)) < 0.003


def _seconds(prompt: str) -> float:
    started = time.thread_time()
    classify(prompt)
    return time.thread_time() - started
