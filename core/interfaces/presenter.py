"""How a turn looks on a terminal: the words as they come, then a quiet line about them.

Owns the wording of footers and warnings; knows nothing of prompts, commands or models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console, RenderableType
from rich.text import Text

from core.errors import SARAiError
from core.events import Event, Final, NodeStarted, Restarted, Token
from core.interfaces.waiting import ListenToPool, Waiting
from core.retrieval.citations import citation_place, cited_numbers
from core.state import Citation, State

MS_PER_S = 1000
WhyAbsent = Callable[[str], str | None]
"""Takes a model's name; gives the reason why it cannot be used, None when it can."""

# A model's words or a file's name could otherwise move the cursor or retitle the window.
_CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {ord("\n"), ord("\t")})


class Presenter:
    """Writes the answer to one console and what is said about it to another."""

    def __init__(self, answers: Console, notes: Console) -> None:
        self._answers = answers
        self._notes = notes
        self._absent: dict[str, str] = {}
        self._in_line = False

    def show(
        self, events: Iterable[Event], why_absent: WhyAbsent, listen: ListenToPool
    ) -> State | None:
        """Write a turn as it happens; returns its final state."""
        final: State | None = None
        with self.waiting() as waiting, waiting.following(listen), self._whole_lines():
            for event in events:
                if isinstance(event, NodeStarted):
                    waiting.at(event.node)
                elif isinstance(event, Token):
                    waiting.close()
                    self._write(event.text)
                elif isinstance(event, Restarted):
                    self._end_line()
                    self.note(f"starting over: {event.reason}")
                elif isinstance(event, Final):
                    final = event.state
        if final is not None:
            self._show_about(final, why_absent)
        return final

    def _write(self, text: str) -> None:
        # Not by way of rich, which would turn tabs into spaces.
        self._answers.file.write(_clean(text))
        self._answers.file.flush()
        self._in_line = not text.endswith("\n")

    @contextmanager
    def _whole_lines(self) -> Iterator[None]:
        """Whatever ends it, what comes next begins on a line of its own."""
        try:
            yield
        finally:
            self._end_line()

    def _end_line(self) -> None:
        if self._in_line:
            self._write("\n")

    def waiting(self) -> Waiting:
        """A sign of life on the terminal until there is something to show."""
        return Waiting(self._notes, self._answers)

    def tell_absent(self, reasons: Mapping[str, str]) -> None:
        """These models' absence, by name, was told: not a word more about it."""
        self._absent |= reasons

    def _show_about(self, state: State, why_absent: WhyAbsent) -> None:
        if state["transcript"]:
            self.note(f"heard: {state['transcript']}")
        if state["audio_output"]:
            self.note(f"spoken: {state['audio_output']}")
        for memory in state["memories"]:
            self.note(f"from memory #{memory['id']}: {' '.join(memory['text'].split())}")
        if state["remembered"]:
            self.note(f"remembered: {state['remembered']}")
        for citation in _shown(state):
            self.note(f"[{citation['number']}] {citation_place(citation)}")
        for warning in self._warnings(state, why_absent):
            self.warn(warning)
        for line in footer(state, self._width):
            self.note(line)

    def _warnings(self, state: State, why_absent: WhyAbsent) -> Iterator[str]:
        """All but those for absent models, which are told once and in few words."""
        absent = {model: self._absent.get(model) or why_absent(model) for model in state["tried"]}
        reasons = {model: reason for model, reason in absent.items() if reason}
        if new := [model for model in reasons if model not in self._absent]:
            yield f"not available: {', '.join(new)} (sarai models --verbose says why)"
        self.tell_absent(reasons)
        for warning in state["warnings"]:
            if not warning.endswith(tuple(reasons.values())):
                yield warning

    @property
    def _width(self) -> int | None:
        return self._notes.width if self._notes.is_terminal else None

    @property
    def notes(self) -> Console:
        """Where what is about the answers goes."""
        return self._notes

    def _print(self, text: str, style: str) -> None:
        # On a terminal words are kept whole; in a file or pipe, lines.
        self._notes.print(Text(_clean(text), style=style), soft_wrap=self._width is None)

    def note(self, text: str) -> None:
        """One quiet line."""
        self._print(text, "dim")

    def warn(self, warning: str) -> None:
        """What a person should know of an answer."""
        self._print(f"! {warning}", "yellow")

    def error(self, error: SARAiError) -> None:
        """What went wrong, and what to do."""
        self._print(str(error), "red")

    def line(self, text: str) -> None:
        """One plain line."""
        self._write(f"{text}\n")

    def render(self, renderable: RenderableType) -> None:
        """A table or another of rich's shapes."""
        self._answers.print(renderable)

    def clear(self) -> None:
        """An empty screen."""
        self._answers.clear()


def footer(state: State, width: int | None) -> Iterator[str]:
    """Who answered, how long it took, what it cost, and why that way: one line if it fits."""
    usage = state["usage"]
    parts = [state["agent_used"] or "sarai", state["model_used"] or "no model"]
    if cached_at := state.get("cached_at"):
        parts.append(f"kept from {datetime.fromisoformat(cached_at).astimezone():%Y-%m-%d %H:%M}")
    total_s = state["timings_ms"]["total"] / MS_PER_S
    parts.append(f"{total_s:.1f} s" if total_s >= 1 else f"{total_s:.2f} s")
    if usage is not None:
        parts.append(f"{usage['prompt_tokens']}+{usage['completion_tokens']} tokens")
    line, reason = " · ".join(parts), state["route_reason"] or ""
    if reason and (width is None or len(line) + len(reason) + 3 <= width):
        yield f"{line} · {reason}"
        return
    yield line
    if reason:
        yield reason


def _shown(state: State) -> Iterator[Citation]:
    """Those that the answer cites; all that it could draw on where it cites none."""
    cited = set(cited_numbers(state["response"] or ""))
    numbers = {each["number"] for each in state["citations"]}
    wanted = cited & numbers or numbers
    return (each for each in state["citations"] if each["number"] in wanted)


def _clean(text: str) -> str:
    return text.translate(_CONTROLS)


class _Console(Console):
    """Leaves a broken pipe to the command line, which ends quietly."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def terminal_presenter() -> Presenter:
    """Answers on standard output, everything about them on standard error."""
    return Presenter(
        _Console(highlight=False, markup=False, emoji=False),
        _Console(stderr=True, highlight=False, markup=False, emoji=False),
    )
