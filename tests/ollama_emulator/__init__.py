"""An Ollama server for tests: real HTTP on the loopback, scripted models and faults.

with OllamaEmulator([EmulatedModel("solar:10.7b")]) as server:
    server.fail_next(Drop(after_tokens=3))
    ...  # anything that speaks to server.base_url
    assert server.requests("/api/chat")[0].body["options"]["num_ctx"] == 4096
"""

from tests.emulated_server import Drop, EndEarly, RecordedRequest, Slow, Stall
from tests.ollama_emulator.emulator import OllamaEmulator
from tests.ollama_emulator.faults import Line, Refuse
from tests.ollama_emulator.models import EmulatedModel

__all__ = [
    "Drop",
    "EmulatedModel",
    "EndEarly",
    "Line",
    "OllamaEmulator",
    "RecordedRequest",
    "Refuse",
    "Slow",
    "Stall",
]
