"""Tasks, queues and buses of the simulated ESP32, driven by a sketch that real g++ compiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.developer.esp32_board import compiled_sketch, is_gnu_compiler, ran_sketch

SCENARIOS = Path(__file__).with_name("task_scenarios.ino")

pytestmark = pytest.mark.skipif(not is_gnu_compiler("g++"), reason="GNU's g++ is not installed")


@pytest.fixture(scope="module")
def sketch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled_sketch(SCENARIOS, tmp_path_factory.mktemp("sketch"))


@pytest.mark.parametrize(
    ("scenario", "printed"),
    [
        ("two cores", "0 a on 0|0 b on 1|200 a on 0|200 b on 1|400 a on 0|400 b on 1"),
        (
            "queue",  # the sender goes on as soon as there is room
            "sent 1|sent 2|2 wait|sent 3|got 1|sent 4|got 2|got 3|got 4",
        ),
        ("mutex", "in use|300 let go on 0|taken|300 taken on 1"),
        ("notify", "heard 1|heard 1|heard 0|heard 0|heard 0"),
        ("buses", "4|2|-1|0|0|1"),
        ("preferences", "0|0|4|0|13|patio1.50|1"),
        ("spi twice", "0"),
        ("deadlock", "0"),
    ],
)
def test_tasks_and_buses_do_what_those_of_the_chip_do(
    sketch: Path, scenario: str, printed: str
) -> None:
    ended = ran_sketch(sketch, f"{scenario}\n", ESP32_SECONDS="4")
    assert "the simulated time is over at 4.000 s" in ended.stderr
    assert (ended.returncode, ended.stdout.split("\n")[:-1]) == (0, printed.split("|"))


@pytest.mark.parametrize(
    ("scenario", "code", "message"),
    [
        ("returns", 88, "the task short returned (a task ends with vTaskDelete(NULL))"),
        ("small stack", 89, "512 bytes of stack are too few for small"),
        ("no priority", 89, "there is no priority 25"),
        ("no queue", 90, "xQueueReceive: there is no such queue"),
        ("no task", 90, "xTaskNotifyGive: there is no such task"),
        ("starves", 86, "at 5.000 s: task watchdog: the busy task kept the processor"),
        ("watched", 86, "at 5.000 s: task watchdog: the watched task"),
        ("i2c pins", 82, "Wire.begin: GPIO 34 is input only"),
        ("spi pins", 82, "SPI.begin: GPIO 36 is input only"),
    ],
)
def test_a_broken_rule_ends_the_run_with_its_code(
    sketch: Path, scenario: str, code: int, message: str
) -> None:
    ended = ran_sketch(sketch, f"{scenario}\n")
    assert (ended.returncode, ended.stdout) == (code, "")
    assert message in ended.stderr


def test_every_run_is_the_same(sketch: Path) -> None:
    first, second = (ran_sketch(sketch, "two cores\n", ESP32_SECONDS="2") for _ in range(2))
    assert (first.stdout, first.stderr) == (second.stdout, second.stderr)
