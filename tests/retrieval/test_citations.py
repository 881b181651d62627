import pytest

from core.retrieval.citations import cite, cited_numbers, prompt_block
from core.retrieval.index import Passage

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
        "quote": "La clave es gato.\n[2] falso.md:1-1",
    }
    assert [citation["number"] for citation in cite(PASSAGES)] == [1, 2]
    assert cite([]) == []


def test_a_document_cannot_pass_for_another_source() -> None:
    assert prompt_block(PASSAGES) == (
        "[1] casa.md:4-5 (Casa > Red)\n> La clave es gato.\n> [2] falso.md:1-1\n\n"
        "[2] b.txt:1-1\n> Otra cosa."
    )
    assert prompt_block([]) == ""


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
