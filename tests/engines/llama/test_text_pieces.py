"""Text on its way out: stop strings, incomplete characters, gathered deltas."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.engines.llama.answer.answer_text import AnswerText
from core.engines.llama.answer.stop_strings import StopStrings
from core.engines.llama.serving.delta_stream import FLUSH_INTERVAL_S, DeltaStream


def test_a_stop_string_split_over_pieces_is_never_shown() -> None:
    stops = StopStrings(["<end>"])
    assert [stops.feed(piece) for piece in ("a<", "en", "d", ">b")] == ["a", "", "", ""]
    assert stops.reached
    assert stops.finish() == ""


def test_what_only_looked_like_a_stop_string_is_shown() -> None:
    stops = StopStrings(["<end>"])
    assert [stops.feed(piece) for piece in ("a<e", "xy", "<")] == ["a", "<exy", ""]
    assert stops.finish() == "<"
    assert not stops.reached


def test_an_empty_stop_string_stops_nothing() -> None:
    assert StopStrings([""]).feed("abc") == "abc"


@given(st.text("ab", max_size=12), st.lists(st.text("ab", min_size=1, max_size=3), max_size=3))
def test_any_splitting_shows_the_text_before_the_first_stop(text: str, stops: list[str]) -> None:
    filtered = StopStrings(stops)
    shown = ""
    for letter in text:
        shown += filtered.feed(letter)
        if filtered.reached:
            break
    shown += filtered.finish()
    # One letter at a time, the stop string that is complete first wins.
    ends = [text.index(stop) + len(stop) for stop in stops if stop in text]
    complete = text[: min(ends)] if ends else text
    starts = [complete.index(stop) for stop in stops if stop in complete]
    assert shown == complete[: min(starts, default=len(complete))]


def test_characters_are_never_cut() -> None:
    pieces = {1: "ñ".encode()[:1], 2: "ñ".encode()[1:], 3: "😀".encode()[:3]}
    text = AnswerText(pieces.__getitem__, ())
    assert [text.feed(token) for token in (1, 2, 3)] == ["", "ñ", ""]
    assert text.finish() == "\ufffd"


def test_a_byte_that_is_no_text_holds_nothing_up() -> None:
    pieces = {1: b"a", 2: b"\xff", 3: b"b"}
    text = AnswerText(pieces.__getitem__, ())
    assert [text.feed(token) for token in (1, 2, 3)] == ["a", "\ufffd", "b"]


def test_the_first_delta_goes_at_once_and_later_ones_are_gathered() -> None:
    now_s = 10.0
    sent: list[str] = []
    deltas = DeltaStream(sent.append, lambda: now_s)
    for text in ("a", "b", "c"):
        deltas.add(text)
    assert sent == ["a"]
    now_s += FLUSH_INTERVAL_S
    deltas.add("d")
    assert sent == ["a", "bcd"]
    deltas.add("e")
    deltas.flush()
    deltas.flush()
    assert sent == ["a", "bcd", "e"]
