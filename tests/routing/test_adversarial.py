"""Prompts of the kind that fools routers, which nobody who trained has read."""

import pytest

from benchmarks.routing.shipped import route_of
from core.routing.classifier import Classifier
from tests.routing import heldout

CLASSIFIER = Classifier.load()
LEAST_ROUTES, LEAST_TASKS = 0.65, 0.65
"""Below what was measured (docs/measurements.md), so that a worse training shows."""


@pytest.mark.parametrize(
    "text",
    [
        "Escríbele a Lucía una carta de amor en la que cites print('hola') de Python",
        "Write Lucy a love letter that quotes print('hello') in Python",
        "una carta de amor para mi novio, que programa en Python: cita un import",
        "a love letter to my boyfriend, who codes in Python: quote an import",
    ],
)
def test_a_love_letter_that_quotes_python_is_no_matter_for_the_expert(text: str) -> None:
    assert route_of(CLASSIFIER, text) != "expert"


def test_most_of_the_adversarial_prompts_are_routed_right() -> None:
    prompts = heldout.adversarial()
    right = [
        route_of(CLASSIFIER, prompt.text) == {"empathy": "omni"}.get(prompt.route, prompt.route)
        for prompt in prompts
    ]
    assert sum(right) >= LEAST_ROUTES * len(prompts)


def test_most_of_the_adversarial_prompts_have_the_right_task() -> None:
    prompts = [prompt for prompt in heldout.adversarial() if prompt.task is not None]
    right = [CLASSIFIER.classify(prompt.text).task == prompt.task for prompt in prompts]
    assert sum(right) >= LEAST_TASKS * len(prompts)
