"""Who is loaded: leases on models inside one memory budget.

Owns admission, loading, eviction and unloading; knows nothing of what a model is used for.
"""

from core.model_pool.pool import ModelPool
from core.model_pool.prefetch import Prefetch
from core.model_pool.scheduling.events import PoolEvent
from core.model_pool.scheduling.status import ModelState, ModelStatus, PoolStatus
from core.model_pool.shared import get_model_pool

__all__ = [
    "ModelPool",
    "ModelState",
    "ModelStatus",
    "PoolEvent",
    "PoolStatus",
    "Prefetch",
    "get_model_pool",
]
