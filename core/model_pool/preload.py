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
from core.settings.schema import Settings

logger = logging.getLogger(__name__)


def startup_chains(settings: Settings) -> list[tuple[str, ...]]:
    """Each load_on_startup model and its fallbacks, higher priority first.

    An embedded model that is somebody's fallback comes only as such: it stands in for a
    missing model and is not wanted beside a present one.
    """
    fallbacks = {model.fallback for model in settings.models.values()}
    wanted = [
        (name, model)
        for name, model in settings.models.items()
        if model.load_on_startup and not (model.embedded and name in fallbacks)
    ]
    wanted.sort(key=lambda item: -EVICTION_RANK[item[1].priority])
    return [settings.fallback_chain(name) for name, _ in wanted]


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
