"""Requests to a model pool as four kinds of user would make them, from fixed seeds.

Owns eight made-up models and the traces; the models' sizes are like those of quantised
models of 0.3 to 11 billion parameters, and big ones do not load strictly slower.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import TypeVar

from core.model_pool.replay.simulation import Request, SimulatedModel

MODELS = {
    model.name: model
    for model in (
        SimulatedModel("expert_11b", 6900, 9.0),
        SimulatedModel("coder_7b", 5200, 6.5),
        SimulatedModel("omni_3b", 4200, 6.0),
        SimulatedModel("vision_4b", 3600, 5.0),
        SimulatedModel("chat_4b", 3000, 3.5),
        SimulatedModel("speech_1b", 1600, 2.5),
        SimulatedModel("tiny_1b", 1100, 1.5),
        SimulatedModel("embeddings", 450, 0.9),
    )
}
NAMES = tuple(MODELS)
REQUESTS = 400
SEEDS = (1, 2, 3, 4, 5)
PAUSE_S = 20.0
BURST_PAUSE_S = 3.0
IDLE_S = 180.0
STICKINESS = 0.5

T = TypeVar("T")


def zipf_with_stickiness(chance: random.Random) -> Iterator[Request]:
    """Popularity falls as 1/rank; half of the requests repeat the one before."""
    ranked = chance.sample(NAMES, len(NAMES))
    now_s, name = 0.0, ranked[0]
    while True:
        if chance.random() >= STICKINESS:
            name = _zipf(chance, ranked)
        yield Request(name, now_s)
        now_s += chance.expovariate(1 / PAUSE_S)


def alternating_pairs(chance: random.Random) -> Iterator[Request]:
    """Two models take turns for a while, then another two."""
    now_s = 0.0
    while True:
        pair = chance.sample(NAMES, 2)
        for turn in range(chance.randint(10, 40)):
            yield Request(pair[turn % 2], now_s)
            now_s += chance.expovariate(1 / PAUSE_S)


def bursty_agent(chance: random.Random) -> Iterator[Request]:
    """Bursts of quick requests to three models of one task, long idle times in between."""
    now_s = 0.0
    tasks = [chance.sample(NAMES, 3) for _ in range(4)]
    while True:
        task = _zipf(chance, tasks)
        for _ in range(chance.randint(5, 25)):
            yield Request(chance.choice(task), now_s)
            now_s += chance.expovariate(1 / BURST_PAUSE_S)
        now_s += chance.expovariate(1 / IDLE_S)


def scan(chance: random.Random) -> Iterator[Request]:
    """Three favourites most of the time; now and then every model is asked once."""
    favourites = chance.sample(NAMES, 3)
    now_s = 0.0
    while True:
        once = chance.sample(NAMES, len(NAMES))
        for name in [*(_zipf(chance, favourites) for _ in range(chance.randint(20, 50))), *once]:
            yield Request(name, now_s)
            now_s += chance.expovariate(1 / PAUSE_S)


TRACES: dict[str, Callable[[random.Random], Iterator[Request]]] = {
    "Zipf with stickiness": zipf_with_stickiness,
    "alternating pairs": alternating_pairs,
    "bursty agent": bursty_agent,
    "scan": scan,
}


def traces() -> Iterator[tuple[str, list[Request]]]:
    """Every kind with every seed, REQUESTS requests each."""
    for kind, requests in TRACES.items():
        for seed in SEEDS:
            endless = requests(random.Random(f"{kind} {seed}"))
            yield f"{kind}, seed {seed}", [next(endless) for _ in range(REQUESTS)]


def _zipf(chance: random.Random, ranked: list[T]) -> T:
    weights = [1 / rank for rank in range(1, len(ranked) + 1)]
    return chance.choices(ranked, weights)[0]
