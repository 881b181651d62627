"""An ESP32 board for `g++`: Arduino headers and a simulation with a clock and pins that obey its rules.

Owns the C++ files beside it (`README.md` there tells what they simulate and how they are compiled).
Knows nothing of how compilers are called or programs are confined.
"""

from pathlib import Path

BOARD_FOLDER = Path(__file__).parent
INCLUDE_FOLDER = BOARD_FOLDER / "include"
SIMULATION_SOURCES = tuple(sorted(BOARD_FOLDER.glob("*.cpp")))
