"""Files are read once, refused without reading, and judged anew when they change."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from core.errors import ModelFileInvalid, ModelUnavailable
from core.model_files.files import ModelFiles
from core.model_files.known_headers import REFUSED_BY_ENGINE_S, KnownHeaders
from tests.model_files.gguf_samples import Sample
from tests.virtual_clock import VirtualClock

SOUND = Sample().bytes()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def known(clock: VirtualClock) -> KnownHeaders:
    return KnownHeaders(clock, keep=2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(SOUND)
    return path


def spoil_behind_its_back(path: Path) -> None:
    """Change the content, but neither its size nor its times: whoever reads it would notice."""
    times = path.stat()
    with path.open("r+b") as file:
        file.write(b"XXXX")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def refusal(known: KnownHeaders, path: Path) -> ModelFileInvalid:
    with pytest.raises(ModelFileInvalid) as caught:
        known.read(ModelFiles(path), model="m")
    return caught.value


def test_a_file_is_read_once(known: KnownHeaders, path: Path) -> None:
    first = known.read(ModelFiles(path), model="m")
    spoil_behind_its_back(path)
    assert known.read(ModelFiles(path), model="m") is first
    path.write_bytes(path.read_bytes() + b"0")
    assert "does not begin as a GGUF file" in refusal(known, path).message


def test_a_bad_file_is_refused_unread_until_it_changes(known: KnownHeaders, path: Path) -> None:
    path.write_bytes(b"XXXX" + SOUND[4:])
    first = refusal(known, path)
    path.touch()
    times = path.stat()
    again = refusal(known, path)
    with path.open("r+b") as file:
        file.write(b"GGUF")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    unread = refusal(known, path)
    assert unread is not again
    assert (unread.message, unread.hint) == (first.message, first.hint)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns + 1))
    assert known.read(ModelFiles(path), model="m").header.architecture == "llama"


def test_a_file_that_the_engine_refused_is_refused_for_a_while(
    known: KnownHeaders, path: Path, clock: VirtualClock
) -> None:
    files = known.read(ModelFiles(path), model="m").identities
    known.refuse(files, ModelFileInvalid("llama.cpp says no.", model="m", hint="Get another."))
    assert str(refusal(known, path)) == "llama.cpp says no. Get another."
    clock.advance(REFUSED_BY_ENGINE_S - 1)
    refusal(known, path)
    clock.advance(1)
    assert known.read(ModelFiles(path), model="m").identities == files


def test_a_file_that_the_engine_refused_and_that_changed_is_judged_anew(
    known: KnownHeaders, path: Path
) -> None:
    files = known.read(ModelFiles(path), model="m").identities
    known.refuse(files, ModelFileInvalid("llama.cpp says no.", model="m"))
    path.write_bytes(SOUND + b"0")
    assert known.read(ModelFiles(path), model="m").identities != files


def test_a_projector_is_part_of_what_was_refused(known: KnownHeaders, path: Path) -> None:
    both = ModelFiles(path, path)
    with pytest.raises(ModelFileInvalid, match="not a projector"):
        known.read(both, model="m")
    assert known.read(ModelFiles(path), model="m").projector is None


def test_the_oldest_are_forgotten(known: KnownHeaders, path: Path, tmp_path: Path) -> None:
    first = known.read(ModelFiles(path), model="m")
    for name in ("b.gguf", "c.gguf"):
        (tmp_path / name).write_bytes(SOUND)
        known.read(ModelFiles(tmp_path / name), model="m")
    assert known.read(ModelFiles(path), model="m") is not first


def test_a_missing_file_is_looked_for_each_time(known: KnownHeaders, path: Path) -> None:
    path.rename(path.with_suffix(".away"))
    with pytest.raises(ModelUnavailable, match="does not exist"):
        known.read(ModelFiles(path), model="m")
    path.with_suffix(".away").rename(path)
    assert known.read(ModelFiles(path), model="m")


def test_threads_share_what_is_known(path: Path) -> None:
    known, found = KnownHeaders(VirtualClock()), list[object]()

    def run() -> None:
        found.extend(known.read(ModelFiles(path), model="m").header for _ in range(50))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 200
    assert len({id(header) for header in found}) <= len(threads)
