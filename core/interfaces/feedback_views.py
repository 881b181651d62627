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
COUNTS = ("turns", "good", "bad", "unknown")
HOW_TO_COMPARE = (
    "Turns can be compared where several models of your profile could answer and one was drawn "
    "by lot: feedback.explore_share, 0.1 for instance, gives a tenth of them to chance."
)


def stats_table(lines: Sequence[StatsLine]) -> Table:
    """A line for each task, language and model."""
    table = new_table("task", "language", "model", "turns", "good", "bad", "unknown", "median s")
    for line in lines:
        counts = (line.turns, line.good, line.bad, line.unknown)
        model = line.model or NO_MODEL
        table.add_row(line.task, line.language, model, *map(str, counts), f"{line.median_s:.1f}")
    return table


def stats_lines(lines: Sequence[StatsLine], on: SwitchedOn | None) -> Iterator[str]:
    """What the table does not say by itself."""
    counts = (f"{sum(getattr(line, key) for line in lines)} {key}" for key in COUNTS)
    yield f"In all: {', '.join(counts)}."
    yield "Unknown is where nobody said anything; /good and /bad, thanks and complaints say it."
    yield learning_line(on)


def learning_line(on: SwitchedOn | None) -> str:
    """Whether learning decides anything."""
    if on is None:
        return "Learning is off."
    return f"Learning is on since {on.since:%Y-%m-%d %H:%M} UTC; `sarai learn --off` ends it."


def replay_lines(shown: Replay) -> Iterator[str]:
    """What a replay found, and what follows from it."""
    yield f"Answers that were judged, silence included: {shown.judged}"
    yield f"Of these, another model could have been drawn: {shown.free}"
    yield f"Of these, enough was known before of such turns: {shown.compared}"
    if shown.default is not None:
        yield f"Worth of an answer without learning (0 bad, 1 good): {shown.default:.3f}"
        yield (
            f"With learning: {shown.gain:+.3f}, by 95 % confidence from {shown.low:+.3f} "
            f"to {shown.high:+.3f}"
        )
    if not shown.enough:
        yield f"That is too little to tell anything: {LEAST_COMPARED} turns are needed."
        yield HOW_TO_COMPARE
    elif shown.not_worse:
        yield f"It is not worse: {shown.low:+.3f} is not below -{MARGIN}."
    else:
        yield f"It may be worse: {shown.low:+.3f} is below -{MARGIN}."
