"""A judgement that the workflow can act on: passed or not, and what is wrong.

Owns its JSON schema and its reading; knows nothing of who judges.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_PROBLEMS = 5
VERDICT_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "passed": {"type": "boolean"},
        "problems": {
            "type": "array",
            "items": {"type": "string", "maxLength": 300},
            "maxItems": MOST_PROBLEMS,
        },
    },
    "required": ["passed", "problems"],
    "additionalProperties": False,
}
"""What an answer is held to. Both bounds keep a small model from going on for ever."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`problems` are sentences, the worst first."""

    passed: bool
    problems: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As `VERDICT_SCHEMA` says."""
        return {"passed": self.passed, "problems": list(self.problems)}

    @classmethod
    def from_problems(cls, problems: Sequence[str]) -> Verdict:
        """What tools found: nothing is a pass."""
        return cls(not problems, tuple(problems[:MOST_PROBLEMS]))

    @classmethod
    def parse(cls, text: str) -> Verdict:
        """The verdict that a model wrote.

        Raises: ValueError, when it is none.
        """
        value = json.loads(text)
        match value:
            case {"passed": bool() as passed, "problems": [*problems]} if all(
                isinstance(each, str) for each in problems
            ):
                return cls(passed, tuple(problems))
        raise ValueError("it is no verdict")
