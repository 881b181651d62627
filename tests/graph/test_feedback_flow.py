"""Turns are logged, judged by the message after them, and move later choices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from core.graph import SARAiOrchestrator
from core.model_pool import ModelPool
from core.routing.selection import Selection, Wishes
from core.settings import load_settings
from core.settings.model_override import OVERRIDE_VARIABLE
from core.state import ModelDraw
from core.storage.folder import DataFolder
from tests.environments import NO_OLLAMA
from tests.feedback.turns import simulated
from tests.ollama_emulator import EmulatedModel, OllamaEmulator

HARD = "¿Cómo configuro SSH en Ubuntu?"


@pytest.fixture(scope="module")
def server() -> Iterator[OllamaEmulator]:
    with OllamaEmulator([EmulatedModel("one"), EmulatedModel("two")]) as emulator:
        yield emulator


def settings_path(folder: Path, *, explore_share: float = 0.0) -> Path:
    """Two real models for each role of words."""
    chain = ["one", "two", "nano_text"]
    configuration = {
        "models": {
            name: {"name": name, "engine": "ollama", "ollama_model": name, "max_memory_mb": 300}
            for name in ("one", "two")
        },
        "profiles": {"mine": {role: [*chain] for role in ("expert", "tiny", "rag", "empathy")}},
        "runtime": {"profile": "mine"},
        "feedback": {"explore_share": explore_share},
    }
    path = folder / "sarai.yaml"
    path.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    return path


def opened(
    folder: DataFolder, server: OllamaEmulator, path: Path, **variables: str
) -> SARAiOrchestrator:
    environ = {**NO_OLLAMA, "SARAI__OLLAMA__BASE_URL": server.base_url, **variables}
    pool = ModelPool(load_settings(path, environ=environ), folder)
    return SARAiOrchestrator(pool=pool, preload=False)


@pytest.fixture
def assistant(
    folder: DataFolder, server: OllamaEmulator, tmp_path: Path
) -> Iterator[SARAiOrchestrator]:
    with opened(folder, server, settings_path(tmp_path)) as assistant:
        yield assistant


@pytest.fixture
def exploring(
    folder: DataFolder, server: OllamaEmulator, tmp_path: Path
) -> Iterator[SARAiOrchestrator]:
    with opened(folder, server, settings_path(tmp_path, explore_share=0.5)) as assistant:
        yield assistant


def signals(assistant: SARAiOrchestrator) -> list[str | None]:
    return [turn.signal for turn in assistant.services.feedback_log.turns()]


@pytest.mark.parametrize(
    ("message", "signal"),
    [
        ("gracias, eso era", "thanks"),
        ("No, that's wrong.", "objection"),
        ("¿cómo configuro ssh en ubuntu?", "repetition"),
        ("¿Y en Fedora?", "went_on"),
    ],
)
def test_the_next_message_of_a_thread_judges_the_turn_before(
    assistant: SARAiOrchestrator, message: str, signal: str
) -> None:
    first = assistant.invoke({"input": HARD, "thread_id": "t"})
    assert signals(assistant) == [None]
    second = assistant.invoke({"input": message, "thread_id": "t"})
    assert signals(assistant)[0] == signal
    assert first["feedback"] is not None
    assert second["feedback"] is not None
    told = (second["feedback"]["judged"], second["feedback"]["signal"])
    assert told == (first["feedback"]["run_id"], signal)


def test_turns_outside_of_a_thread_or_in_another_are_not_judged(
    assistant: SARAiOrchestrator,
) -> None:
    assistant.invoke("hola")
    assistant.invoke("gracias")
    assistant.invoke({"input": "hola", "thread_id": "a"})
    assistant.invoke({"input": "gracias", "thread_id": "b"})
    assert signals(assistant) == [None] * 4


def test_a_forgotten_conversation_is_not_judged_by_the_next(assistant: SARAiOrchestrator) -> None:
    assistant.invoke({"input": "hola", "thread_id": "t"})
    assistant.forget("t")
    assistant.invoke({"input": "gracias", "thread_id": "t"})
    assert signals(assistant) == [None, None]


def test_a_private_turn_is_not_judged(assistant: SARAiOrchestrator) -> None:
    assistant.invoke({"input": "hola", "thread_id": "t"})
    assistant.invoke({"input": "un secreto", "thread_id": "t", "store_memory": False})
    assistant.invoke({"input": "gracias", "thread_id": "t"})
    assert signals(assistant) == ["went_on", None, None]


def ranked(assistant: SARAiOrchestrator) -> Selection:
    return assistant.services.selector.select("simple", wishes=Wishes(quality=10))


def test_what_was_said_of_answers_moves_the_selectors_quality_also_after_a_restart(
    folder: DataFolder, server: OllamaEmulator, tmp_path: Path
) -> None:
    path = settings_path(tmp_path)
    with opened(folder, server, path) as assistant:
        assert ranked(assistant).model == "one"
        for _ in range(6):
            state = assistant.invoke("hola")
            assert (state["task"], state["model_used"]) == ("simple", "one")
            assert state["feedback"] is not None
            assert assistant.services.feedback_log.rate(state["feedback"]["run_id"], good=False)
        assert ranked(assistant).model == "two"
        last = assistant.services.feedback_log.turns()[-1].run_id
    with opened(folder, server, path) as assistant:
        found = ranked(assistant)
        assert found.model == "two"
        assert next(each.answers for each in found.ranked if each.model == "one") == 6
        wished = assistant.invoke({"input": "hola", "preferences": {"quality": True}})
        assert wished["model_used"] == "two"
        assistant.services.feedback_log.rate(last, good=True)
        changed = next(each.quality for each in ranked(assistant).ranked if each.model == "one")
        assert changed > next(each.quality for each in found.ranked if each.model == "one")


def test_nothing_is_drawn_as_long_as_nobody_asked_for_it(assistant: SARAiOrchestrator) -> None:
    states = [assistant.invoke("hola") for _ in range(5)]
    assert {state["model_used"] for state in states} == {"one"}
    assert all(state["model_draw"] is None for state in states)
    assert all(turn.draw is None for turn in assistant.services.feedback_log.turns())


def test_exploring_draws_among_the_profiles_models_and_logs_the_probabilities(
    exploring: SARAiOrchestrator,
) -> None:
    states = [exploring.invoke("hola") for _ in range(12)]
    assert {state["model_used"] for state in states} == {"one", "two"}
    turns = exploring.services.feedback_log.turns()
    for state, turn in zip(states, turns, strict=True):
        draw = state["model_draw"]
        assert draw == turn.draw
        assert draw is not None
        assert draw["shares"] == {"one": 0.75, "two": 0.25}  # no stand-in among them
        assert (draw["default"], draw["chosen"]) == ("one", state["model_used"])
        told = "two was drawn (25%) in place of one" in (state["route_reason"] or "")
        assert told == (state["model_used"] == "two")


def test_a_wish_a_named_model_or_the_override_is_never_overruled(
    folder: DataFolder,
    server: OllamaEmulator,
    tmp_path: Path,
    exploring: SARAiOrchestrator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for wish in ({"model": "one"}, {"speed": True}, {"quality": True}, {"strategy": "fast"}):
        state = exploring.invoke({"input": "hola", "preferences": wish})
        assert (state["model_used"], state["model_draw"]) == ("one", None)
    monkeypatch.setenv(OVERRIDE_VARIABLE, "one")
    assert exploring.invoke("hola")["model_draw"] is None
    monkeypatch.delenv(OVERRIDE_VARIABLE)
    named = {"SARAI__ROUTING__TEXT_VARIANT_SELECTION__TINY__MODEL": "one"}
    with opened(folder, server, settings_path(tmp_path, explore_share=0.5), **named) as assistant:
        assert assistant.invoke("hola")["model_draw"] is None


def test_a_wish_that_is_not_about_the_model_leaves_it_to_the_draw(
    exploring: SARAiOrchestrator,
) -> None:
    state = exploring.invoke({"input": "hola", "preferences": {"language": "en"}})
    assert state["model_draw"] is not None


def test_a_model_that_is_not_there_is_never_drawn(
    folder: DataFolder, server: OllamaEmulator, tmp_path: Path
) -> None:
    path = settings_path(tmp_path, explore_share=0.5)
    missing = {"SARAI__MODELS__TWO__OLLAMA_MODEL": "not-pulled"}
    with opened(folder, server, path, **missing) as assistant:
        state = assistant.invoke("hola")
    assert (state["model_used"], state["model_draw"]) == ("one", None)


def test_what_was_taught_decides_only_after_it_was_switched_on(
    assistant: SARAiOrchestrator,
) -> None:
    services = assistant.services
    kind = assistant.invoke("hola")
    assert kind["feedback"] is not None
    taught_of(assistant, "two")
    assert assistant.invoke("hola")["model_draw"] is None
    with services.database.transaction() as connection:
        connection.execute("INSERT INTO learning VALUES (1, '2026-01-01T00:00Z', 99, 1, 1, 1)")
    draws = [drawn(assistant) for _ in range(12)]
    assert draws[0]["shares"]["two"] > 0.75
    # By that share fewer than four of twelve come once in 2,500 times.
    assert sum(draw["chosen"] == "two" for draw in draws) >= 4
    assert services.learning.switch_off()
    assert assistant.invoke("hola")["model_draw"] is None


def drawn(assistant: SARAiOrchestrator) -> ModelDraw:
    draw = assistant.invoke("hola")["model_draw"]
    assert draw is not None
    return draw


def taught_of(assistant: SARAiOrchestrator, better: str) -> None:
    """A log in which `better` was thanked for each answer, and nobody else was."""
    log = assistant.services.feedback_log
    (first,) = log.turns()
    for number, each in enumerate(simulated({"one": 0.0, "two": 1.0}, 60, seed=1)):
        good = each.model == better
        log.append(
            type(each)(
                run_id=f"taught {number}",
                at=log.now(),
                thread_id=None,
                context=first.context,
                model=each.model,
                seconds=1.0,
                signal="thanks" if good else "objection",
            )
        )


def test_a_log_that_cannot_be_read_costs_no_answer(exploring: SARAiOrchestrator) -> None:
    with exploring.services.database.transaction() as connection:
        connection.execute("DROP TABLE learning")
        connection.execute("DROP TABLE feedback_turns")
    state = exploring.invoke("hola")
    assert (state["model_used"], state["model_draw"]) == ("one", None)
    asked = exploring.invoke({"input": "hola", "preferences": {"quality": True}})
    assert asked["model_used"] == "one"
