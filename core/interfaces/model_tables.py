"""The pool as a person reads it: each model in lines, and the memory budget as a bar.

Owns the views; changes nothing.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from core.errors import ModelError
from core.interfaces.who_answers import why_absent

if TYPE_CHECKING:
    from core.model_pool import ModelPool
    from core.model_pool.resolve import ResolvedModel
    from core.model_pool.scheduling.status import ModelStatus, PoolStatus
    from core.settings.models import ModelSettings
    from core.settings.schema import Settings

BAR_CELLS = 40
STATE_WORDS = {"in_use": "in use"}
UNUSABLE_WORDS = {
    "model_unavailable": "not installed",
    "model_file_invalid": "damaged",
    "model_too_large": "too large",
}


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would come of loading a model. `error` is None when it could be loaded."""

    name: str
    settings: ModelSettings
    resolved: ResolvedModel | None
    error: ModelError | None

    @property
    def word(self) -> str:
        if self.error is not None:
            return UNUSABLE_WORDS.get(self.error.code, "not usable")
        return "embedded" if self.settings.embedded else "installed"

    @property
    def memory(self) -> str:
        return "-" if self.resolved is None else str(self.resolved.need)


def model_details(pool: ModelPool) -> Iterator[str]:
    """Every configured model with its files, its memory and what is wrong with it, in lines."""
    for name in pool.settings.models:
        found = prospect(name, pool)
        yield f"{name} · {found.settings.name} · {found.word}"
        yield from (f"    {key:<10} {value}" for key, value in _details(found, pool.settings))


def _details(found: Prospect, settings: Settings) -> Iterator[tuple[str, object]]:
    model, resolved = found.settings, found.resolved
    if resolved is not None and resolved.spec.gguf_path is not None:
        yield "file", resolved.spec.gguf_path
        if resolved.spec.mmproj_path is not None:
            yield "projector", resolved.spec.mmproj_path
    elif model.engine == "ollama":
        yield "ollama", model.ollama_model
    elif model.engine == "openai_http":
        yield from _server_details(model, resolved, settings)
    else:
        yield "file", model.gguf_file
        if model.mmproj_file is not None:
            yield "projector", model.mmproj_file
    if model.repo_id:
        yield "from", f"https://huggingface.co/{model.repo_id}"
    if resolved is not None:
        yield "memory", resolved.arithmetic
    if model.fallback:
        yield "fallback", model.fallback
    if found.error is not None:
        yield "problem", found.error


def _server_details(
    model: ModelSettings, resolved: ResolvedModel | None, settings: Settings
) -> Iterator[tuple[str, object]]:
    server = settings.openai.servers[model.openai_server or ""]
    yield "model", model.openai_model
    leaves = " · what you ask leaves this machine" if server.leaves_this_machine else ""
    yield "server", f"{model.openai_server} · {server.base_url}{leaves}"
    if resolved is not None:
        yield "price", resolved.price or "not configured"


def prospect(name: str, pool: ModelPool) -> Prospect:
    """What would come of loading this model now, memory aside."""
    settings = pool.settings.models[name]
    resolved = None
    try:
        resolved = pool.resolve(name)
        pool.check_available(name)
    except ModelError as error:
        return Prospect(name, settings, resolved, error)
    return Prospect(name, settings, resolved, None)


def status_view(pool: ModelPool) -> Group:
    """The budget as a bar with each model's share, and a line for each model that is loaded,
    on its way, or failed to load.

    Models that are not installed failed as well, but that is what `role_table` tells.
    """
    status = pool.status()
    present = [model for model in status.models if _worth_a_line(model, pool)]
    table = new_table("", "model", "state", "reserved", "measured", "")
    for model, sign in zip(present, _signs(present), strict=True):
        measured = "-" if model.memory_mb is None else f"{model.memory_mb:.0f} MiB"
        reserved = str(model.reserved)
        table.add_row(sign, model.name, _state(model), reserved, measured, _remark(model, status))
    return Group(*_bars(status, present), table if present else Text("Nothing is loaded."))


def _signs(models: Sequence[ModelStatus]) -> list[str]:
    """What stands for each model in the bar."""
    letters = iter(string.ascii_uppercase)
    return [next(letters, "+") if model.reserved else "" for model in models]


def _state(model: ModelStatus) -> str:
    if model.state == "loading" and model.loaded_fraction is not None:
        return f"loading {model.loaded_fraction:.0%}"
    return STATE_WORDS.get(model.state, model.state)


def _worth_a_line(model: ModelStatus, pool: ModelPool) -> bool:
    if model.state == "failed":
        return why_absent(model.name, pool) is None
    return model.state != "absent"


def new_table(*headings: str) -> Table:
    """An empty table in the style of all of them."""
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")  # a name cut off names nothing
    return table


def _bars(status: PoolStatus, present: Sequence[ModelStatus]) -> Iterator[Text]:
    """The budget, and where a model asked for a GPU, that of the GPUs."""
    signs = _signs(present)
    shares = [(sign, model.reserved_mb) for sign, model in zip(signs, present, strict=True)]
    used = _used(status.reserved_mb, status.budget_mb, status.limit_mb)
    yield Text(f"{_bar(shares, status.reserved_mb, status.budget_mb)}  {used}")
    if status.device_budget_mb:
        shares = [(sign, model.device_mb) for sign, model in zip(signs, present, strict=True)]
        bar = _bar(shares, status.device_reserved_mb, status.device_budget_mb)
        used = _used(status.device_reserved_mb, status.device_budget_mb, status.device_limit_mb)
        yield Text(f"{bar}  GPU: {used}")


def _used(reserved_mb: int, budget_mb: int, limit_mb: int) -> str:
    left = f"; others leave {limit_mb}" if limit_mb < budget_mb else ""
    return f"{reserved_mb} of {budget_mb} MiB reserved{left}"


def _bar(shares: Sequence[tuple[str, int]], reserved_mb: int, budget_mb: int) -> str:
    """One cell is a fortieth of the budget; what leaves just now has no letter any more."""
    cells = "".join(
        sign * max(1, round(BAR_CELLS * share_mb / budget_mb))
        for sign, share_mb in shares
        if share_mb
    )
    reserved = round(BAR_CELLS * min(1.0, reserved_mb / budget_mb))
    return cells[:BAR_CELLS].ljust(reserved, "█").ljust(BAR_CELLS, "░")


def _remark(model: ModelStatus, status: PoolStatus) -> str:
    if model.state == "waiting":
        return f"{_ordinal(model)}{model.waiting_for or ''}"
    if model.last_error:
        return model.last_error
    if model.permanent:
        return "permanent"
    if model.overdue:
        return "past its time, stays while memory is free"
    if model.unload_at_s is not None:
        return f"leaves in {max(0.0, model.unload_at_s - status.now_s):.0f} s"
    return ""


def _ordinal(model: ModelStatus) -> str:
    expected = "" if model.eta_s is None else f", about {model.eta_s:.0f} s"
    return f"number {model.position}{expected}: "
