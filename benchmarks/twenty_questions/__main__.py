"""Asks the twenty questions with `sarai ask` and writes what came of them.

python -m benchmarks.twenty_questions XQUAD [--page docs/twenty-questions.md]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.twenty_questions.documents import ROOT, copy_repository, write_pdfs
from benchmarks.twenty_questions.page import page_of

QUESTIONS = Path(__file__).with_name("questions.yaml")
REFUSALS = ("no lo he encontrado", "no puedo", "i did not find", "i can't", "i cannot")
SARAI = (sys.executable, "-m", "core.interfaces.cli")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what `sarai ask --json` answered.

    `right`: what a right answer holds; empty where the documents have none.
    """

    language: str
    question: str
    right: tuple[str, ...]
    place: str
    state: Mapping[str, Any]

    @property
    def found(self) -> bool:
        """Whether a passage that was cited comes from where the answer stands."""
        return any(each["path"].endswith(self.place) for each in self.state["citations"])

    @property
    def passed(self) -> bool:
        """Whether it is right; where there is no answer, whether it says so."""
        answer = str(self.state["response"]).casefold()
        if not self.right:
            return answer.startswith(REFUSALS)
        return self.found and any(each.casefold() in answer for each in self.right)


def main() -> None:
    """Make the documents, index them, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("xquad", type=Path, help="the folder that holds xquad-es and xquad-en")
    parser.add_argument("--page", type=Path, help="write the answers there, as Markdown")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        copy_repository(folder / "repository")
        write_pdfs(arguments.xquad, folder / "pdfs")
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "SARAI_HOME": str(folder / "home"),
        }  # fmt: skip
        indexed = _run(environment, folder, "index", "repository", "pdfs").splitlines()
        asked = [_ask(environment, folder, language, each) for language, each in _questions()]
    if arguments.page:
        arguments.page.write_text(page_of(asked, indexed[-1], str(folder)), encoding="utf-8")
    for each in asked:
        print("right" if each.passed else "WRONG", each.question, "->", each.state["response"])
    print(sum(each.passed for each in asked), "of", len(asked))


def _questions() -> list[tuple[str, dict[str, Any]]]:
    listed = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    return [(language, each) for language, some in listed.items() for each in some]


def _ask(
    environment: Mapping[str, str], folder: Path, language: str, each: Mapping[str, Any]
) -> Asked:
    told = _run(environment, folder, "ask", "--anew", "--json", each["ask"])
    right, place = tuple(each.get("right", ())), each.get("in", "")
    return Asked(language, each["ask"], right, place, json.loads(told))


def _run(environment: Mapping[str, str], folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*SARAI, *arguments], env=environment, cwd=folder, capture_output=True, check=True
    )
    return done.stdout.decode()


if __name__ == "__main__":
    main()
