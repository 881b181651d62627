"""The small parts: checks, verdicts, prompts that are made to fit."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import cast

import pytest

from core.engines.protocol import Engine, Message
from core.workflow.checks import CHECKS
from core.workflow.context import FittedPrompt
from core.workflow.prompts import Prompt, Section, shortened
from core.workflow.verdict import Verdict


@pytest.mark.parametrize(
    ("check", "text", "parameters", "problems"),
    [
        ("python_syntax", "```python\nx = 1\n```", {}, 0),
        ("python_syntax", "Here:\n```python\nx = (\n```\n```c\nint x\n```", {}, 1),
        ("python_syntax", "x = (", {"language": "Go"}, None),
        ("python_syntax", "((" * 2000, {}, 1),
        ("json_syntax", '{"a": [1, 2]}', {}, 0),
        ("json_syntax", '{"a": }', {}, 1),
        ("json_syntax", "[" * 100_000, {}, 1),
        ("yaml_syntax", "a: [1, 2]", {}, 0),
        ("yaml_syntax", "a: [1, 2", {}, 1),
        ("sqlite_syntax", "SELECT a FROM nowhere; SELECT 1;", {"dialect": "sqlite"}, 0),
        ("sqlite_syntax", "SELECT FROM;\nSELECT 1;", {"dialect": "sqlite"}, 1),
        ("sqlite_syntax", "SELEC", {}, None),
        ("python_syntax", "```\nx = (\n```\n```py\nreturn 1\n```\n```python\nx = 1\n```", {}, 2),
        ("shell_syntax", "```sh\nif true\n```", {"language": "bash"}, 1),
        ("c_compiles", "```c\nint f(void) { return 1; }\n```", {}, 0),
        ("c_compiles", "```c\nint f(void) { return a; }\n```\n```c++\nint x\n```", {}, 1),
        ("c_compiles", '```c\n#include "ours.h"\n```', {}, None),
        ("cpp_compiles", "```c++\nint x\n```", {"language": "C++"}, 1),
    ],
)
def test_checks_tell_what_is_wrong_or_that_they_cannot(
    check: str, text: str, parameters: dict[str, str], problems: int | None
) -> None:
    if "compiles" in check and shutil.which("g++") is None:
        pytest.skip("g++ is not installed")
    found = CHECKS[check](text, parameters)
    assert (found if found is None else len(found)) == problems


@pytest.mark.parametrize(
    "text", ["", "yes", "[]", '{"passed": 1, "problems": []}', '{"passed": true, "problems": [1]}']
)
def test_what_is_no_verdict_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"no verdict|Expecting"):
        Verdict.parse(text)


def test_a_verdict_is_read_as_it_is_written() -> None:
    assert Verdict.parse('{"passed": false, "problems": ["a"]}') == Verdict(False, ("a",))
    assert Verdict.from_problems([]) == Verdict(True)
    assert len(Verdict.from_problems(["a"] * 9).problems) == 5


class Words:
    """As much of an engine as a prompt asks: a token for each word."""

    model = "words"
    context_tokens = 100

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return sum(len(str(part).split()) for each in messages for part in each.parts)


LONG, SHORT = "word " * 200, "few words"
DRAFT = Section("draft", "Draft", LONG)
PROMPT = Prompt("The task.", (Section("planning", "Plan", SHORT), DRAFT), "Go.", "[...]")


def fitted(prompt_tokens: int | None, prompt: Prompt = PROMPT) -> tuple[int, tuple[str, ...]]:
    engine, loaded = Words(), list[str]()
    compose = FittedPrompt(prompt, prompt_tokens, loaded.append)
    messages, notices = compose(cast("Engine", engine), 20)
    assert loaded == ["words"]
    return engine.count_tokens(messages), notices


@pytest.mark.parametrize(("budget", "room"), [(None, 80), (40, 40), (500, 80)])
def test_the_longest_output_gives_way_until_it_fits(budget: int | None, room: int) -> None:
    tokens, notices = fitted(budget)
    assert room - 3 <= tokens <= room
    assert len(notices) == 1
    assert notices[0].startswith("Of the 1000 characters of draft, ")


def test_what_fits_is_not_touched() -> None:
    assert fitted(None, Prompt("The task.", PROMPT.sections[:1], "Go.", "[...]")) == (7, ())


def test_the_task_is_never_shortened() -> None:
    tokens, _ = fitted(30, Prompt(LONG, PROMPT.sections, "Go.", "[...]"))
    assert tokens > 200


def test_beginning_and_end_are_kept() -> None:
    assert shortened("abcdefghi", 6, "..") == "abcd .. hi"
    assert shortened("abc", 3, "..") == "abc"
    assert shortened("abc", 0, "..") == " .. "
