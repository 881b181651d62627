"""How checks are run: side by side, within their deadlines, and none for another's sake."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.doctor import Check, Finding, Surroundings, examine
from core.doctor.finding import fail, ok, warn
from core.doctor.once import Once
from core.errors import StorageError
from tests.doctor.surroundings import surroundings


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    return surroundings(tmp_path / "machine")


def fine(_: Surroundings) -> Iterator[Finding]:
    yield ok("fine")


def worrying(_: Surroundings) -> Iterator[Finding]:
    yield ok("fine")
    yield warn("not so fine", "do this", subject="b")


def test_the_gravest_finding_is_the_reports_and_stands_first_among_problems(
    around: Surroundings,
) -> None:
    def failing(_: Surroundings) -> Iterator[Finding]:
        yield fail("broken", "mend it")

    report = examine(around, [Check("a", fine), Check("b", worrying), Check("c", failing)])
    assert report.status == "fail"
    assert [name for name, _ in report.problems()] == ["c", "b"]
    assert examine(around, [Check("a", fine), Check("b", worrying)]).status == "warn"
    assert examine(around, [Check("a", fine)]).status == "ok"


def test_a_program_finds_every_finding_under_the_same_keys(around: Surroundings) -> None:
    data = examine(around, [Check("b", worrying)]).as_data()
    assert data == {
        "status": "warn",
        "findings": [
            {"check": "b", "subject": "", "status": "ok", "found": "fine", "cure": ""},
            {
                "check": "b",
                "subject": "b",
                "status": "warn",
                "found": "not so fine",
                "cure": "do this",
            },
        ],
    }


def test_a_check_that_raises_is_a_failure_of_its_own(around: Surroundings) -> None:
    def raising(error: Exception) -> Check:
        def look(_: Surroundings) -> Iterator[Finding]:
            yield ok("so far")
            raise error

        return Check(type(error).__name__, look)

    errors = (TypeError("no\nsuch"), StorageError("Full.", hint="Empty it."), OSError(28, "Full"))
    report = examine(around, [*map(raising, errors), Check("a", fine)])
    *raised, last = (check.findings for check in report.checks)
    by_type, by_us, by_system = (second for _, second in raised)
    assert by_type.found == "the check itself failed: TypeError: no such"
    assert "report it" in by_type.cure
    assert (by_us.found, by_us.cure) == ("Full.", "Empty it.")
    assert by_system.found == "the system refused to be asked: [Errno 28] Full"
    assert last == (ok("fine"),)


def test_a_check_that_hangs_keeps_what_it_found_and_costs_its_deadline_alone(
    around: Surroundings,
) -> None:
    never = threading.Event()

    def hanging(_: Surroundings) -> Iterator[Finding]:
        yield ok("so far")
        never.wait(30)

    started_s = time.monotonic()
    checks = [Check(f"hanging {i}", hanging, deadline_s=0.2) for i in range(5)]
    report = examine(around, [*checks, Check("a", fine)])
    took_s = time.monotonic() - started_s
    never.set()
    assert took_s < 5
    for check in report.checks[:5]:
        found, late = check.findings
        assert found == ok("so far")
        assert (late.status, late.found) == ("fail", "no answer within 0.2 s")
    assert report.checks[5].findings == (ok("fine"),)


def test_checks_run_side_by_side(around: Surroundings) -> None:
    together = threading.Barrier(4)

    def meeting(_: Surroundings) -> Iterator[Finding]:
        together.wait(10)  # raises unless all four come
        yield ok("met")

    report = examine(around, [Check(str(number), meeting) for number in range(4)])
    assert report.status == "ok"


def test_what_needs_the_configuration_waits_for_a_sound_one(tmp_path: Path) -> None:
    broken = surroundings(tmp_path / "machine", {"runtimes": {}})
    report = examine(broken, [Check("a", fine), Check("b", fine, needs_settings=True)])
    assert [check.findings[0].status for check in report.checks] == ["ok", "warn"]
    assert report.checks[1].findings[0].cure == "Mend the configuration first."


def test_a_shared_question_is_asked_once_and_everybody_gets_the_answer() -> None:
    asked = []

    def ask() -> int:
        time.sleep(0.05)
        asked.append(1)
        return len(asked)

    once, answers = Once(ask), []
    threads = [threading.Thread(target=lambda: answers.append(once())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [1, 1, 1, 1]


HANGING = """
import threading
from core.doctor import Check, examine, these_surroundings

def look(_):
    yield threading.Event().wait()

report = examine(these_surroundings(), [Check("hanging", look, deadline_s=0.2)])
print(report.status)
"""


def test_a_check_that_hangs_for_ever_does_not_keep_the_program() -> None:
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "-c", HANGING],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("fail\n", "")
