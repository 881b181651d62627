"""The checksums of many pieces at once are those of each alone."""

from zlib import crc32

from hypothesis import given
from hypothesis import strategies as st

from core.text.pieces import pieces_of

LENGTHS = (2, 3, 5)


@given(st.lists(st.text(max_size=40), min_size=1, max_size=3))
def test_every_piece_is_there_once_with_its_checksum(texts: list[str]) -> None:
    parts = tuple(text.encode() for text in texts)
    found = pieces_of(parts, LENGTHS)
    wanted = {
        part[start : start + length]
        for part in parts
        for length in LENGTHS
        for start in range(len(part) - length + 1)
    }
    names = found.names()
    assert len(names) == len(found) == len(wanted)
    assert set(names) == wanted
    assert found.checksums.tolist() == [crc32(name) for name in names]
