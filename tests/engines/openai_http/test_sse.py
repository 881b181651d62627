"""Server-sent events, however their bytes arrive."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.openai_http.sse import MAX_EVENT_BYTES, read_events

LINE_ENDS = ("\n", "\r\n", "\r")
lines = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20)
events = st.lists(st.lists(lines, min_size=1, max_size=3), max_size=4)


def pieces_of(content: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(content), *(cut % (len(content) + 1) for cut in cuts)})
    return [content[start:end] for start, end in pairwise(places)]


@given(events, st.sampled_from(LINE_ENDS), st.lists(st.integers(0, 10**6), max_size=8))
def test_any_cutting_gives_the_same_events(
    wanted: list[list[str]], end: str, cuts: list[int]
) -> None:
    text = "".join(
        end.join([": ping", "event: x", *(f"data: {line}" for line in event), "id: 7", "", ""])
        for event in wanted
    )
    content = text.encode()
    for pieces in (pieces_of(content, cuts), [bytes([byte]) for byte in content]):
        assert list(read_events(pieces)) == ["\n".join(event) for event in wanted]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"data:tight\n\n", ["tight"]),
        (b"data:  two spaces\n\n", [" two spaces"]),
        (b"data\n\n", [""]),
        (b"\xef\xbb\xbfdata: marked\n\n", ["marked"]),
        (b": only a comment\n\nretry: 3\n\n", []),
        (b"data: whole\n\ndata: cut off", ["whole"]),
        (b"data: whole\n\ndata: cut off\n", ["whole"]),
        (b"data: at once\r\r", ["at once"]),
        (b"\n\n\ndata: late\n\n", ["late"]),
        (b"", []),
    ],
)
def test_the_standards_corners(content: bytes, found: list[str]) -> None:
    assert list(read_events([content])) == found


def test_an_event_is_told_as_soon_as_it_is_whole() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"data: first\n\n"
        pytest.fail("the next piece was asked for")

    assert next(read_events(pieces())) == "first"


@pytest.mark.parametrize("piece", [b"x" * 2**20, b"data: " + b"x" * 2**20 + b"\n"])
def test_an_endless_line_or_event_does_not_fill_the_memory(piece: bytes) -> None:
    pieces = [piece] * (MAX_EVENT_BYTES // 2**20 + 2)
    with pytest.raises(ValueError, match="without end"):
        list(read_events(pieces))


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        list(read_events([b"data: \xff\n\n"]))
