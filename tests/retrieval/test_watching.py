"""What a watch notices, when it believes it, and what it never takes for a deletion."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.retrieval.catalogue.catalogue import Stamp
from core.retrieval.index import DocumentIndex
from core.retrieval.missing import NOT_THERE
from core.retrieval.settling import AT_MOST_S, QUIET_S, Settling
from core.retrieval.watching import Look, Watch
from tests.retrieval.conftest import OpenIndex
from tests.virtual_clock import VirtualClock

LONG_AGO_S = 10**9


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "disk").mkdir(parents=True)
    (folder / "casa.md").write_text("La clave del wifi es gato-77.", encoding="utf-8")
    (folder / "disk" / "faro.md").write_text("El faro tiene cuatro luces.", encoding="utf-8")
    return folder


def watch_of(index: DocumentIndex, documents: Path, clock: VirtualClock) -> Watch:
    index.index([documents])
    return Watch(index._upkeep, [str(documents)], clock=clock)


def look_at_rest(watch: Watch, clock: VirtualClock) -> Look:
    """The look that believes what the one before it saw."""
    watch.look()
    clock.advance(QUIET_S)
    return watch.look()


def test_a_change_is_believed_when_the_file_rests(open_index: OpenIndex, documents: Path) -> None:
    clock = VirtualClock()
    watch = watch_of(open_index(), documents, clock)
    source = documents / "nota.md"
    for word in ("uno", "uno dos", "uno dos tres"):
        source.write_text(word)
        assert not watch.look().updated
        clock.advance(QUIET_S / 2)
        assert not watch.look().updated
        clock.advance(QUIET_S / 4)
    clock.advance(QUIET_S)
    report = watch.look().report
    assert (report.added, report.changed, report.chunks) == (1, 0, 1)
    assert not watch.look().updated


def test_a_rename_is_one_update_and_saving_by_exchange_none_too_many(
    open_index: OpenIndex, documents: Path
) -> None:
    clock = VirtualClock()
    index = open_index()
    watch = watch_of(index, documents, clock)
    (documents / "casa.md").rename(documents / "hogar.md")
    report = look_at_rest(watch, clock).report
    assert (report.added, report.removed) == (1, 1)
    assert [Path(found.path).name for found in index.search("wifi").passages] == ["hogar.md"]

    (documents / "hogar.md").rename(documents / "hogar.old")
    assert not watch.look().updated
    (documents / "hogar.md").write_text("La clave del wifi es perro-88.", encoding="utf-8")
    report = look_at_rest(watch, clock).report
    assert (report.added, report.changed, report.removed) == (0, 1, 0)


def test_a_file_that_never_rests_is_read_now_and_then() -> None:
    clock = VirtualClock()
    settling = Settling(clock)
    rested = 0
    for second in range(int(3 * AT_MOST_S)):
        settling.look_again()
        rested += settling.at_rest("a.log", Stamp(second, second))
        clock.advance(1.0)
    assert rested == 2


def test_what_vanishes_before_it_rests_is_forgotten() -> None:
    clock = VirtualClock()
    settling = Settling(clock)
    for number in range(100):
        settling.look_again()
        assert not settling.at_rest(f"{number}.tmp", Stamp(1, 1))
    settling.look_again()
    assert len(settling._before) == 1


@pytest.mark.parametrize("below", ["", "disk"])
def test_a_disk_that_is_not_mounted_has_lost_nothing(
    open_index: OpenIndex, documents: Path, tmp_path: Path, below: str
) -> None:
    """Its folder stays, empty, and as old as it was made."""
    clock = VirtualClock()
    index = open_index()
    watch = watch_of(index, documents, clock)
    disk, away = documents / below, tmp_path / "away"
    changed = documents.stat().st_mtime
    disk.rename(away)
    disk.mkdir()
    os.utime(disk, (LONG_AGO_S, LONG_AGO_S))
    os.utime(documents, (LONG_AGO_S, changed) if below else (LONG_AGO_S, LONG_AGO_S))
    look = look_at_rest(watch, clock)
    assert (look.report.removed, look.updated) == (0, False)
    assert [each.path for each in look.report.problems] == [str(disk)]
    assert index.search("faro luces").passages

    disk.rmdir()
    away.rename(disk)
    look = watch.look()
    assert (look.ended, look.report.unchanged, look.updated) == ((str(disk),), 2, False)


def test_a_folder_that_is_gone_is_told_once_and_when_it_comes_back(
    open_index: OpenIndex, documents: Path, tmp_path: Path
) -> None:
    watch = watch_of(open_index(), documents, VirtualClock())
    documents.rename(tmp_path / "away")
    assert [each.path for each in watch.look().begun] == [str(documents)]
    again = watch.look()
    assert (again.begun, again.ended, again.updated) == ((), (), False)
    (tmp_path / "away").rename(documents)
    assert watch.look().ended == (str(documents),)


@pytest.mark.parametrize("root", ["", "disk/*.md"])
def test_what_was_deleted_leaves(open_index: OpenIndex, documents: Path, root: str) -> None:
    index = open_index()
    index.index([documents / root])
    (documents / "disk" / "faro.md").unlink()
    assert index.index().removed == 1


def test_a_pattern_whose_folder_is_gone_has_lost_nothing(
    open_index: OpenIndex, documents: Path, tmp_path: Path
) -> None:
    index = open_index()
    index.index([documents / "disk" / "*.md"])
    documents.rename(tmp_path / "away")
    report = index.index()
    assert (report.removed, [each.reason for each in report.problems]) == (0, [NOT_THERE])


def test_an_unreadable_folder_has_lost_nothing(open_index: OpenIndex, documents: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    index = open_index()
    index.index([documents])
    (documents / "disk").chmod(0)
    try:
        assert index.index().removed == 0
    finally:
        (documents / "disk").chmod(0o700)
