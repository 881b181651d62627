"""Environments and keys that keep a test away from the machine that it runs on.

Imports nothing: also processes that tests start begin here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

NO_OLLAMA = {"SARAI__OLLAMA__BASE_URL": "http://127.0.0.1:9"}
"""Nothing listens there, whatever runs on the developer's own machine."""
ON_SELF_TEST = {**NO_OLLAMA, "SARAI_CONFIG": str(Path(__file__).with_name("self_test.yaml"))}
"""With tiny models of fixed replies behind the configured ones; `link_self_test` brings them."""
SMALL_PINS = {
    "models.lfm2_1_2b.max_memory_mb": "null",
    "models.qwen_omni_3b.max_memory_mb": "null",
}
"""Pins that do not fit the budget are refused; with these any budget of a test is accepted."""


def variables(keys: Mapping[str, object]) -> dict[str, str]:
    """`keys`, as in {"retrieval.top_k": 2}, as variables that set them, beside `SMALL_PINS`."""
    return {
        "SARAI__" + key.upper().replace(".", "__"): str(value)
        for key, value in {**SMALL_PINS, **keys}.items()
    }
