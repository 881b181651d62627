"""`sarai doctor`: what is right and wrong with this installation, and what mends it."""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from core.doctor import Report, examine, these_surroundings
from core.doctor.table import CHECKS
from core.interfaces.doctor_table import findings_table, problems_table, summary
from core.interfaces.exit_codes import EXIT_FAILED, EXIT_OK
from core.interfaces.presenter import Presenter, terminal_presenter


def run(arguments: argparse.Namespace) -> int:
    """Fails when a check does; nothing is changed, loaded or left behind."""
    presenter = terminal_presenter()
    with _quiet(), presenter.waiting():
        report = examine(these_surroundings(), CHECKS)
    return show(report, presenter, as_json=arguments.json)


def show(report: Report, presenter: Presenter, *, as_json: bool) -> int:
    """Print the report; the exit code that it stands for."""
    if as_json:
        # In ASCII: that the terminal knows no more may be what was found.
        presenter.line(json.dumps(report.as_data(), indent=2))
    else:
        presenter.render(findings_table(report))
        presenter.line("")
        presenter.line(summary(report))
        if report.problems():
            presenter.render(problems_table(report))
    return EXIT_FAILED if report.status == "fail" else EXIT_OK


@contextmanager
def _quiet() -> Iterator[None]:
    """What libraries log stands in the findings already, and a file would be a change."""
    handler = logging.NullHandler()
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
