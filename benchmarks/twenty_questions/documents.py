"""What is indexed: this repository as it is committed, and PDFs of XQuAD's paragraphs.

Owns how both are made; the paragraphs themselves (CC BY-SA 4.0) are not part of the project.
"""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import textwrap
from collections.abc import Mapping
from pathlib import Path

from tests.retrieval.parsing.samples import pdf

ROOT = Path(__file__).parents[2]
OWN = ("docs/twenty-questions.md", "benchmarks/twenty_questions/")
"""What holds the questions themselves is left out."""

PARAGRAPHS = 5  # of one article, which stand one behind the other
ARTICLES: Mapping[str, Mapping[str, int]] = {
    "es": {
        "super-bowl-50": 0, "complejidad": 4, "bskyb": 8, "oxigeno": 12, "amazonia": 16,
        "peste-negra": 20, "abc": 24, "desobediencia": 28, "jacksonville": 32,
        "dinastia-yuan": 36, "numeros-primos": 40, "imperialismo": 44,
    },
    "en": {
        "warsaw": 1, "teachers": 5, "victoria": 9, "oil-crisis": 13, "ctenophores": 17,
        "geology": 21, "genghis-khan": 25, "construction": 29, "inequality": 33, "kenya": 37,
        "rhine": 41, "methodists": 45,
    },
}  # fmt: skip
LINE_SIGNS = 90


def copy_repository(target: Path) -> None:
    """The newest commit's files, without what holds the questions."""
    packed = subprocess.run(
        ["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        wanted = [each for each in archive.getmembers() if not each.name.startswith(OWN)]
        archive.extractall(target, wanted, filter="data")


def write_pdfs(xquad: Path, target: Path) -> None:
    """A PDF for each article, a page for each of its paragraphs; `xquad` holds xquad-es and -en."""
    target.mkdir(parents=True)
    for language, articles in ARTICLES.items():
        paragraphs = _paragraphs(xquad / f"xquad-{language}" / "corpus.jsonl")
        for name, number in articles.items():
            first = number * PARAGRAPHS
            pages = [_page(text) for text in paragraphs[first : first + PARAGRAPHS]]
            (target / f"{name}.pdf").write_bytes(pdf(pages))


def _paragraphs(corpus: Path) -> list[str]:
    with corpus.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def _page(text: str) -> str:
    """In lines, as a page has them, and in the signs that its font has."""
    plain = text.replace("\ufeff", "").encode("cp1252", errors="replace").decode("cp1252")
    return "\n".join(textwrap.wrap(plain, LINE_SIGNS))
