"""An ESP32 board for `g++`: Arduino headers, and a simulation with a clock, pins and its rules.

Owns the C++ files beside it and what makes C++ of a sketch; `README.md` tells what is simulated.
Knows nothing of how compilers are called or programs are confined.
"""

from pathlib import Path

BOARD_FOLDER = Path(__file__).parent
INCLUDE_FOLDER = BOARD_FOLDER / "include"
SIMULATION_SOURCES = tuple(sorted(BOARD_FOLDER.glob("*.cpp")))
