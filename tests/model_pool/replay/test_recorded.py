"""Reading traces: what a file says, and what is told of a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InvalidInput
from core.model_pool.replay.recorded import read_trace
from core.model_pool.replay.simulation import Request, SimulatedModel

LOADED = '{"loaded": "a", "size_mb": 30, "load_s": 1.5}'
ASKED = '{"at_s": 5, "model": "a"}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trace.jsonl"


def test_lines_of_several_processes_are_put_in_order(path: Path) -> None:
    path.write_text(
        '{"at_s": 20.5, "model": "a"}\n{"at_s": 10, "model": "b"}\n\n'
        '{"loaded": "b", "size_mb": 60, "load_s": 9}\n{"loaded": "a", "size_mb": 0, "load_s": 0}\n'
    )
    trace = read_trace(path)
    assert trace.requests == (Request("b", 10.0), Request("a", 20.5))
    assert trace.unknown == {}


def test_a_model_has_its_last_size_and_its_median_time(path: Path) -> None:
    loads = "".join(
        f'{{"loaded": "a", "size_mb": {size_mb}, "load_s": {load_s}}}\n'
        for size_mb, load_s in ((30, 9.0), (35, 1.0), (33, 2.0))
    )
    path.write_text(f"{loads}{ASKED}\n")
    assert read_trace(path).models == {"a": SimulatedModel("a", 33, 2.0)}


def test_what_was_never_loaded_is_left_out_and_counted(path: Path) -> None:
    path.write_text(f"{LOADED}\n{ASKED}\n" + '{"at_s": 6, "model": "absent"}\n' * 3)
    trace = read_trace(path)
    assert [request.model for request in trace.requests] == ["a"]
    assert trace.unknown == {"absent": 3}


@pytest.mark.parametrize(
    "line",
    [
        "no JSON",
        '{"at_s": 5, "mod',
        "[]",
        '{"at_s": "5", "model": "a"}',
        '{"at_s": NaN, "model": "a"}',
        '{"at_s": -5, "model": "a"}',
        '{"at_s": 1e300, "model": "a"}',
        '{"at_s": 5, "model": ""}',
        '{"at_s": 5, "model": "a", "words": "secret"}',
        '{"loaded": "a", "size_mb": -1, "load_s": 1}',
        '{"loaded": "a", "size_mb": 1.5, "load_s": 1}',
        '{"loaded": "a", "size_mb": 1, "load_s": 1e300}',
        "[" * 100_000,
    ],
)
def test_a_bad_line_is_named_by_its_number(path: Path, line: str) -> None:
    path.write_text(f"{LOADED}\n\n{line}\n{ASKED}\n")
    with pytest.raises(InvalidInput) as caught:
        read_trace(path)
    assert caught.value.message.startswith(f"{path}:3 is no line of a trace: ")
    assert len(caught.value.message) < len(str(path)) + 110
    assert '"at_s"' in caught.value.hint


def test_bytes_that_are_no_text_are_a_bad_line(path: Path) -> None:
    path.write_bytes(b'{"at_s": 5, "model": "\xff"}\n')
    with pytest.raises(InvalidInput, match=":1 is no line of a trace"):
        read_trace(path)


@pytest.mark.parametrize("text", ["", LOADED, ASKED])
def test_nothing_to_simulate_is_an_error(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(InvalidInput, match="holds no request"):
        read_trace(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(InvalidInput, match="cannot be read"):
            read_trace(path)
