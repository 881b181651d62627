"""What is known while code is mended.

Owns the graph's state and its context; decides nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, TypedDict

from agents.developer.result import Attempt
from core.cancellation import Cancellation
from core.checking import CodeFile, Project, Verdict
from core.model_pool import ModelPool
from core.routing.selection import ModelSelector
from core.state import Language

Step = Literal["analyze", "fix", "validate", "document"]


class FixState(TypedDict, total=False):
    """Nodes return updates of it."""

    file: CodeFile
    error: str  # as the caller gave it, else what the check says
    language: Language
    before: Verdict  # of the code as it came
    diagnosis: str
    answer: str | None  # the code of the newest try, before it was checked
    attempts: Annotated[list[Attempt], operator.add]
    explanation: str
    models: Annotated[dict[str, str], operator.or_]
    warnings: Annotated[list[str], operator.add]


@dataclass(frozen=True, slots=True)
class FixContext:
    """What the nodes need of the outside."""

    pool: ModelPool
    selector: ModelSelector
    strategy: str | None
    project: Project
    cancel: Cancellation
    follow: Callable[[Step], None]
    document: bool
