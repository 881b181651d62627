"""What the emulated servers of the tests share: serving, faults, records and broken streams.

Each emulator brings its handlers, its answers and the faults that only it knows.
"""

from tests.emulated_server.emulator import Emulator
from tests.emulated_server.faults import Drop, EndEarly, Slow, Stall
from tests.emulated_server.handler import EmulatedHandler, JsonHandler, RequestRefused
from tests.emulated_server.recording import RecordedRequest
from tests.emulated_server.server import LoopbackServer
from tests.emulated_server.streaming import ChunkedStream, client_left

__all__ = [
    "ChunkedStream",
    "Drop",
    "EmulatedHandler",
    "Emulator",
    "EndEarly",
    "JsonHandler",
    "LoopbackServer",
    "RecordedRequest",
    "RequestRefused",
    "Slow",
    "Stall",
    "client_left",
]
