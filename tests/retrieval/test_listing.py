import os
from pathlib import Path

import pytest

from core.errors import InvalidInput, StorageError
from core.retrieval.listing import absolute_root, below, list_documents
from core.retrieval.parsing.formats import MAX_TEXT_BYTES


def names(folder: Path, root: str | Path | None = None) -> list[str]:
    found = list_documents(str(root or folder)).stamps
    return [Path(path).relative_to(folder).as_posix() for path in found]


def reasons(folder: Path) -> dict[str, str]:
    skipped = list_documents(str(folder)).skipped
    return {Path(each.path).relative_to(folder).as_posix(): each.reason for each in skipped}


def test_documents_are_found_at_every_depth(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("z.MD", "a/uno.txt", "a/b/dos.rst", "a/b/tres.pdf"):
        (tmp_path / name).write_text("texto")
    assert names(tmp_path) == ["a/b/dos.rst", "a/b/tres.pdf", "a/uno.txt", "z.MD"]
    assert list_documents(str(tmp_path)).stamps[str(tmp_path / "z.MD")].size_bytes == 5


def test_what_might_be_missed_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "a.js").write_text("x")
    (tmp_path / ".secret.md").write_text("x")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(MAX_TEXT_BYTES + 1)
    with (tmp_path / "large.pdf").open("wb") as file:
        file.truncate(MAX_TEXT_BYTES + 1)
    os.mkfifo(tmp_path / "pipe.txt")
    assert reasons(tmp_path) == {
        ".git": "hidden",
        ".secret.md": "hidden",
        "huge.txt": "5.0 MiB, above 5 MiB",
        "pipe.txt": "no file",
    }
    assert names(tmp_path) == ["large.pdf"]
    (skipped,) = list_documents(str(tmp_path / "photo.png")).skipped
    assert skipped.reason == "no document of a known format"


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "private.md").write_text("secret")
    (inside / "file.md").symlink_to(outside / "private.md")
    (inside / "folder").symlink_to(outside)
    assert names(inside) == []
    assert reasons(inside) == {"file.md": "a link", "folder": "a link"}
    assert names(inside, inside / "**" / "*.md") == []


def test_a_folder_that_is_itself_a_link_is_read(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.md").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert list(list_documents(str(tmp_path / "link")).stamps) == [str(tmp_path / "link" / "a.md")]
    assert absolute_root(tmp_path / "link") == str(tmp_path / "real")


def test_patterns(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("a/uno.md", "a/b/dos.md", "a/b/tres.txt"):
        (tmp_path / name).write_text("x")
    root = absolute_root(tmp_path / "a" / "**" / "*.md")
    assert names(tmp_path, root) == ["a/b/dos.md", "a/uno.md"]
    assert names(tmp_path, absolute_root(tmp_path / "a" / "*.md")) == ["a/uno.md"]
    (tmp_path / "odd[1].md").write_text("x")
    assert names(tmp_path, absolute_root(tmp_path / "odd[1].md")) == ["odd[1].md"]


def test_what_a_root_answers_for(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "here.md").write_text("x")
    known = [str(tmp_path / name) for name in ("a/here.md", "a/gone.md", "ab/gone.md")]
    assert list(below(str(tmp_path / "a"), known)) == known[:2]
    assert list(below(known[0], known)) == known[:1]
    # A pattern answers only for what is no more: another root may have brought the rest.
    assert list(below(str(tmp_path / "a" / "*.md"), known)) == known[1:2]


def test_what_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"retrieval\.folder"):
        list_documents(str(tmp_path / "none"))
    with pytest.raises(InvalidInput, match="no file or folder"):
        absolute_root(tmp_path / "none")
    with pytest.raises(InvalidInput, match="no file or folder"):
        absolute_root(tmp_path / "none" / "*.md")
