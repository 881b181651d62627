"""Benches that check after every test that nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.model_pool.fakes import Bench

MakeBench = Callable[..., Bench]


@pytest.fixture
def bench() -> Iterator[MakeBench]:
    made: list[Bench] = []

    def make(*args: object, **keys: object) -> Bench:
        made.append(Bench(*args, **keys))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for each in made:
        each.end()
