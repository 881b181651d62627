"""The words that models are given: what is the same in every phase first, then what is not.

Owns their order, so that phases on one model share as long a beginning as can be; knows nothing
of models or tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.state import Language
from core.text.packaged import packaged_yaml
from core.workflow.phases import DRAFTING, TaskPhase
from core.workflow.profiles import AgentTaskProfile
from core.workflow.progress import Progress

PROMPTS_FILE = "prompts.yaml"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the prompt that may be shortened; `name` is for notices."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """`system` is the same in every phase of a task; `sections` stand in the order of the
    phases; `instruction` comes last. `left_out` stands where a section was shortened."""

    system: str
    sections: tuple[Section, ...]
    instruction: str
    left_out: str

    def user_text(self, longest: int | None = None) -> str:
        """The user's message, no section with more characters than `longest`."""
        blocks = [
            f"## {each.title}\n{shortened(each.text, longest, self.left_out)}"
            for each in self.sections
        ]
        return "\n\n".join([*blocks, self.instruction])


def shortened(text: str, longest: int | None, mark: str) -> str:
    """Two thirds from the beginning and one from the end, where it is too long."""
    if longest is None or len(text) <= longest:
        return text
    head = longest * 2 // 3
    tail = longest - head
    return f"{text[:head]} {mark} {text[len(text) - tail :]}"


def prompt_for(
    phase: TaskPhase,
    profile: AgentTaskProfile,
    *,
    description: str,
    parameters: Mapping[str, Any],
    language: Language,
    progress: Progress,
    sources: str = "",
) -> Prompt:
    """What `phase` is told: the task, and the outputs that it depends on."""
    words = _words()[language]
    sections = tuple(_sections(phase, profile, words, progress, sources))
    key = "sourced_research" if sources else str(phase)
    usual = words["instructions"][key]
    own = profile.spec(phase).instruction
    return Prompt(
        system=_system(profile, description, parameters, words),
        sections=sections,
        instruction=own or usual,
        left_out=words["left_out"],
    )


def _system(
    profile: AgentTaskProfile,
    description: str,
    parameters: Mapping[str, Any],
    words: Mapping[str, Any],
) -> str:
    blocks = [words["agent"], profile.instruction, f"## {words['task']}\n{description}"]
    if parameters:
        lines = [f"- {key}: {_plain(parameters[key])}" for key in sorted(parameters)]
        blocks.append("\n".join([f"## {words['parameters']}", *lines]))
    return "\n\n".join(filter(None, blocks))


def _sections(
    phase: TaskPhase,
    profile: AgentTaskProfile,
    words: Mapping[str, Any],
    progress: Progress,
    sources: str,
) -> Iterator[Section]:
    shown = profile.dependencies()[phase]
    for each in (TaskPhase.PLANNING, TaskPhase.RESEARCH):
        if each in shown and (output := progress.output(each)):
            yield Section(each, words[each], output.text)
    if shown & DRAFTING and (draft := progress.draft):
        yield Section(draft.phase, words["draft"], draft.text)
    if TaskPhase.REVIEW in shown and (verdict := progress.output(TaskPhase.REVIEW)):
        yield Section(TaskPhase.REVIEW, words["review"], verdict.text)
    if sources:
        yield Section("sources", words["sources"], sources)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@cache
def _words() -> dict[Language, dict[str, Any]]:
    words: dict[Language, dict[str, Any]] = packaged_yaml("core.workflow", PROMPTS_FILE)
    return words
