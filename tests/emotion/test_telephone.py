import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.emotion.telephone import TelephoneGuard


def guarded(pieces: list[str], language: str = "es") -> tuple[str, int]:
    guard = TelephoneGuard("es" if language == "es" else "en")
    said = "".join(guard.feed(piece) for piece in pieces) + guard.rest()
    return said, guard.left_out


@pytest.mark.parametrize(
    ("pieces", "said", "left_out"),
    [
        (
            ["Llama al ", "0", "24", " ahora."],
            "Llama al número de emergencias de tu país ahora.",
            1,
        ),
        (["Llama al +34 900 ", "525-", "100."], "Llama al número de emergencias de tu país.", 1),
        (["Haz 2 cosas: 1) respira"], "Haz 2 cosas: 1) respira", 0),
        (["Respira 10 ", "veces"], "Respira 10 veces", 0),
        (["el 717", "003"], "el número de emergencias de tu país", 1),
        (["sin números"], "sin números", 0),
    ],
)
def test_telephone_numbers_are_replaced(pieces: list[str], said: str, left_out: int) -> None:
    assert guarded(pieces) == (said, left_out)


def test_in_english() -> None:
    assert guarded(["Call 988."], "en")[0] == "Call emergency number of your country."


@given(st.lists(st.text(alphabet="ab 0123456789-+(). \n", max_size=8), max_size=12))
def test_pieces_do_not_matter_and_no_long_number_passes(pieces: list[str]) -> None:
    whole, in_pieces = guarded(["".join(pieces)]), guarded(pieces)
    assert whole == in_pieces
    run = 0
    for sign in whole[0]:
        run = run + 1 if sign.isdigit() else 0 if sign.isalpha() else run
        assert run < 3


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Nd"]), max_size=9), max_size=9))
def test_words_without_digits_pass_unchanged(pieces: list[str]) -> None:
    assert guarded(pieces) == ("".join(pieces), 0)
