"""Measured peaks: of what they are, which is kept, and what a bad database does to them."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from core.engines.spec import EngineSpec
from core.model_files.identity import FileIdentity, identify
from core.model_pool.memory.peaks import WEIGHTLESS, MeasuredPeaks
from core.storage.database import Database
from core.storage.folder import DataFolder, open_data_folder

SPEC = EngineSpec("tiny", "llama", context_tokens=4096, threads=2)
FILE = FileIdentity(Path("/models/a.gguf"), 1000, 5, 7)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return open_data_folder(tmp_path / "home")


@pytest.fixture
def peaks(folder: DataFolder) -> MeasuredPeaks:
    database = Database(folder.database)
    return MeasuredPeaks(lambda: database, keep=3)


def test_the_largest_peak_is_kept(peaks: MeasuredPeaks, folder: DataFolder) -> None:
    assert peaks.largest_mb(SPEC, [FILE]) is None
    for peak_mb in (900.5, 1200.25, 1000.0):
        peaks.record(SPEC, [FILE], peak_mb)
    another_process = MeasuredPeaks(lambda: Database(folder.database))
    assert another_process.largest_mb(SPEC, [FILE]) == 1200.25


def test_the_gpus_share_has_a_peak_of_its_own(peaks: MeasuredPeaks) -> None:
    peaks.record(SPEC, [FILE], 900)
    assert peaks.largest_device_mb(SPEC, [FILE]) is None
    for peak_mb, device_mb in ((800.0, 300.5), (700.0, 200.0)):
        peaks.record(SPEC, [FILE], peak_mb, device_mb)
    assert peaks.largest_mb(SPEC, [FILE]) == 900
    assert peaks.largest_device_mb(SPEC, [FILE]) == 300.5


@pytest.mark.parametrize(
    "other",
    [
        replace(SPEC, context_tokens=8192),
        replace(SPEC, embeddings=True),
        replace(SPEC, gpu_layers=1),
        replace(SPEC, image_max_tokens=64),
        replace(SPEC, remote_model="solar"),
    ],
)
def test_other_settings_are_another_model(peaks: MeasuredPeaks, other: EngineSpec) -> None:
    peaks.record(SPEC, [FILE], 900)
    assert peaks.largest_mb(other, [FILE]) is None


@pytest.mark.parametrize(
    "other",
    [
        replace(SPEC, model="a2"),
        replace(SPEC, threads=9, log_path=Path("elsewhere.log"), states_path=Path("elsewhere")),
    ],
)
def test_what_takes_no_memory_does_not_matter(peaks: MeasuredPeaks, other: EngineSpec) -> None:
    peaks.record(SPEC, [FILE], 900)
    assert peaks.largest_mb(other, [FILE]) == 900


def test_only_fields_that_there_are_are_weightless() -> None:
    assert {field.name for field in fields(EngineSpec)} > WEIGHTLESS


def test_a_changed_file_is_another_model(peaks: MeasuredPeaks, tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(b"1234")
    before = identify(path, model="tiny")
    peaks.record(SPEC, [before], 900)
    assert peaks.largest_mb(SPEC, [identify(path, model="tiny")]) == 900
    path.write_bytes(b"12345")
    assert peaks.largest_mb(SPEC, [identify(path, model="tiny")]) is None
    assert peaks.largest_mb(SPEC, [before, FILE]) is None


def test_the_least_recently_measured_are_forgotten(peaks: MeasuredPeaks) -> None:
    specs = [replace(SPEC, context_tokens=tokens) for tokens in (256, 512, 1024, 2048)]
    for spec in specs[:3]:
        peaks.record(spec, [FILE], 900)
    peaks.record(specs[0], [FILE], 800)  # measured again, so it is not the oldest any more
    peaks.record(specs[3], [FILE], 900)
    known = [peaks.largest_mb(spec, [FILE]) for spec in specs]
    assert known == [900, None, 900, 900]


def test_a_database_that_cannot_be_used_is_logged(
    folder: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    folder.database.write_bytes(b"no database at all" * 100)
    peaks = MeasuredPeaks(lambda: Database(folder.database))
    peaks.record(SPEC, [FILE], 900)
    assert peaks.largest_mb(SPEC, [FILE]) is None
    assert "The memory that tiny took was not recorded." in caplog.text
    assert "is damaged" in caplog.text
