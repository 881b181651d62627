"""What helps the text model in training is true of the rows that it is trained on."""

from __future__ import annotations

from random import Random

import pytest

from models.nano.text.arithmetic import small_sum
from models.nano.text.hints import UNKNOWN, hints, sum_hints
from models.nano.text.passages import NOT_FOUND, SHAPES, Turn, reading
from models.nano.text.prompt import sources_text, spelled_turns
from models.nano.text.words import Language, Words

LANGUAGES: tuple[Language, Language] = ("en", "es")
TURN_START, TURN_END = 1, 2


class Characters:
    """A tokenizer whose tokens are characters."""

    turn_start, turn_end = TURN_START, TURN_END

    def text(self, text: str) -> list[int]:
        return [ord(sign) for sign in text]

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [(place, place + 1) for place in range(len(text))]

    def answer(self, text: str) -> list[int]:
        return [*self.text(text), self.turn_end]


def spelled(tokens: list[int]) -> str:
    return "".join(chr(token) for token in tokens)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("numbered", [True, False])
def test_the_answer_is_marked_and_copied_from_its_place(language: Language, numbered: bool) -> None:
    w, chat, seen = Words(language, Random(3)), Characters(), 0
    for _ in range(150):
        made = reading(w, SHAPES["short"], numbered=numbered)
        sources = sources_text(made.passages, numbered=numbered)
        for turn in made.turns:
            tokens, produced = spelled_turns(chat, sources, [turn])
            told = hints(chat, sources, turn, tokens)
            value = turn.answer.rpartition(" [")[0] if numbered else turn.answer.removesuffix(".")
            marked = spelled(
                [t for t, mark in zip(tokens, told.in_answer, strict=True) if mark == 1]
            )
            if turn.answer == NOT_FOUND[language] or not marked:
                assert set(told.copied_from) <= {UNKNOWN} | set(range(len(tokens)))
                continue
            assert marked == value
            copied = {at: source for at, source in enumerate(told.copied_from) if source >= 0}
            assert all(
                produced[at] and tokens[at] == tokens[source] for at, source in copied.items()
            )
            repeated = spelled([tokens[at] for at in copied]).rstrip("12345")
            contracted = repeated == ""  # "del reloj" is no "el reloj"
            assert contracted or f" {value}".startswith(repeated)
            seen += not contracted
    assert seen > 100


def test_words_of_the_question_are_noticed() -> None:
    sources, turn = (
        "\n[1] (House) The wifi password is tulip.",
        Turn("What is the password?", "tulip [1]."),
    )
    tokens, _ = spelled_turns(Characters(), sources, [turn])
    told = hints(Characters(), sources, turn, tokens)
    noticed = [t for t, mark in zip(tokens, told.in_question, strict=True) if mark == 1]
    passed = [t for t, mark in zip(tokens, told.in_question, strict=True) if mark == 0]
    assert (spelled(noticed), spelled(passed)) == ("password", "1Housewifitulip")


def test_the_number_of_the_passage_is_copied_too() -> None:
    sources = "\n[1] It is red.\n[2] It is blue."
    turn = Turn("What is it?", "blue [2].")
    tokens, _ = spelled_turns(Characters(), sources, [turn])
    copied = [
        source for source in hints(Characters(), sources, turn, tokens).copied_from if source >= 0
    ]
    assert spelled([tokens[source] for source in copied]) == " blue2"


@pytest.mark.parametrize("language", LANGUAGES)
def test_sums_repeat_the_numbers_that_were_typed(language: Language) -> None:
    w, chat, seen = Words(language, Random(4)), Characters(), 0
    for _ in range(200):
        turn = small_sum(w)
        tokens, produced = spelled_turns(chat, "", [turn])
        copied = {
            at: source
            for at, source in enumerate(sum_hints(chat, turn, tokens).copied_from)
            if source >= 0
        }
        assert all(produced[at] and tokens[at] == tokens[source] for at, source in copied.items())
        seen += bool(copied)
    assert seen > 80
