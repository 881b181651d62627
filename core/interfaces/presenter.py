"""How a turn looks on a terminal: the words as they come, then one line about them.

Owns the wording of footers, warnings and errors; knows nothing of prompts or commands.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.text import Text

from core.errors import SARAiError
from core.events import Event, Final, Restarted, Token
from core.state import State

MS_PER_S = 1000


class Presenter:
    """Writes the answer to one console and what is said about it to another."""

    def __init__(self, answers: Console, notes: Console) -> None:
        self._answers = answers
        self._notes = notes
        self._told: set[str] = set()

    def show(self, events: Iterable[Event]) -> State | None:
        """Write a turn as it happens; returns its final state."""
        final: State | None = None
        wrote = False
        for event in events:
            if isinstance(event, Token):
                self._write(event.text)
                wrote = True
            elif isinstance(event, Restarted):
                self._answers.print("\n")
                self.note(f"starting over: {event.reason}")
            elif isinstance(event, Final):
                final = event.state
        if wrote:
            self._answers.print()
        if final is not None:
            self._show_footer(final)
        return final

    def _write(self, text: str) -> None:
        self._answers.print(Text(text), end="", soft_wrap=True)

    def _show_footer(self, state: State) -> None:
        if state["transcript"]:
            self.note(f"heard: {state['transcript']}")
        if state["audio_output"]:
            self.note(f"spoken: {state['audio_output']}")
        for citation in state["citations"]:
            place = f"{citation['path']}:{citation['first_line']}-{citation['last_line']}"
            self.note(f"[{citation['number']}] {place}")
        for warning in state["warnings"]:
            if warning not in self._told:  # a missing model is told once, not at every turn
                self._told.add(warning)
                self._notes.print(Text(f"! {warning}", style="yellow"), soft_wrap=True)
        self.note(footer(state))

    def note(self, text: str) -> None:
        """One quiet line."""
        self._notes.print(Text(text, style="dim"), soft_wrap=True)

    def error(self, error: SARAiError) -> None:
        """What went wrong, and what to do."""
        self._notes.print(Text(str(error), style="red"), soft_wrap=True)

    def line(self, text: str) -> None:
        """One plain line."""
        self._answers.print(Text(text), soft_wrap=True)

    def render(self, renderable: RenderableType) -> None:
        """A table or another of rich's shapes."""
        self._answers.print(renderable)

    def clear(self) -> None:
        """An empty screen."""
        self._answers.clear()


def footer(state: State) -> str:
    """Who answered, why, and what it cost, in one line."""
    usage = state["usage"]
    parts = [state["agent_used"] or "sarai", state["model_used"] or "no model"]
    parts.append(f"{state['timings_ms']['total'] / MS_PER_S:.2f} s")
    if usage is not None:
        parts.append(f"{usage['prompt_tokens']}+{usage['completion_tokens']} tokens")
        if usage["memory_mb"] is not None:
            parts.append(f"{usage['memory_mb']:.0f} MiB")
    if state["route_reason"]:
        parts.append(state["route_reason"])
    return " · ".join(parts)


def terminal_presenter() -> Presenter:
    """Answers on standard output, everything about them on standard error."""
    return Presenter(
        Console(highlight=False, markup=False, emoji=False),
        Console(stderr=True, highlight=False, markup=False, emoji=False),
    )
