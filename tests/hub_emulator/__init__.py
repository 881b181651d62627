"""A hub for tests: what Hugging Face's hub and the server of its files do, on the loopback.

with HubEmulator({"owner/repo": {"model.gguf": b"..."}}) as hub:
    hub.fail_next(Drop(after_bytes=1000))
    ...  # anything that downloads with HF_ENDPOINT=hub.endpoint
    assert hub.sent_bytes == 1000

Files are kept as the hub keeps large ones: a request for one is redirected to another server,
with a signed address; the redirect tells size and SHA-256. There are no Xet headers.
"""

from tests.emulated_server import RecordedRequest
from tests.hub_emulator.emulator import HubEmulator
from tests.hub_emulator.faults import CutShort, Drop, IgnoreRange, Refuse, Spoil
from tests.hub_emulator.handlers import TOKEN

__all__ = [
    "TOKEN",
    "CutShort",
    "Drop",
    "HubEmulator",
    "IgnoreRange",
    "RecordedRequest",
    "Refuse",
    "Spoil",
]
