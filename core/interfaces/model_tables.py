"""The pool as a person reads it: a table of models, and the memory budget as a bar.

Owns the two views; changes nothing.
"""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from core.errors import ModelError
from core.model_pool import ModelPool
from core.model_pool.status import ModelStatus, PoolStatus

BAR_CELLS = 50
STATE_WORDS = {"in_use": "in use"}


def models_table(pool: ModelPool) -> Table:
    """Every configured model: is it installed, what would it take, what comes after it."""
    table = Table("model", "name", "memory", "files", "fallback", box=None, header_style="bold")
    for key, model in pool.settings.models.items():
        memory, files = _prospects(pool, key)
        table.add_row(key, model.name, memory, files, model.fallback or "-")
    return table


def _prospects(pool: ModelPool, model: str) -> tuple[str, str]:
    """Predicted memory, and where the weights are, or why they cannot be used."""
    try:
        resolved = pool.resolve(model)
    except ModelError as error:
        return "-", f"{error.code.removeprefix('model_')}: {error.message}"
    if resolved.spec.gguf_path is None:
        return (
            f"{resolved.need_mb} MiB",
            f"{resolved.spec.remote_model} at {resolved.spec.base_url}",
        )
    return f"{resolved.need_mb} MiB", str(resolved.spec.gguf_path)


def status_view(status: PoolStatus) -> Group:
    """The budget as a bar, and a line for each model that is or was to be loaded."""
    present = [model for model in status.models if model.state != "absent"]
    table = Table("model", "state", "reserved", "measured", "", box=None, header_style="bold")
    for model in present:
        measured = "-" if model.memory_mb is None else f"{model.memory_mb:.0f} MiB"
        state = STATE_WORDS.get(model.state, model.state)
        table.add_row(
            model.name, state, f"{model.reserved_mb} MiB", measured, _remark(model, status)
        )
    used = f"{status.reserved_mb} of {status.budget_mb} MiB reserved"
    return Group(Text(f"{_bar(status)}  {used}"), table)


def _bar(status: PoolStatus) -> str:
    filled = round(BAR_CELLS * min(1.0, status.reserved_mb / status.budget_mb))
    return "█" * filled + "░" * (BAR_CELLS - filled)


def _remark(model: ModelStatus, status: PoolStatus) -> str:
    if model.last_error:
        return model.last_error
    if model.permanent:
        return "permanent"
    if model.unload_at_s is not None:
        return f"leaves in {max(0.0, model.unload_at_s - status.now_s):.0f} s"
    return ""
