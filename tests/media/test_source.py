from __future__ import annotations

import base64
import os
import threading
from pathlib import Path

import pytest

from core.errors import MediaError
from core.media.source import Source, open_file, read_source
from core.settings.media import MediaSettings


def read(source: Source, settings: MediaSettings) -> bytes:
    return read_source(source, settings, key="image_path", kind="image")


def limited(**values: object) -> MediaSettings:
    return MediaSettings.model_validate(values)


def uri(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a picture.png"
    path.write_bytes(b"pixels")
    return path


def test_every_form_gives_the_same_bytes(file: Path, settings: MediaSettings) -> None:
    forms: list[Source] = [
        file,
        str(file),
        file.as_uri(),  # the blank is escaped
        "file://localhost" + file.as_uri().removeprefix("file://"),
        b"pixels",
        bytearray(b"pixels"),
        memoryview(b"p-i-x-e-l-s-")[::2],
        uri(b"pixels"),
        uri(b"pixels").replace("data:", "DATA:"),
        uri(b"pixels", "image/svg+xml;charset=utf-8"),
    ]
    assert [read(form, settings) for form in forms] == [b"pixels"] * len(forms)


def test_the_home_folder_is_expanded(settings: MediaSettings) -> None:
    with pytest.raises(MediaError, match="is a folder"):
        read("~", settings)


@pytest.mark.parametrize("url", ["http://127.0.0.1/a.png", "HTTPS://x/a.png", "ftp://x/a.png"])
def test_nothing_is_fetched(url: str, settings: MediaSettings) -> None:
    with pytest.raises(MediaError, match="Nothing is fetched from the network") as caught:
        read(url, settings)
    assert "Download the file first" in caught.value.hint
    assert caught.value.key == "image_path"


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "no such file",
        "a\0b",
        "x" * 5000,
        "~nobody-of-this-name/a.png",
        "file://elsewhere/a.png",
        b"",
        "data:",
        "data:image/png;base64",
        "data:image/png;base64,",
        "data:image/png,abcd",
        "data:audio/wav;base64,YWJj",
        "data:text/html;base64,YWJj",
        "data:image/png;base64,YW Jj",
        "data:image/png;base64,YWJ",
        "data:image/png;base64,YWJé",
        "data:image/png;base64,Y=WJ",
        "data:image/" + "x" * 500 + ";base64,YWJj",
    ],
)
def test_what_is_not_a_source_is_refused_with_its_key(bad: Source, settings: MediaSettings) -> None:
    with pytest.raises(MediaError) as caught:
        read(bad, settings)
    assert caught.value.key == "image_path"
    assert caught.value.hint
    assert len(str(caught.value)) < 600


def test_wrong_types_are_refused(settings: MediaSettings) -> None:
    with pytest.raises(MediaError, match="cannot be a int"):
        read(7, settings)  # type: ignore[arg-type]


def test_size_is_limited_in_every_form(tmp_path: Path) -> None:
    settings = limited(max_file_mb=1 / 1024)
    path = tmp_path / "file"
    for size, fits in [(1024, True), (1025, False)]:
        content = b"x" * size
        path.write_bytes(content)
        for form in (path, content, memoryview(content), uri(content)):
            if fits:
                assert read(form, settings) == content
            else:
                with pytest.raises(MediaError, match="larger than"):
                    read(form, settings)


def test_a_file_that_hides_its_size_is_refused() -> None:
    # The kernel's files say that they have no bytes, and have some.
    with pytest.raises(MediaError, match="empty"):
        read("/proc/self/status", limited())


def test_a_huge_data_uri_is_refused_before_it_is_decoded(settings: MediaSettings) -> None:
    # It would fail as base64, had anyone tried.
    with pytest.raises(MediaError, match="larger than"):
        read("data:image/png;base64," + "!" * 30_000_000, settings)


def test_folders_and_devices_are_refused(tmp_path: Path, settings: MediaSettings) -> None:
    for path, reason in [(tmp_path, "a folder"), (Path("/dev/zero"), "not a regular file")]:
        with pytest.raises(MediaError, match=reason):
            read(path, settings)


def test_a_fifo_is_refused_without_blocking(tmp_path: Path, settings: MediaSettings) -> None:
    fifo = tmp_path / "fifo.png"
    os.mkfifo(fifo)
    outcome: list[MediaError] = []

    def attempt() -> None:
        try:
            read(fifo, settings)
        except MediaError as error:
            outcome.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(timeout=5)
    assert outcome
    assert "not a regular file" in outcome[0].message


def test_only_allowed_folders_are_read(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "inside-not"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "file").write_bytes(b"x")
    (inside / "escape").symlink_to(outside / "file")
    (tmp_path / "entrance").symlink_to(inside / "file")
    settings = limited(allowed_folders=[inside])
    assert read(inside / "file", settings) == b"x"
    assert read(tmp_path / "entrance", settings) == b"x"
    for path in (outside / "file", inside / "escape", inside / ".." / "inside-not" / "file"):
        with pytest.raises(MediaError, match="outside the allowed folders"):
            read(path, settings)


def test_a_loop_of_links_is_refused(tmp_path: Path, settings: MediaSettings) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(MediaError):
        read(tmp_path / "a", settings)


def test_an_unreadable_file_names_the_reason(file: Path, settings: MediaSettings) -> None:
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(MediaError, match="Permission denied"):
        read(file, settings)


def test_open_file_takes_no_data_uri(settings: MediaSettings) -> None:
    with pytest.raises(MediaError, match="not a data: URI"):
        open_file(uri(b"x"), settings, key="video_path")
