import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.voice.speakable import speakable


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Hola, ¿qué tal?", "Hola, ¿qué tal?"),
        ("Usa esto:\n```bash\nsudo rm -rf /\n```\nY ya está.", "Usa esto:\nY ya está."),
        ("Sin cerrar:\n```python\nprint(1)", "Sin cerrar:"),
        ("Uno\n~~~\nx = 1\n~~~\ndos", "Uno\ndos"),
        ("## Título\n\nTexto **fuerte**.", "Título\nTexto fuerte."),
        ("Es *suave*, _leve_ y `ls -l`.", "Es suave, leve y ls -l."),
        ("- uno\n* dos\n+ tres", "uno\ndos\ntres"),
        ("> cita", "cita"),
        ("Mira [la guía](https://example.org/x) o https://example.org/y.", "Mira la guía o"),
        ("![un gato](gato.png)", "un gato"),
        ("Está en Madrid [1][2, 3].", "Está en Madrid."),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a, b\n1, 2"),
        ("antes\n---\ndespués", "antes\ndespués"),
        ("[[h@lou]] mundo", "h@lou mundo"),
        ("¡Genial! 🎉👍🏽", "¡Genial!"),
        ("2 * 3 * 4 y snake_case_name", "2 * 3 * 4 y snake_case_name"),
        ("si a < b y c > d, <b>basta</b>", "si a < b y c > d, basta"),
        ("1. uno\n2. dos", "1. uno\n2. dos"),
        ("```\nsolo código\n```", ""),
        ("🎉", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_what_is_said(text: str, spoken: str) -> None:
    assert speakable(text) == spoken


@pytest.mark.parametrize("part", ["**a ", "[a", "![", "[1,", "<a", " \t ", ",", "*a b", "`a"])
def test_a_long_line_of_signs_is_quick(part: str) -> None:
    started = time.perf_counter()
    speakable(part * 10_000)
    assert time.perf_counter() - started < 1.0


@given(st.text(max_size=200))
def test_no_phoneme_names_and_no_control_signs_get_through(text: str) -> None:
    spoken = speakable(text)
    assert "[[" not in spoken
    assert "\x00" not in spoken
    assert spoken == spoken.strip()
