"""LiteLLM's complexity router, where it is installed: `pip install litellm`.

Owns the one call into it. It is rules over English words; nothing is sent anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

LITELLM = "LiteLLM's complexity router"


def litellm_scores(texts: Sequence[str]) -> NDArray[Any] | None:
    """How complex it finds each text; None where it is not installed."""
    if find_spec("litellm") is None:
        return None
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks a server at import
    from litellm.router_strategy.complexity_router.complexity_router import (  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415
        ComplexityRouter,
    )

    models = {tier: tier for tier in ("SIMPLE", "MEDIUM", "COMPLEX", "REASONING")}
    router = ComplexityRouter(
        "router",
        cast(Any, SimpleNamespace(model_list=[])),
        {"tiers": models},
        derive_savings_baseline=False,
    )
    return np.array([router.classify(text)[1] for text in texts])


def told(value: float | None) -> dict[str, float | str]:
    """The peer's value for a figure, or why there is none."""
    return {LITELLM: "not installed" if value is None else value}
