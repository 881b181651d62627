"""All checks side by side, each with a deadline and none able to end the others.

Owns the threads; knows nothing of what is checked. A check that is too slow keeps what it had
found by then and is left behind: its thread ends with the process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.doctor.finding import Finding, fail, warn
from core.doctor.report import Checked, Report
from core.doctor.surroundings import Surroundings
from core.errors import SARAiError

DEADLINE_S = 15.0
AGAIN = "Mend that, then run sarai doctor again."
REPORT_IT = "This is a fault of SARAi's own: please report it, with this line."


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the table. `look` yields findings, the quickest first."""

    name: str
    look: Callable[[Surroundings], Iterable[Finding]]
    deadline_s: float = DEADLINE_S
    needs_settings: bool = False


class _Running:
    """One check on a thread of its own."""

    def __init__(self, check: Check, around: Surroundings) -> None:
        self._check = check
        self._around = around
        self._found: list[Finding] = []
        self._started_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=check.name, daemon=True)
        self._thread.start()

    def result(self) -> Checked:
        """What it found, at its deadline at the latest."""
        self._thread.join(max(0.0, self._started_s + self._check.deadline_s - time.monotonic()))
        late = [_too_slow(self._check)] if self._thread.is_alive() else []
        return Checked(self._check.name, (*self._found, *late))

    def _run(self) -> None:
        try:
            for finding in self._check.look(self._around):
                self._found.append(finding)  # at once: a deadline keeps what was found
        except SARAiError as error:
            self._found.append(fail(error.message, error.hint or REPORT_IT))
        except OSError as error:
            self._found.append(fail(f"the system refused to be asked: {error}", AGAIN))
        except Exception as error:  # noqa: BLE001  # one check must not take the others with it
            said = " ".join(f"{type(error).__name__}: {error}".split())
            self._found.append(fail(f"the check itself failed: {said}", REPORT_IT))


def examine(around: Surroundings, checks: Sequence[Check]) -> Report:
    """Run every check of the table; takes as long as the slowest, its deadline at most."""
    runnable = [check for check in checks if around.settings or not check.needs_settings]
    running = {check.name: _Running(check, around) for check in runnable}
    return Report(
        tuple(
            running[check.name].result() if check.name in running else _not_looked_at(check)
            for check in checks
        )
    )


def _too_slow(check: Check) -> Finding:
    return fail(
        f"no answer within {check.deadline_s:g} s",
        "Try again when the machine is less busy; a disk or a server may hang.",
    )


def _not_looked_at(check: Check) -> Checked:
    skipped = warn("not looked at: the configuration has errors", "Mend the configuration first.")
    return Checked(check.name, (skipped,))
