"""What is done to a sketch before it is compiled."""

from __future__ import annotations

from core.checking.sketch import with_prototypes

SKETCH = """#include <WiFi.h>

const int LED = 2;

void setup() {
  if (ready(1)) {
    blink(3, 4);
  }
}

bool ready(int pin) { return digitalRead(pin) == HIGH; }
static unsigned long
waited(unsigned long since_ms)
{
  return millis() - since_ms;
}
void blink(int times, int pause_ms = 10) {
  for (int i = 0; i < times; i++) {
    delay(pause_ms);
  }
}
struct Point { int x; };
else_if(x) {
}
"""


def test_functions_are_declared_before_the_first_one() -> None:
    made = with_prototypes(SKETCH, "blink.ino")
    head, declared, rest = made.partition("void setup();")
    assert head.startswith('#line 1 "blink.ino"\n#include <WiFi.h>\n')
    assert declared
    assert "bool ready(int pin);" in rest
    assert "static unsigned long\nwaited(unsigned long since_ms);" in rest
    assert "for (" not in rest[: rest.index("#line")]


def test_default_values_stay_where_they_are() -> None:
    made = with_prototypes(SKETCH, "blink.ino")
    assert made.count("int pause_ms = 10") == 1


def test_lines_keep_their_numbers() -> None:
    made = with_prototypes(SKETCH, "blink.ino")
    assert '#line 5 "blink.ino"\nvoid setup() {' in made


def test_without_any_function() -> None:
    assert with_prototypes("int x = 1;\n", "a.ino") == '#line 1 "a.ino"\nint x = 1;\n'
