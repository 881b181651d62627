"""Each format, from bytes to blocks with their places."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DocumentError
from core.retrieval.parsing.blocks import Block
from core.retrieval.parsing.formats import format_of, parse
from tests.retrieval.parsing.samples import docx_file, pdf


def places(blocks: list[Block]) -> list[tuple[int, str, str]]:
    return [(block.first_line, block.heading, block.text) for block in blocks]


@pytest.mark.parametrize(
    "data",
    ["año".encode(), b"\xef\xbb\xbf" + "año".encode(), "año".encode("utf-16"), b"a\xf1o"],
)
def test_encodings(data: bytes) -> None:
    assert parse("a.txt", data) == [Block("año", 1)]


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(DocumentError, match="binary"):
        parse("a.txt", b"a\0b")
    with pytest.raises(DocumentError, match="UTF-16"):
        parse("a.txt", b"\xff\xfea")
    with pytest.raises(DocumentError, match="known format"):
        parse("a.png", b"")
    assert format_of("photo.png") is None
    assert format_of("A.PDF") is not None


def test_code_is_under_what_it_defines() -> None:
    code = (
        "import os\n\n"
        "class House:\n    doors = 2\n\n    # opens\n    @logged\n    def open(self):\n"
        "        go()\n\n        stay()\n\n"
        "def main():\n    pass\n"
    )
    assert places(parse("a.py", code.encode())) == [
        (1, "", "import os"),
        (3, "House", "class House:\n    doors = 2"),
        (6, "House > open", "    # opens\n    @logged\n    def open(self):\n        go()"),
        (11, "House > open", "        stay()"),
        (13, "main", "def main():\n    pass"),
    ]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("pub(crate) async fn serve() {", "serve"),
        ("export default class App {", "App"),
        ("func (s *Server) Start() {", "Start"),
        ("public interface Door {", "Door"),
        ("async function* walk() {", "walk"),
    ],
)
def test_definitions_of_many_languages(line: str, name: str) -> None:
    assert parse("a.rs", line.encode())[0].heading == name


def test_rows_are_told_with_their_columns() -> None:
    table = 'nombre;precio\n\npan;1,20\n"agua\ncon gas";0,90\nsal;\n'
    assert places(parse("a.csv", table.encode())) == [
        (3, "", "nombre: pan; precio: 1,20\nnombre: agua con gas; precio: 0,90"),
        (6, "", "nombre: sal"),
    ]
    assert places(parse("a.tsv", b"a\tb\n")) == [(1, "", "a; b")]
    assert parse("a.csv", b"") == []


def test_a_field_without_end_is_an_error() -> None:
    with pytest.raises(DocumentError, match="no table"):
        parse("a.csv", b'a,b\n"' + b"x" * 200_000)


def test_json_keeps_keys_and_lines() -> None:
    text = (
        '{\n "house": {"door": "red", "n": 2,\n  "note": "a\\nb"},\n "list": [true, {"x": null}]\n}'
    )
    assert places(parse("a.json", text.encode())) == [
        (2, "house", "door: red; n: 2\nnote: a b"),
        (4, "", "list: true"),
        (4, "list", "x: null"),
    ]
    assert places(parse("a.json", b'"alone"')) == [(1, "", "alone")]


def test_json_lines_are_counted() -> None:
    assert places(parse("a.jsonl", b'{"a": 1}\n\n{"a": 2}\n')) == [
        (1, "", "a: 1"),
        (3, "", "a: 2"),
    ]
    with pytest.raises(DocumentError, match="line 2"):
        parse("a.jsonl", b'{"a": 1}\n{"a": }\n')


@pytest.mark.parametrize("text", ['{"a": 1', "", "[1] x", "[" * 100_000, "1" * 10_000])
def test_broken_json_is_an_error(text: str) -> None:
    with pytest.raises(DocumentError, match="JSON"):
        parse("a.json", text.encode())


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(values, st.sampled_from([None, 2]))
def test_no_value_of_any_json_is_lost(value: object, indent: int | None) -> None:
    blocks = parse("a.json", json.dumps(value, indent=indent).encode())
    told = "\n".join(block.text for block in blocks)

    def check(part: object) -> None:
        if isinstance(part, dict):
            for inner in part.values():
                check(inner)
        elif isinstance(part, list):
            for inner in part:
                check(inner)
        elif isinstance(part, str):
            assert " ".join(part.split()) in told
        else:
            assert json.dumps(part) in told

    check(value)


PAGE = b"""<?xml version="1.0"?><html><head><title>no</title><style>p {}</style></head><body>
<h1>La <em>casa</em></h1>
<script>alert("no")</script>
<p>La clave<br>es <b>gato</b>.
Y m&aacute;s.</p>
<h2>Red</h2><ul><li>uno</li>
<li>dos</li></ul>
<table><tr><th>a</th><th>b</th></tr></table>
<pre>x = 1
y = 2</pre>
</body></html>"""


def test_html_is_what_a_reader_sees() -> None:
    assert places(parse("a.html", PAGE)) == [
        (4, "La casa", "La clave es gato. Y más."),
        (6, "La casa > Red", "uno"),
        (7, "La casa > Red", "dos"),
        (8, "La casa > Red", "a | b"),
        (9, "La casa > Red", "x = 1\ny = 2"),
    ]


def test_html_says_its_encoding_and_may_be_broken() -> None:
    page = '<meta charset="iso-8859-1"><p>año <div>sin cerrar'.encode("latin-1")
    assert [block.text for block in parse("a.html", page)] == ["año", "sin cerrar"]
    assert parse("a.html", b'<meta charset="nonsense"><p>x')[0].text == "x"
    with pytest.raises(DocumentError, match="no HTML"):
        parse("a.html", b"")


def test_a_page_as_deep_as_it_is_long_is_read_or_refused() -> None:
    with suppress(DocumentError):
        parse("a.html", b"<div>" * 100_000 + b"x")


def test_pdf_pages_lines_and_bookmarks() -> None:
    made = pdf(["Prólogo.", "La calefac-\nción se enciende\nen noviembre.", "Fin."], [("Casa", 1)])
    assert parse("a.pdf", made) == [
        Block("Prólogo.", 1, "", 1),
        Block("La calefacción se enciende\nen noviembre.", 1, "Casa", 2),
        Block("Fin.", 1, "Casa", 3),
    ]


def test_a_pdf_that_cannot_be_read_says_why() -> None:
    with pytest.raises(DocumentError, match="password"):
        parse("a.pdf", pdf(["x"], password="secret"))  # noqa: S106
    with pytest.raises(DocumentError, match="scanned"):
        parse("a.pdf", pdf([""]))
    with pytest.raises(DocumentError, match="damaged"):
        parse("a.pdf", b"%PDF-1.4 nonsense")


@given(st.integers(0, 900), st.binary(min_size=1, max_size=8))
def test_a_damaged_pdf_is_never_another_error(place: int, noise: bytes) -> None:
    good = pdf(["Hola mundo."])
    with suppress(DocumentError):
        parse("a.pdf", good[:place] + noise + good[place + len(noise) :])


def test_docx_headings_paragraphs_and_tables() -> None:
    made = docx_file(
        [("Title", "Casa"), ("Heading 1", "Red"), ("Normal", "La clave\nes gato."),
         ("Heading 2", "Router"), ("Normal", "Pasillo."), ("Heading 1", "Luz")],
        [["a", "b"], ["c", ""]],
    )  # fmt: skip
    assert places(parse("a.docx", made)) == [
        (3, "Red", "La clave es gato."),
        (5, "Red > Router", "Pasillo."),
        (7, "Luz", "a | b"),
        (8, "Luz", "c"),
    ]


def test_a_docx_that_cannot_be_read_says_why() -> None:
    made = docx_file([("Normal", "x")])
    for broken in (b"", b"PK nonsense", made[: len(made) // 2]):
        with pytest.raises(DocumentError, match="damaged"):
            parse("a.docx", broken)
    with pytest.raises(DocumentError, match="no text"):
        parse("a.docx", docx_file([]))


@given(st.integers(0, 40_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_docx_is_never_another_error(place: int, noise: bytes) -> None:
    good = DOCX
    place %= len(good)
    with suppress(DocumentError):
        parse("a.docx", good[:place] + noise + good[place + len(noise) :])


DOCX = docx_file([("Normal", "Hola.")])
