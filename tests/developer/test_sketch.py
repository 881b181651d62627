"""A sketch becomes C++ as in the Arduino IDE: functions may be used before they are defined."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from core.checking.arduino.sketch import to_cpp
from tests.developer.esp32_board import is_gnu_compiler, sketch_command

SKETCH = """\
// void commented() {
struct Reading { int value; float scale() const { return 2; } };
const char PAGE[] PROGMEM = R"page(<script>function f() { { } </script>)page";
int waits = 0;

void setup() {
  Serial.begin(115200);
  Serial.println("{ " + describe(read_sensor()));
  Serial.println(twice(3));
}

template <typename T>
T twice_of(T value) { return value + value; }
int added(int a, int b = 2) { return a + b; }

void loop() { delay(1000); }

Reading read_sensor() { return {7}; }

static String describe(const Reading &reading)
{
  if (waits == 0) { waits++; }
  return String(reading.value * reading.scale(), 1) + " {" + sizeof(PAGE);
}

#define OPEN {
unsigned long twice(int value) { return twice_of(value); }
"""

gnu = pytest.mark.skipif(not is_gnu_compiler("g++"), reason="GNU's g++ is not installed")


def compile_sketch(sketch: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "room.ino").write_text(sketch)
    (folder / "room.ino.cpp").write_text(to_cpp(sketch, "room.ino"))
    command = sketch_command("room.ino.cpp", "room")
    return subprocess.run(
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=100
    )


def test_what_would_clash_is_not_declared() -> None:
    sketch = (
        "template <class T>\nT f(T a) { }\nvoid A::g() { }\nint h(int a = 1) { }\nvoid k() { }\n"
    )
    declared = [line for line in to_cpp(sketch, "a.ino").splitlines() if line.endswith(";")]
    assert declared == ["void k();"]


def test_a_sketch_without_functions_stays_as_it_is() -> None:
    assert to_cpp("int a;\n", "a.ino").splitlines()[1:] == ['#line 1 "a.ino"', "int a;"]


@gnu
def test_an_error_is_told_at_its_line_of_the_sketch(tmp_path: Path) -> None:
    sketch = "void setup() {\n  later(1);\n}\nvoid loop() {}\nvoid later(int a) {\n  b = a;\n}\n"
    compiled = compile_sketch(sketch, tmp_path)
    assert compiled.returncode == 1
    assert "room.ino:6:3: error: " in compiled.stderr
    assert "6 |   b = a;" in compiled.stderr
    assert compiled.stderr.count("error") == 1


@gnu
def test_functions_are_used_before_they_are_defined(tmp_path: Path) -> None:
    compiled = compile_sketch(SKETCH, tmp_path)
    assert (compiled.returncode, compiled.stderr) == (0, "")
    ran = subprocess.run(
        [tmp_path / "room"], check=True, capture_output=True, text=True, timeout=60
    )
    assert ran.stdout == "{ 14.0 {37\n6\n"
