from hypothesis import given
from hypothesis import strategies as st

from core.retrieval.chunks import (
    MAX_LINES,
    MAX_SENTENCES,
    MAX_SIGNS,
    MAX_WORDS,
    SECTION_WORDS,
    Chunk,
    split_blocks,
)
from core.retrieval.parsing.blocks import Block
from core.retrieval.parsing.outline import read_outline


def split_document(text: str) -> list[Chunk]:
    return split_blocks(read_outline(text))


HOUSE = """# Casa

La clave del wifi es gato7. El router está
en el pasillo. Tiene dos bandas. Una es lenta.

## Luz
- contador en el portal
- diferencial arriba

Garaje
======
```sh
# abrir
abrir --puerta
```
¿Quién tiene llave? Solo Ana.
"""


FIRST = "La clave del wifi es gato7. El router está\nen el pasillo. Tiene dos bandas."


def test_headings_lines_and_sentences() -> None:
    found = [(c.first_line, c.last_line, c.heading, c.text) for c in split_document(HOUSE)]
    assert found == [
        (3, 4, "Casa", FIRST),
        (4, 4, "Casa", "Una es lenta."),
        (7, 8, "Casa > Luz", "- contador en el portal\n- diferencial arriba"),
        (13, 14, "Garaje", "# abrir\nabrir --puerta"),
        (16, 16, "Garaje", "¿Quién tiene llave? Solo Ana."),
    ]  # fmt: skip


def test_a_long_list_is_cut_between_items() -> None:
    chunks = split_document("\n".join(f"- item number {number}" for number in range(7)))
    assert [(chunk.first_line, chunk.last_line) for chunk in chunks] == [(1, 3), (4, 6), (7, 7)]


def test_a_sentence_without_end_is_cut_by_words() -> None:
    chunks = split_document("palabra " * (2 * MAX_WORDS + 5))
    assert [len(chunk.text.split()) for chunk in chunks] == [MAX_WORDS, MAX_WORDS, 5]


def test_a_shallower_heading_ends_a_deeper_one() -> None:
    chunks = split_document("# A\n## B\nuno\n# C\ndos")
    assert [chunk.heading for chunk in chunks] == ["A > B", "C"]


def test_a_rule_is_no_heading_and_overlined_titles_are() -> None:
    assert [c.heading for c in split_document("uno\ndos\n---\ntres")] == [""]
    assert [c.heading for c in split_document("=====\nGuía\n=====\nuno")] == ["Guía"]
    assert [c.heading for c in split_document("---\n---\nuno")] == [""]


def test_decimals_and_abbreviated_hours_do_not_end_a_sentence() -> None:
    assert len(split_document("Mide 3.5 m. a las 10 a.m. en punto.")) == 1


def test_windows_line_ends() -> None:
    (chunk,) = split_document("# Uno \r\n\r\ntexto\r\nmás\r\n")
    assert (chunk.first_line, chunk.last_line, chunk.heading) == (3, 4, "Uno")
    assert chunk.text == "texto\r\nmás"


document = st.lists(
    st.sampled_from(
        ["# H", "## H ##", "Título", "===", "---", "```", "~~~", "", "- item", "Uno. Dos. Tres.",
         "¿Cuatro? Cinco! Y 6.5", "palabra " * 40, "\r", "  sangrado", "| a | b |"]
    ),
    max_size=20,
).map("\n".join)  # fmt: skip


@given(document | st.text(max_size=200))
def test_every_chunk_is_verbatim_at_its_lines(text: str) -> None:
    lines = text.split("\n")
    chunks = split_document(text)
    for chunk in chunks:
        assert chunk.text
        assert chunk.text in "\n".join(lines[chunk.first_line - 1 : chunk.last_line])
        assert chunk.text == chunk.text.strip()
        assert len(chunk.text.split()) <= MAX_WORDS
        assert chunk.text.count("\n") == chunk.last_line - chunk.first_line
    assert [c.first_line for c in chunks] == sorted(c.first_line for c in chunks)


@given(st.lists(st.sampled_from(["Uno es.", "Dos!", "Tres?"]), min_size=1, max_size=12))
def test_no_word_of_prose_is_lost(sentences: list[str]) -> None:
    chunks = split_document(" ".join(sentences))
    assert " ".join(chunk.text for chunk in chunks) == " ".join(sentences)
    assert len(chunks) == -(-len(sentences) // MAX_SENTENCES)


@given(document | st.text(max_size=200))
def test_sections_count_up_and_keep_to_one_heading(text: str) -> None:
    chunks = split_document(text)
    sections = [chunk.section for chunk in chunks]
    assert sections == sorted(sections)
    for section in set(sections):
        inside = [chunk for chunk in chunks if chunk.section == section]
        assert len({(chunk.heading, chunk.page) for chunk in inside}) == 1


def test_a_section_ends_with_its_heading_its_page_or_its_size() -> None:
    paragraph = "palabra " * (SECTION_WORDS // 3)
    chunks = split_blocks(
        [
            Block("Uno.", 1, "A", page=1),
            Block("Dos.", 2, "A", page=1),
            Block("Tres.", 1, "A", page=2),
            Block("Cuatro.", 2, "B", page=2),
            *(Block(paragraph, number, "C", page=2) for number in range(3, 7)),
        ]
    )
    first = [chunk.section for chunk in chunks if chunk.text.endswith(".")]
    assert first == [0, 0, 1, 2]
    assert len({chunk.section for chunk in chunks if chunk.heading == "C"}) == 2


def test_code_is_cut_by_lines_and_endless_words_by_signs() -> None:
    code = Block("\n".join(f"line({n})" for n in range(MAX_LINES + 1)), 5, by_line=True)
    assert [(c.first_line, c.last_line) for c in split_blocks([code])] == [
        (5, 4 + MAX_LINES),
        (5 + MAX_LINES, 5 + MAX_LINES),
    ]
    endless = split_document("x" * (2 * MAX_SIGNS + 1))
    assert [len(chunk.text) for chunk in endless] == [MAX_SIGNS, MAX_SIGNS, 1]


def test_a_large_block_takes_time_in_proportion_to_its_size() -> None:
    chunks = split_document("Una frase corta.\n" * 100_000)
    assert chunks[-1].last_line == 100_000
