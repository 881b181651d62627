"""An OpenAI-compatible server for tests: real HTTP on the loopback, scripted models and faults.

with OpenAIEmulator([EmulatedModel("qwen3-4b")], dialect="vllm") as server:
    server.fail_next(Drop(after_tokens=3))
    ...  # anything that speaks to server.base_url
    assert server.requests("/v1/chat/completions")[0].body["max_tokens"] == 512
"""

from tests.emulated_server import Drop, EndEarly, RecordedRequest, Slow, Stall
from tests.openai_emulator.emulator import OpenAIEmulator
from tests.openai_emulator.faults import Raw, Refuse
from tests.openai_emulator.models import EmulatedModel

__all__ = [
    "Drop",
    "EmulatedModel",
    "EndEarly",
    "OpenAIEmulator",
    "Raw",
    "RecordedRequest",
    "Refuse",
    "Slow",
    "Stall",
]
