"""Which GPUs llama.cpp can use on this machine, asked from outside.

Owns the short life of the process that looks; knows nothing of llama.cpp.
"""

from __future__ import annotations

import json
import subprocess
import sys

from core.engines.devices import Device
from core.engines.llama.worker_process import worker_environment
from core.errors import EngineFailed

PROBE_LIMIT_S = 60.0
"""A driver that wakes several GPUs may take many seconds."""


def ask_devices(model: str) -> tuple[Device, ...]:
    """All GPUs, with what is free on each now; none where llama.cpp was built without.

    Args:
        model: named in the error, because somebody asks on behalf of one.

    Raises: EngineFailed, when they cannot be asked: a broken driver.
    """
    command = [sys.executable, "-P", "-m", "core.engines.llama.device_probe"]
    try:
        asked = subprocess.run(
            command,
            env=worker_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE_LIMIT_S,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise _failed(model, f"did not answer within {PROBE_LIMIT_S:g} s") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _failed(model, said[-1] if said else f"status {error.returncode}") from error
    told = json.loads(asked.stdout.splitlines()[-1])
    return tuple(Device(**device) for device in told)


def _failed(model: str, why: str) -> EngineFailed:
    return EngineFailed(
        f"The GPU that {model} shall use could not be asked for its memory: {why}.",
        model=model,
        hint="Repair its driver, or set runtime.gpu_layers to 0.",
    )
