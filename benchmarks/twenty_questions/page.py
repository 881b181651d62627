"""The answers as a page of the documentation. Owns its form and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from core.retrieval.citations import cited_numbers

if TYPE_CHECKING:
    from benchmarks.twenty_questions.__main__ import Asked

HEAD = """\
# Twenty questions

Asked as a user asks them, to an index of this repository and of 24 PDFs, 12 Spanish and 12 English
(paragraphs of XQuAD, one to a page). Only what ships with SARAi was there: no embedding model, so
passages are found by their words alone, and no model that could word an answer, so SARAi quotes
the sentences nearest to the question. Every answer stands here as it came, the wrong ones too;
nothing was left out.

```
{commands}
```

{indexed}

**{passed} of {total} right** ({by_language}); a passage of the right document was among those
cited in {found} of {answerable}. Right is an answer that holds the words that were written down
beforehand (`benchmarks/twenty_questions/questions.yaml`) and cites the document that was. Two
questions have no answer, and the right one is to refuse. What failed: a sentence may share a
question's words without answering it. Of the passages those stand here that an answer cites, as a
terminal shows them.
"""
COMMANDS = """\
sarai index repository pdfs
sarai ask --anew --json "QUESTION"          # each of these
python -m benchmarks.twenty_questions XQUAD --page docs/twenty-questions.md  # all of it"""
FOOT = """
The quotations of PDFs are from [XQuAD](https://github.com/google-deepmind/xquad) (Artetxe, Ruder
and Yogatama 2020, CC BY-SA 4.0), which takes them from Wikipedia by way of SQuAD.
"""
TITLES = {"es": "Español", "en": "English"}


def page_of(asked: Sequence[Asked], indexed: str, folder: str) -> str:
    """Markdown. `indexed` is what the indexing said last; `folder` is cut off all paths."""
    return (
        HEAD.format(
            commands=COMMANDS,
            indexed=indexed,
            passed=sum(each.passed for each in asked),
            total=len(asked),
            by_language=", ".join(_sum(asked, language, name) for language, name in TITLES.items()),
            found=sum(each.found for each in asked if each.right),
            answerable=sum(bool(each.right) for each in asked),
        )
        + "".join(
            f"\n## {name}\n"
            + "".join(_told(each, folder) for each in asked if each.language == language)
            for language, name in TITLES.items()
        )
        + FOOT
    )


def _sum(asked: Sequence[Asked], language: str, name: str) -> str:
    some = [each for each in asked if each.language == language]
    return f"{name} {sum(each.passed for each in some)} of {len(some)}"


def _told(each: Asked, folder: str) -> str:
    state = each.state
    lines = [f"\n**{each.question}** — {'right' if each.passed else 'wrong'}", ""]
    lines += [f"> {line}".rstrip() for line in str(state["response"]).splitlines()]
    lines += ["", *_cited(state, folder)]
    lines += [f"- ! {warning}".replace(f"{folder}/", "") for warning in _own(state)]
    return "\n".join(lines) + "\n"


def _cited(state: Any, folder: str) -> Iterator[str]:
    cited = cited_numbers(state["response"])
    for each in state["citations"]:
        if cited and each["number"] not in cited:
            continue
        path = each["path"].removeprefix(f"{folder}/")
        place = (
            f"p. {each['page']}" if each["page"] else f"{each['first_line']}-{each['last_line']}"
        )
        yield f"- [{each['number']}] `{path}`, {place}"


def _own(state: Any) -> list[str]:
    """Without what is said of every answer on a machine with no other model."""
    return [
        each
        for each in state["warnings"]
        if "answered instead" not in each and "By words" not in each
    ]
