"""Loading at startup, in the background.

Owns which models are loaded first and what stands in for a missing one; knows nothing of
memory.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from core.errors import Cancelled, ModelError, ModelUnavailable, PoolBusy
from core.model_pool.scheduling.plan import EVICTION_RANK
from core.settings.profiles import ROLES
from core.settings.schema import Settings

logger = logging.getLogger(__name__)


def startup_chains(settings: Settings) -> list[tuple[str, ...]]:
    """The chains that begin with a load_on_startup model, higher priority first.

    Those are the chains of the roles, and those of models that no profile knows. Further down
    a chain the key means nothing: such a model stands in for one that is missing, and is not
    wanted beside it.
    """
    models = settings.models
    unknown = [name for name in models if name not in settings.in_profiles]
    heads: dict[str, tuple[str, ...]] = {}
    for chain in (*map(settings.chain, ROLES), *map(settings.fallback_chain, unknown)):
        if chain and models[chain[0]].load_on_startup:
            heads.setdefault(chain[0], chain)
    return sorted(heads.values(), key=lambda chain: -EVICTION_RANK[models[chain[0]].priority])


class Preload:
    """One pass over the chains, on a thread of its own.

    `load` loads one model and lets it go again. A model that cannot be had hands over to
    the next of its chain; when there is no memory left, the chain is given up.
    """

    def __init__(self, chains: Sequence[Sequence[str]], load: Callable[[str], None]) -> None:
        self._chains = chains
        self._load = load
        self._loaded: list[str] = []
        self._thread = threading.Thread(target=self._run, name="preload", daemon=True)
        self._thread.start()

    def wait(self) -> tuple[str, ...]:
        """Wait for the end; the names that were loaded, in order."""
        self._thread.join()
        return tuple(self._loaded)

    def _run(self) -> None:
        try:
            for chain in self._chains:
                self._load_first_available(chain)
        except Cancelled:
            logger.info("Preloading ended with the pool.")
        except Exception:
            logger.exception("Preloading stopped.")

    def _load_first_available(self, chain: Sequence[str]) -> None:
        for name in chain:
            try:
                self._load(name)
            except PoolBusy as error:
                logger.warning("%s was not preloaded. %s", name, error)
                return
            except ModelUnavailable as error:  # nothing is wrong with a model left out
                logger.info("%s is not there to be preloaded. %s", name, error)
            except ModelError as error:
                logger.warning("%s cannot be preloaded. %s", name, error)
            else:
                self._loaded.append(name)
                return
