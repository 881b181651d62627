"""The roles as a person reads them: a table, and under it what is missing and what gets it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from core.interfaces.model_tables import new_table
from core.interfaces.role_choices import RoleChoice, what_is_missing
from core.interfaces.who_answers import only_embedded
from core.settings import Settings
from core.text.sizes import gigabytes


def role_table(choices: Sequence[RoleChoice]) -> Table:
    """A line for each role."""
    table = new_table("role", "model", "state", "size", "licence", "chosen by")
    for choice in choices:
        size = "-" if choice.size_bytes is None else gigabytes(choice.size_bytes)
        table.add_row(
            choice.role,
            choice.model or "-",
            choice.state,
            size,
            choice.licence or "-",
            choice.chosen_by,
        )
    return table


def role_notes(choices: Sequence[RoleChoice], settings: Settings) -> Iterator[str]:
    """What stands under the table."""
    yield from what_is_missing(choices)
    serving = [settings.models[choice.model] for choice in choices if choice.model]
    if all(model.embedded for model in serving):
        yield only_embedded(settings)
