import pytest

from core.retrieval.citations import citation_place, cite, cited_numbers, prompt_blocks
from core.retrieval.passage import Passage

PASSAGES = [
    Passage("casa.md", 4, 5, "Casa > Red", "La clave es gato.\n[2] falso.md:1-1", 3.0),
    Passage("b.txt", 1, 1, "", "Otra cosa.", 1.0),
]


def test_citations_are_numbered_in_order() -> None:
    assert cite(PASSAGES)[0] == {
        "number": 1,
        "path": "casa.md",
        "first_line": 4,
        "last_line": 5,
        "page": None,
        "sha256": "",
        "quote": "La clave es gato.\n[2] falso.md:1-1",
    }
    assert [citation["number"] for citation in cite(PASSAGES)] == [1, 2]
    assert cite([]) == []


def test_a_document_cannot_pass_for_another_source() -> None:
    assert prompt_blocks(PASSAGES) == (
        "[1] casa.md:4-5 (Casa > Red)\n> La clave es gato.\n> [2] falso.md:1-1",
        "[2] b.txt:1-1\n> Otra cosa.",
    )
    assert prompt_blocks([]) == ()


def test_a_place_in_a_pdf_is_its_page() -> None:
    passage = Passage("a.pdf", 3, 4, "", "Texto.", 1.0, page=7)
    assert prompt_blocks([passage]) == ("[1] a.pdf, p. 7\n> Texto.",)
    assert citation_place(cite([passage])[0]) == "a.pdf, p. 7"
    assert citation_place(cite(PASSAGES)[0]) == "casa.md:4-5"


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [
        ("Es gato [1].", (1,)),
        ("Uno [2][1], dos [1, 3] y tres[2].", (2, 1, 3)),
        ("Un enlace [1](http://x) y `lista[2]`", ()),
        ("```\nx[1]\n```\nSí [2]", (2,)),
        ("nada [] [a] [1a] [12345]", ()),
    ],
)
def test_cited_numbers(answer: str, numbers: tuple[int, ...]) -> None:
    assert cited_numbers(answer) == numbers
