import pytest

from core.routing.classifier import Classifier
from core.routing.skills import choose_skill, skills

CLASSIFIER = Classifier.load()


def test_the_eight_presets_are_there() -> None:
    assert set(skills()) == {
        "programming", "diagnosis", "financial", "creative", "reasoning", "cto", "sre", "draft",
    }  # fmt: skip
    assert skills()["draft"].max_tokens == 150


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("Escribe una función en Python que ordene una lista", "programming"),
        ("My program crashes with a segfault when it starts", "diagnosis"),
        ("The production pipeline is down, how do I do a rollback of the deployment?", "sre"),
        ("Write a poem about the sea", "creative"),
        ("Demuestra que hay infinitos números primos", "reasoning"),
        ("hola", None),
    ],
)
def test_a_question_gets_its_skill(text: str, skill: str | None) -> None:
    chosen = choose_skill(CLASSIFIER.classify(text))
    assert (chosen.id if chosen else None) == skill


def test_skills_speak_the_language_of_the_reply() -> None:
    for skill in skills().values():
        assert skill.instruction("es") != skill.instruction("en")
