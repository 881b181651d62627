"""Each rule of the simulated ESP32, driven by a sketch that real g++ compiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.developer.esp32_board import compiled_sketch, is_gnu_compiler, ran_sketch

SCENARIOS = Path(__file__).with_name("shim_scenarios.ino")
OBEYING_OUTPUT = """\
192.168.1.50
3
2
2048
total: 3 2.5 ñ
FFFFFFFF11111111
22
temp; 21; ok|1
"""

pytestmark = pytest.mark.skipif(not is_gnu_compiler("g++"), reason="GNU's g++ is not installed")


@pytest.fixture(scope="module")
def sketch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled_sketch(SCENARIOS, tmp_path_factory.mktemp("sketch"))


@pytest.mark.parametrize(
    ("scenario", "code", "message"),
    [
        ("no such pin", 80, "pinMode: the ESP32 has no GPIO 40"),
        ("flash pin", 81, "pinMode: GPIO 6 belongs to the flash memory"),
        ("input only", 82, "pinMode: GPIO 34 is input only"),
        ("no pull-up", 82, "pinMode: GPIO 36 has no pull-up"),
        ("input only, analog", 82, "analogWrite: GPIO 35 is input only"),
        ("not an output", 83, "digitalWrite: GPIO 2 is not an output"),
        ("input is not an output", 83, "digitalWrite: GPIO 2 is not an output"),
        ("dac", 83, "dacWrite: GPIO 27 has no analog output"),
        ("no adc", 84, "analogRead: GPIO 5 has no analog input"),
        ("adc2 with wifi", 85, "analogRead: GPIO 25 is on ADC2, which Wi-Fi uses"),
        ("busy wait", 86, "stopped at 5.000 s: task watchdog"),
        ("long busy wait", 86, "more than 5 s"),
        ("empty loop", 86, "a loop that calls nothing never ends"),
        ("subscribed", 86, "no esp_task_wdt_reset()"),
    ],
)
def test_a_broken_rule_ends_the_run_with_its_code(
    sketch: Path, scenario: str, code: int, message: str
) -> None:
    ended = ran_sketch(sketch, f"{scenario}\n")
    assert (ended.returncode, ended.stdout) == (code, "")
    assert ended.stderr.startswith("esp32: stopped")
    assert message in ended.stderr


def test_serial_before_begin_is_told(sketch: Path) -> None:
    ended = ran_sketch(sketch, "obey\n", SERIAL_UNUSED="1")
    assert ended.returncode == 87
    assert "Serial.print before Serial.begin(115200)" in ended.stderr


@pytest.mark.parametrize(
    "scenario",
    [
        "adc2",
        "short busy wait",
        "own timeout",
        "watchdog off",
        "subscribed and reset",
        "long delay",
    ],
)
def test_what_the_chip_allows_runs_to_the_end(sketch: Path, scenario: str) -> None:
    ended = ran_sketch(sketch, f"{scenario}\n")
    assert ended.returncode == 0
    assert "the simulated time is over at 30.000 s" in ended.stderr


def test_a_sketch_that_obeys_prints_what_a_board_prints(sketch: Path) -> None:
    ended = ran_sketch(sketch, "obey\n 42\n")
    assert (ended.returncode, ended.stdout) == (0, OBEYING_OUTPUT)


def test_the_time_can_be_set_and_delays_cost_none(sketch: Path) -> None:
    ended = ran_sketch(sketch, "count\n", ESP32_SECONDS="4.5")
    assert ended.stdout.split() == ["0", "1", "2", "3", "4"]
    assert "over at 4.5" in ended.stderr


def test_a_restart_ends_the_run(sketch: Path) -> None:
    ended = ran_sketch(sketch, "restart\n")
    assert ended.returncode == 0
    assert "the sketch restarted the board" in ended.stderr
