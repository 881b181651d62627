"""A choice among models, as a person reads it.

Owns the table and the sentences under it; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from core.interfaces.model_tables import new_table
from core.routing.selection import Score, Selection

MEASURED = "*"


def selection_table(selection: Selection) -> Table:
    """A line for each usable model, the best first; each part as the points that it gave."""
    table = new_table("model", "points", "fit", "quality", "speed", "sure", "tokens/s", "memory")
    weights = selection.weights
    for each in selection.ranked:
        table.add_row(
            each.model,
            f"{each.total:.1f}",
            f"{weights.fit * each.fit:.1f}",
            f"{weights.quality * each.quality:.1f}",
            f"{weights.speed * each.speed:.1f}",
            f"{weights.confidence * each.confidence:.1f}",
            _speed(each),
            _memory(each),
        )
    return table


def choice_lines(selection: Selection) -> Iterator[str]:
    """Who was chosen and why, who follows, and who was left out."""
    yield f"{selection.task} is for {selection.model}. {selection.reason}"
    if len(selection.chain) > 1:
        yield f"When it fails: {', then '.join(selection.chain[1:])}."
    weights = selection.weights
    yield (
        f"Points: at most {weights.fit:.0f} for fit, {weights.quality:.0f} for quality, "
        f"{weights.speed:.0f} for speed, {weights.confidence:.0f} for how sure the task is. "
        f"{MEASURED} was measured on this machine, the rest is declared or guessed from sizes."
    )
    for refusal in selection.refused:
        yield f"Not {refusal.model}: {refusal.reason}."


def _speed(score: Score) -> str:
    if score.tokens_per_s is None:
        return "-"
    return f"{score.tokens_per_s:.1f}{MEASURED * score.speed_measured}"


def _memory(score: Score) -> str:
    if score.memory_mb is None:
        return "-"
    return f"{score.memory_mb} MiB{MEASURED * score.memory_measured}"
