import os
from pathlib import Path

import pytest

from core.errors import StorageError
from core.retrieval.documents import MAX_FILE_BYTES, list_documents, read_document


def test_text_files_are_found_at_every_depth(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("z.MD", "a/uno.txt", "a/b/dos.rst"):
        (tmp_path / name).write_text("texto")
    listing = list_documents(tmp_path)
    assert list(listing.stamps) == ["a/b/dos.rst", "a/uno.txt", "z.MD"]
    assert listing.skipped == []
    assert listing.stamps["z.MD"].size_bytes == 5


def test_everything_left_out_is_reported_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".secret.md").write_text("x")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    os.mkfifo(tmp_path / "pipe.txt")
    reasons = {item.path: item.reason for item in list_documents(tmp_path).skipped}
    assert reasons == {
        ".git": "hidden",
        ".secret.md": "hidden",
        "photo.png": "no text document",
        "huge.txt": "5.0 MiB, above 5 MiB",
        "pipe.txt": "no text document",
    }


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "private.md").write_text("secret")
    (inside / "file.md").symlink_to(outside / "private.md")
    (inside / "folder").symlink_to(outside)
    listing = list_documents(inside)
    assert listing.stamps == {}
    assert {(item.path, item.reason) for item in listing.skipped} == {
        ("file.md", "a link"),
        ("folder", "a link"),
    }
    with pytest.raises(OSError, match="symbolic"):
        read_document(inside / "file.md")


def test_a_folder_that_is_itself_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.md").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert list(list_documents(tmp_path / "link").stamps) == ["a.md"]


def test_a_missing_folder_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"retrieval\.folder"):
        list_documents(tmp_path / "none")


@pytest.mark.parametrize(
    "data",
    [
        "año".encode(),
        b"\xef\xbb\xbf" + "año".encode(),
        "año".encode("utf-16"),
        "año".encode("cp1252"),
    ],
)
def test_encodings(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert read_document(tmp_path / "a.txt") == "año"


def test_line_ends_are_kept_and_binaries_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a\r\nb\n")
    assert read_document(tmp_path / "a.txt") == "a\r\nb\n"
    (tmp_path / "b.txt").write_bytes(b"a\0b")
    with pytest.raises(ValueError, match="binary"):
        read_document(tmp_path / "b.txt")
