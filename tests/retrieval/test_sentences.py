"""Where sentences end."""

from __future__ import annotations

import pytest

from core.retrieval.sentences import sentences

WRAPPED = (
    "El molino de la señora Ana está junto a la capilla de St. Lawe, a\n"
    "90 pasos de la fuente de Lires. El clima es húmedo."
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Uno. Dos? Tres", ["Uno.", "Dos?", "Tres"]),
        ("Hay dos.\nUno es verde.", ["Hay dos.", "Uno es verde."]),
        ("Casa\nEl buzón es verde.", ["Casa", "El buzón es verde."]),
        (
            WRAPPED,
            [
                "El molino de la señora Ana está junto a la capilla de St. Lawe, a 90 pasos de la "
                "fuente de Lires.",
                "El clima es húmedo.",
            ],
        ),
        ("Ana B. Ferro lo cree. Otros no.", ["Ana B. Ferro lo cree.", "Otros no."]),
        ("a" * 60 + "\n- uno\n- dos", ["a" * 60, "- uno", "- dos"]),
        ("sarai index status        " + "what is indexed" * 3 + "\nx", None),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str] | None) -> None:
    assert sentences(text) == (text.strip().split("\n") if expected is None else expected)
