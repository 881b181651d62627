"""Whether the package `agents` is SARAi's own: openai-agents ships one of the same name."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

import core
from core.doctor.finding import Finding, fail, ok
from core.doctor.surroundings import Surroundings

RIVAL = "openai-agents"
APART = (
    "Install SARAi into an environment of its own (make setup, or uv tool install), or here: "
    f"pip uninstall {RIVAL}, then install SARAi again."
)


def check_agents_package(_: Surroundings) -> Iterator[Finding]:
    ours = Path(next(iter(core.__path__))).parent / "agents"
    found = imported_folder("agents")
    if found is None:
        yield fail("there is no package `agents`: SARAi is not whole", "Install SARAi again.")
    elif found.resolve() != ours.resolve():
        yield fail(
            f"`agents` is imported from {found}, and SARAi's own is in {ours}",
            f"Take that folder out of PYTHONPATH or the current folder. {APART}",
        )
    elif _installed_over(ours):
        yield fail(f"{RIVAL} is installed into the same folder, {ours}", APART)
    else:
        yield ok(f"SARAi's own, {ours}")


def imported_folder(package: str) -> Path | None:
    """Where Python would import the package from; None where there is none."""
    spec = find_spec(package)
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(spec.origin or "")  # a single file of this name


def _installed_over(ours: Path) -> bool:
    try:
        rival = distribution(RIVAL)
    except PackageNotFoundError:
        return False
    return Path(str(rival.locate_file("agents"))).resolve() == ours.resolve()
