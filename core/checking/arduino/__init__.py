"""An ESP32 board for `g++`: Arduino headers, and a simulation with a clock, pins and its rules.

Owns the C++ files beside it, what makes C++ of a sketch, and the commands that compile it;
`README.md` tells what is simulated. Knows nothing of how programs are confined.
"""

from pathlib import Path

BOARD_FOLDER = Path(__file__).parent
INCLUDE_FOLDER = BOARD_FOLDER / "include"
SIMULATION_SOURCES = tuple(sorted(BOARD_FOLDER.glob("*.cpp")))
