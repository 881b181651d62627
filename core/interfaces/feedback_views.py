"""How answers were received, and what learning would make of it, as a person reads it.

Owns the table and the sentences; counts and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from core.feedback.learning import SwitchedOn
from core.feedback.replay import LEAST_COMPARED, MARGIN, Replay
from core.feedback.stats import StatsLine
from core.interfaces.model_tables import new_table

NO_MODEL = "(none)"
HOW_TO_COMPARE = (
    "Turns can be compared where several models of your profile could answer and one was drawn "
    "by lot: feedback.explore_share, 0.1 for instance, gives a tenth of them to chance."
)


def stats_table(lines: Sequence[StatsLine]) -> Table:
    """A line for each task, language and model, and one for all."""
    table = new_table("task", "language", "model", "turns", "good", "bad", "unknown", "median s")
    for line in lines:
        counts = (line.turns, line.good, line.bad, line.unknown)
        model = line.model or NO_MODEL
        table.add_row(line.task, line.language, model, *map(str, counts), f"{line.median_s:.1f}")
    return table


def stats_lines(lines: Sequence[StatsLine], on: SwitchedOn | None) -> Iterator[str]:
    """What the table does not say by itself."""
    turns, good, bad = (sum(getattr(line, key) for line in lines) for key in COUNTS)
    yield (
        f"{turns} turns: {good} good, {bad} bad. Unknown is where nobody said anything; "
        "/good and /bad in a conversation, thanks and complaints say it."
    )
    yield learning_line(on)


COUNTS = ("turns", "good", "bad")


def learning_line(on: SwitchedOn | None) -> str:
    """Whether learning decides anything."""
    if on is None:
        return "Learning is off; `sarai learn --dry-run` shows what it would do."
    return f"Learning is on since {on.since:%Y-%m-%d %H:%M} UTC; `sarai learn --off` ends it."


def replay_lines(shown: Replay) -> Iterator[str]:
    """What a replay found, and what follows from it."""
    yield (
        f"{shown.judged} answers were judged, silence included. In {shown.free} of those turns "
        f"another model could have been drawn, and of the kind of {shown.compared} enough was "
        "known before to compare."
    )
    if shown.default is not None:
        yield f"Without learning: {shown.default:.3f}, where 0 is bad and 1 is good."
        yield (
            f"With learning: {shown.gain:+.3f}, by 95 % confidence "
            f"from {shown.low:+.3f} to {shown.high:+.3f}."
        )
    if not shown.enough:
        yield f"That is too little to tell anything; {LEAST_COMPARED} turns are needed."
        yield HOW_TO_COMPARE
    elif shown.not_worse:
        yield f"It is not worse: {shown.low:+.3f} is not below -{MARGIN}."
    else:
        yield f"It may be worse: {shown.low:+.3f} is below -{MARGIN}."
