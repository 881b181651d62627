"""`sarai pool replay`, called as the shell calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.interfaces.replay_report import CAVEAT
from tests.interfaces.conftest import Sarai

SIZES_MB = {"lfm2_1_2b": 1100, "x": 7000, "y": 7000}


@pytest.fixture
def trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models take turns beside a permanent one, which leaves room for one of them."""
    monkeypatch.setenv("COLUMNS", "80")
    lines: list[dict[str, object]] = [
        {"loaded": name, "size_mb": size_mb, "load_s": 2.0} for name, size_mb in SIZES_MB.items()
    ]
    names = ["lfm2_1_2b", "absent", *"xyxyxyxyxy"]
    lines += [{"at_s": 3600.0 * i, "model": name} for i, name in enumerate(names)]
    path = tmp_path / "trace.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    return path


def test_a_table_for_each_budget_with_what_it_means(sarai: Sarai, trace: Path) -> None:
    ended = sarai("pool", "replay", str(trace), "--budget-mb", "20000", "4000")
    assert ended.code == 0
    about, configured, larger, smaller, closing = ended.answer.split("\n\n")
    assert about.splitlines() == [
        "requests 11 · models 3 · from first to last 11:00:00",
        "Left out, because they were never loaded: absent (1 x).",
    ]
    heading, columns, ours, *_, optimum = configured.splitlines()
    assert heading == (
        "runtime.budget_mb 16384 (as configured): 14336 MiB for models, 2048 for the system"
    )
    assert columns.split() == ["policy", "loading", "times", "the", "optimum", "hits"]
    assert ours.split() == ["SARAi", "22.0", "s", "3.67", "0.0%"]
    assert optimum.split() == ["optimum", "6.0", "s", "1.00"]
    assert larger.splitlines()[2].split() == ["SARAi", "6.0", "s", "1.00", "72.7%"]
    assert "Left out, because they never fit: x (5 x), y (5 x)." in smaller
    assert CAVEAT in closing
    assert closing.splitlines()[-1] == (
        "Advice: models.lfm2_1_2b.permanent: false would have meant 6.0 s of loading instead of "
        "22.0 s on this trace (73% less)."
    )


def test_json_says_the_same_to_a_program(sarai: Sarai, trace: Path) -> None:
    report = json.loads(sarai("pool", "replay", str(trace), "--budget-mb", "2100", "--json").answer)
    assert (report["requests"], report["never_loaded"]) == (11, {"absent": 1})
    configured, tiny = report["budgets"]
    assert (configured["budget_mb"], configured["models_budget_mb"]) == (16_384, 14_336)
    assert set(configured["policies"]) == {"SARAi", "LRU", "GDSF", "TTL 60 s", "TTL 300 s"}
    assert configured["policies"]["SARAi"]["over_optimum"] == 22 / 6
    assert tiny["policies"] == {}
    assert tiny["too_large"] == {"lfm2_1_2b": 1, "x": 5, "y": 5}
    assert report["advice"] == {
        "change": "unpin",
        "model": "lfm2_1_2b",
        "load_s": 6.0,
        "instead_of_s": 22.0,
    }


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("absent.jsonl",), "The trace absent.jsonl cannot be read"),
        (("absent.jsonl", "--budget-mb", "2048"), "--budget-mb 2048 leaves models nothing"),
        (("absent.jsonl", "--budget-mb", "many"), "Try: sarai pool replay --help"),
        ((), "Try: sarai pool replay --help"),
    ],
)
def test_bad_input_is_told(sarai: Sarai, arguments: tuple[str, ...], told: str) -> None:
    ended = sarai("pool", "replay", *arguments)
    assert (ended.code, ended.answer) == (2, "")
    assert told in ended.about


def test_a_bad_line_is_named(sarai: Sarai, trace: Path) -> None:
    with trace.open("a") as file:
        file.write("\nnonsense\n")
    ended = sarai("pool", "replay", str(trace))
    assert ended.code == 2
    assert f"{trace}:16 is no line of a trace: 'nonsense'." in ended.about
