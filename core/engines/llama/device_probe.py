"""A process that tells which GPUs llama.cpp would use, and ends.

Started by `devices` as `python -m core.engines.llama.device_probe`, so that nothing of a GPU's
memory stays with SARAi's own process. Writes one line of JSON.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from core.engines.llama.native.devices import gpus


def main() -> None:
    """Entry point of the process."""
    print(json.dumps([asdict(device) for device in gpus()]))


if __name__ == "__main__":
    main()
