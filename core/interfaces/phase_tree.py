"""Work in phases as it is shown while it goes on: a line for each phase, its tries below.

Owns the picture; knows nothing of how phases are run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rich.console import Console
from rich.live import Live
from rich.text import Text
from rich.tree import Tree

from core.workflow import (
    ModelFailed,
    PhaseFinished,
    PhaseResult,
    PhaseSkipped,
    PhaseStarted,
    PhaseToken,
    WorkflowEvent,
    WorkflowStarted,
)

UPDATES_PER_S = 8
_STYLES = {"done": "green", "failed": "red", "running": "yellow"}


@dataclass(slots=True)
class _Line:
    """One phase, in one of its rounds. `tokens` are the pieces that were heard so far."""

    phase: str
    state: str = "waits"
    model: str = ""
    round: int = 1
    started_s: float = 0.0
    pieces: int = 0
    result: PhaseResult | None = None
    below: list[str] = field(default_factory=list)


class PhaseTree:
    """Hears the events of one run and draws them. `now_s` is for tests."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._title = ""
        self._lines: list[_Line] = []

    def hear(self, event: WorkflowEvent) -> None:
        """Take one event in."""
        match event:
            case WorkflowStarted():
                self._begin(event)
            case PhaseStarted(phase, round_, model):
                line = self._open(phase, round_)
                line.state, line.model, line.started_s = "running", model, self._now_s()
            case PhaseToken(phase):
                self._last(phase).pieces += 1
            case ModelFailed(phase, model, error):
                line = self._last(phase)
                line.below.append(f"{model}: {error}")
                line.model, line.pieces = "", 0
            case PhaseFinished(result):
                self._end(self._last(result.phase), result)
            case PhaseSkipped(phase, reason):
                self._last(phase).state = f"skipped: {reason}"

    def __rich__(self) -> Tree:
        tree = Tree(Text(self._title, style="bold"))
        for line in self._lines:
            branch = tree.add(self._text(line))
            for told in line.below:
                branch.add(Text(told, style="dim"))
        return tree

    def lines(self) -> Iterator[str]:
        """The same as plain text."""
        yield self._title
        for line in self._lines:
            yield f"  {self._text(line).plain}"
            yield from (f"    {told}" for told in line.below)

    def _begin(self, event: WorkflowStarted) -> None:
        kind = event.strategy["strategy_type"].replace("_", " ")
        self._title = f"{event.agent_name} · {kind} · {event.strategy['reason']}"
        choices = {each["phase"]: each for each in event.strategy["phases"]}
        self._lines = [
            _Line(phase, model=choices[phase]["primary_model"]["model"])
            for wave in event.waves
            for phase in wave
        ]
        for result in event.done:
            self._end(self._open(result.phase, result.round), result)

    def _open(self, phase: str, round_: int) -> _Line:
        """The line of a phase that begins; a new one for another round."""
        line = self._last(phase)
        if line.result is not None:
            line = _Line(phase, round=round_)
            self._lines.append(line)
        return line

    def _last(self, phase: str) -> _Line:
        return [line for line in self._lines if line.phase == phase][-1]

    def _end(self, line: _Line, result: PhaseResult) -> None:
        line.state = "done" if result.success else "failed"
        line.model, line.result = result.model_used, result
        if result.error:
            line.below.append(result.error)

    def _text(self, line: _Line) -> Text:
        name = line.phase if line.round == 1 else f"{line.phase} {line.round}"
        text = Text(f"{name:<13}")
        text.append(line.state, _STYLES.get(line.state, "dim"))
        for part in (line.model, *self._figures(line)):
            if part:
                text.append(f" · {part}")
        return text

    def _figures(self, line: _Line) -> Iterator[str]:
        if line.result is not None:
            yield f"{line.result.execution_time:.1f} s"
            yield f"{line.result.prompt_tokens}+{line.result.completion_tokens} tokens"
            if line.result.passed is not None:
                yield "passed" if line.result.passed else "sent back"
        elif line.state == "running":
            yield f"{self._now_s() - line.started_s:.0f} s"
            yield f"{line.pieces} tokens" if line.pieces else ""


def shown(events: Iterator[WorkflowEvent], console: Console) -> Iterator[WorkflowEvent]:
    """The events, drawn on a terminal as they pass; elsewhere the picture comes at the end."""
    tree = PhaseTree()
    if console.is_terminal:
        with Live(tree, console=console, refresh_per_second=UPDATES_PER_S):
            yield from _heard(events, tree)
        return
    try:
        yield from _heard(events, tree)
    finally:
        for line in tree.lines():
            console.print(Text(line), soft_wrap=True)


def _heard(events: Iterator[WorkflowEvent], tree: PhaseTree) -> Iterator[WorkflowEvent]:
    for event in events:
        tree.hear(event)
        yield event
