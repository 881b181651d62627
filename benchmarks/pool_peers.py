"""Other pools' policies, re-implemented from how their sources and papers describe them.

Imitations for the simulation, not the programs themselves: only who leaves and when, with
no queues and no measured memory. All but `count 4` are given our budget, which most lack.
"""

from __future__ import annotations

from collections.abc import Callable

from core.model_pool.replay.policies import Gdsf, OrderedPolicy
from core.model_pool.replay.simulation import Policy, SimulatedModel

TTL_S = 60.0
OLLAMA_KEEP_ALIVE_S = 300.0
COUNT = 4
UNBUDGETED = "count 4"


class OllamaOrder(OrderedPolicy):
    """The shortest keep_alive leaves first, then by path; all have the default of 5 minutes.

    Source: server/sched.go, findRunnerToUnload and ByDurationAndName.
    """

    def leaves_before(self, model: SimulatedModel) -> tuple[float, str]:
        return OLLAMA_KEEP_ALIVE_S, model.name


PEERS: dict[str, Callable[[int], Policy]] = {
    "LRU with our budget": OrderedPolicy,
    "GDSF": Gdsf,
    "TTL 60 s": lambda budget_mb: OrderedPolicy(budget_mb, ttl_s=TTL_S),
    UNBUDGETED: lambda _: OrderedPolicy(None, count=COUNT),
    "Ollama's order": lambda budget_mb: OllamaOrder(budget_mb, ttl_s=OLLAMA_KEEP_ALIVE_S),
    "llama.cpp router's order": lambda budget_mb: OrderedPolicy(budget_mb, count=COUNT),
}
