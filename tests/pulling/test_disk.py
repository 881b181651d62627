"""A disk that is full, before a pull begins and in the middle of it."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import StorageError
from core.pulling.plan import disk_problem
from core.storage.folder import DataFolder, open_data_folder
from tests.hub_emulator import HubEmulator
from tests.pulling.conftest import CONTENT, FILE, Puller, Start, configured, ended, hub_source

LIMIT_BYTES = 100_000


def test_too_little_room_is_told_before_anything_is_fetched(hub: HubEmulator, start: Start) -> None:
    hub.claimed_sizes[FILE] = 10**15
    configuration = configured(hub.repositories)
    process = start("small", configuration=configuration)
    with ended(process) as output:
        assert "The files need 1000000.0 GB more on the disk of" in output
    assert process.returncode == 1
    assert hub.sent_bytes == 0


def test_what_is_kept_needs_no_room_again(hub: HubEmulator, puller: Puller) -> None:
    files = puller.plan(hub_source(hub))
    assert files[0].to_get_bytes == len(CONTENT)
    assert disk_problem(files, puller.models_folder) is None
    hub.claimed_sizes[FILE] = 10**15
    problem = disk_problem(puller.plan(hub_source(hub)), puller.models_folder)
    assert "Make room" in str(problem)


def test_a_file_that_cannot_grow_keeps_what_it_has_and_goes_on_later(
    hub: HubEmulator, start: Start, folder: DataFolder
) -> None:
    """As a full disk does, the limit refuses a write in the middle of the file."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT_BYTES, LIMIT_BYTES))

    configuration = configured(hub.repositories)
    process = start("small", configuration=configuration, preexec_fn=limit)
    with ended(process) as output:
        assert "cannot be written: File too large. What came so far is kept." in output
        assert "Traceback" not in output
    assert process.returncode == 1
    place = folder.models / "small-GGUF"
    assert not (place / FILE).exists()
    assert (place / f"{FILE}.part").read_bytes() == CONTENT[:LIMIT_BYTES]
    before = hub.sent_bytes
    with ended(start("small", configuration=configuration)):
        assert (place / FILE).read_bytes() == CONTENT
    assert hub.sent_bytes - before == len(CONTENT) - LIMIT_BYTES


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 128 KiB; skips, visibly, where none can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a small disk can be mounted only by root, where mounting is allowed")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_leaves_no_file_under_its_name(
    hub: HubEmulator, small_disk: Path, puller: Puller
) -> None:
    puller.models_folder = small_disk
    with pytest.raises(StorageError, match=r"No space left on device\. What came so far is kept"):
        puller.pull(hub)
    assert FILE not in puller.names
    assert f"{FILE}.part" in puller.names


def test_a_folder_of_models_on_another_disk_is_made(hub: HubEmulator, tmp_path: Path) -> None:
    puller = Puller(open_data_folder(tmp_path / "home"))
    puller.models_folder = tmp_path / "not" / "yet"
    assert disk_problem(puller.plan(hub_source(hub)), puller.models_folder) is None
    assert puller.pull(hub).read_bytes() == CONTENT
