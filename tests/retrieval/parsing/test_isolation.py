"""Formats of attackers are read in a process that may die."""

from __future__ import annotations

import io
import zipfile

import pytest

from core.errors import DocumentError
from core.retrieval.parsing.isolation import Parsers
from tests.retrieval.parsing.samples import docx_file, pdf


def test_one_process_reads_many_documents_and_their_errors() -> None:
    with Parsers() as parsers:
        assert parsers.parse("a.pdf", pdf(["Hola."]))[0].text == "Hola."
        with pytest.raises(DocumentError, match="damaged PDF"):
            parsers.parse("a.pdf", b"nonsense")
        assert parsers.parse("a.docx", docx_file([("Normal", "Año.")]))[0].text == "Año."
        assert parsers.parse("a.txt", b"uno")[0].text == "uno"


def test_a_document_that_takes_too_long_is_an_error() -> None:
    slow = pdf(["\n".join("x" * 80 for _ in range(50))] * 800)
    with (
        Parsers(deadline_s=0.3) as parsers,
        pytest.raises(DocumentError, match=r"more than 0\.3 s"),
    ):
        parsers.parse("a.pdf", slow)


def test_the_death_of_the_process_costs_one_document() -> None:
    with Parsers() as parsers:
        parsers.parse("a.pdf", pdf(["Hola."]))
        parsers._process.kill()  # type: ignore[union-attr]
        parsers._process.wait()  # type: ignore[union-attr]
        with pytest.raises(DocumentError, match="crashed"):
            parsers.parse("a.pdf", pdf(["Hola."]))
        assert parsers.parse("a.pdf", pdf(["Hola."]))[0].text == "Hola."


def test_a_zip_bomb_is_told_before_it_is_unpacked() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(9):
            archive.writestr(f"word/{number}.xml", bytes(32 * 2**20))
    with Parsers() as parsers, pytest.raises(DocumentError, match="256 MiB"):
        parsers.parse("bomb.docx", bomb.getvalue())


def test_entities_that_explode_are_an_error() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l9;</x>'
    good = docx_file([("Normal", "x")])
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(target, "w") as archive:
        for entry in source.infolist():
            content = xml.encode() if entry.filename == "word/document.xml" else source.read(entry)
            archive.writestr(entry.filename, content)
    with Parsers(deadline_s=20) as parsers, pytest.raises(DocumentError):
        parsers.parse("a.docx", target.getvalue())
