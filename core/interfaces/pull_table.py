"""What a pull would do, as a person reads it before it begins.

Owns the table and the sentences under it; decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.table import Table

from core.interfaces.model_tables import new_table
from core.pulling.plan import PlannedFile
from core.pulling.wanted import WantedModel
from core.text.sizes import gigabytes


def pull_table(files: Sequence[PlannedFile]) -> Table:
    """A line for each file."""
    table = new_table("model", "file", "size", "state")
    for file in files:
        size = gigabytes(file.size_bytes) if file.size_bytes else "-"
        table.add_row(file.wanted.model, file.wanted.name, size, _state(file))
    return table


def totals(
    files: Sequence[PlannedFile], models: Sequence[WantedModel], source: str
) -> Iterator[str]:
    """Under which licences it is, what it comes to, and why some of it cannot be had."""
    yield from _licences(models)
    missing = [file for file in files if file.standing == "missing"]
    if missing:
        to_get = gigabytes(sum(file.to_get_bytes for file in missing))
        kept = sum(file.kept_bytes for file in missing)
        goes_on = f"; {gigabytes(kept)} are here from before" if kept else ""
        yield f"{to_get} to get from {source}{goes_on}."
    elif all(file.standing == "here" for file in files):
        yield "Nothing to get: all of it is here. `sarai models verify` reads it again."
    for file in files:
        if file.problem is not None:
            yield str(file.problem)


def licence_lines(models: Sequence[WantedModel]) -> Iterator[str]:
    """What one is asked to accept."""
    for model in models:
        if model.licence is not None:
            yield (
                f"{model.title} is under the {model.licence.name}, which excludes commercial use: "
                f"{model.licence.url}"
            )


def _licences(models: Sequence[WantedModel]) -> Iterator[str]:
    by_licence: dict[str, list[str]] = {}
    for model in models:
        name = "licence unknown, see its repository"
        if model.licence is not None:
            name = model.licence.name
            name += ", no commercial use" if model.licence.non_commercial else ""
        by_licence.setdefault(name, []).append(model.name)
    for name, of in by_licence.items():
        yield f"{name}: {', '.join(of)}"


def _state(file: PlannedFile) -> str:
    if file.kept_bytes:
        return f"{file.kept_bytes / file.size_bytes:.0%} here"
    return file.standing
