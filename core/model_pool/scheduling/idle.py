"""When an idle model leaves.

Owns the appointments; knows nothing of how a model is closed. A TTL counts from the last
release. A strict one is kept to the second; under the policy `pressure` a model whose time
has passed stays as long as the system has memory to spare, and is looked at again and again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.model_pool.scheduling.records import Loaded
from core.settings.models import TtlPolicy

LOOK_AGAIN_S = 5.0


@dataclass(frozen=True, slots=True)
class IdleTime:
    """How long a model may stand unused, and how strictly."""

    ttl_s: float
    policy: TtlPolicy = "strict"


class IdleRules:
    """What the configuration says, by model; models without a line stay."""

    def __init__(self, times: Mapping[str, IdleTime]) -> None:
        self._times = times

    def released(self, model: Loaded) -> None:
        """The last lease ended: what was asked for once holds, else the configuration."""
        ttl_s, model.next_ttl_s = model.next_ttl_s, None
        configured = self._times.get(model.name)
        if ttl_s is not None:
            appoint(model, ttl_s)
        elif configured is not None:
            appoint(model, configured.ttl_s, strictly=configured.policy == "strict")


def appoint(model: Loaded, ttl_s: float, *, strictly: bool = True) -> None:
    """It leaves when it has not been used for `ttl_s`, from its last use."""
    model.leaves_at_s = model.last_used_s + ttl_s
    model.leaves_strictly, model.overdue = strictly, False


def call_off(model: Loaded) -> None:
    """It is used again."""
    model.leaves_at_s, model.overdue = None, False


def leavers(idle: Iterator[Loaded], now_s: float, *, under_pressure: bool) -> list[Loaded]:
    """Whose time has come; who may stay is put off."""
    due = [each for each in idle if each.leaves_at_s is not None and each.leaves_at_s <= now_s]
    for model in due:
        model.overdue = not (model.leaves_strictly or under_pressure)
        if model.overdue:
            model.leaves_at_s = now_s + LOOK_AGAIN_S
    return [model for model in due if not model.overdue]
