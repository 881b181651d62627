"""Cues of Spanish; the held-out prompts are measured by `python -m benchmarks.emotion`."""

import pytest

from core.emotion.spanish import spanish_of
from core.state import PastTurn
from tests.routing import heldout


@pytest.mark.parametrize(
    ("text", "variety"),
    [
        ("Tío, ¿me ayudáis con el ordenador?", "es-ES"),
        ("¿podéis decirme dónde aparcar el coche?", "es-ES"),
        ("Órale wey, no manches, ¿neta?", "es-MX"),
        ("platícame de la chamba", "es-MX"),
        ("che, vos que sabés, ¿me explicás esto?", "es-AR"),
        ("contame algo copado", "es-AR"),
        ("parce, ¿me regala una receta bien bacana?", "es-CO"),
        ("qué pena con usted, tengo mucho afán", "es-CO"),
        ("¿cachai, po? está fome la pega", "es-CL"),
        ("¿tenís la receta? la necesito altiro", "es-CL"),
        ("¿Cuál es la capital de Francia?", "neutral"),
        ("Explícame la entropía", "neutral"),
        ("después fui al café con mamá, además está detrás", "neutral"),
        ("una copa de vino tinto", "neutral"),
        ("", "neutral"),
    ],
)
def test_variety(text: str, variety: str) -> None:
    assert spanish_of(text)["variety"] == variety


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("¿puedes ayudarme con esto?", "tú"),
        ("¿podría usted ayudarme?", "usted"),
        ("dígame la hora, por favor", "usted"),
        ("¿vos qué pensás?", "vos"),
        ("decime la hora", "vos"),
        ("la capital de Francia", None),
        ("mañana hablaré con él y comeré después", None),
    ],
)
def test_form_of_address(text: str, address: str | None) -> None:
    assert spanish_of(text)["address"] == address


@pytest.mark.parametrize(
    ("text", "formality"),
    [
        ("Estimado asistente, le agradecería una respuesta", "formal"),
        ("jajaja qué bueno", "informal"),
        ("parce, ¿usted me ayuda?", "informal"),
        ("capital de Francia", None),
    ],
)
def test_formality(text: str, formality: str | None) -> None:
    assert spanish_of(text)["formality"] == formality


def test_a_conversation_keeps_its_spanish_until_another_shows() -> None:
    history: list[PastTurn] = [{"user": "che, ¿vos quién sos?", "assistant": "SARAi."}]
    kept = spanish_of("¿cuál es la capital de Francia?", history)
    assert (kept["variety"], kept["address"]) == ("es-AR", "vos")
    changed = spanish_of("vale, tío, ¿puedes decirme más?", history)
    assert (changed["variety"], changed["address"]) == ("es-ES", "tú")


def test_nothing_is_claimed_of_the_neutral_held_out_prompts() -> None:
    for prompt in heldout.varieties()["neutral"]:
        assert spanish_of(prompt.text)["variety"] == "neutral", prompt.id


def test_most_held_out_prompts_are_told() -> None:
    told = [
        spanish_of(prompt.text)["variety"] == variety
        for variety, prompts in heldout.varieties().items()
        for prompt in prompts
    ]
    assert sum(told) / len(told) >= 0.85
