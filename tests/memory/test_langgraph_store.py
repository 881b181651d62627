"""SARAiStore against LangGraph's own store: the same operations, the same results."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    SearchItem,
    SearchOp,
)
from langgraph.store.memory import InMemoryStore

from core.memory.langgraph_store import SARAiStore
from core.memory.memory import Memory
from tests.memory.conftest import Calendar, OpenMemory, texts

EVERYTHING = 10_000


@pytest.fixture
def store(memory: Memory) -> Iterator[SARAiStore]:
    yield SARAiStore(memory.items)


labels = st.sampled_from(["a", "b", "users", "ñ/%", 'q"uote', "a,b"])
namespaces = st.lists(labels, min_size=1, max_size=3).map(tuple)
keys = st.sampled_from(["k1", "k2", "..", "", "k/3"])
values = st.dictionaries(
    st.sampled_from(["x", "y", "tags"]),
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=8)
    | st.lists(st.integers(0, 2), max_size=2)
    | st.dictionaries(st.sampled_from(["in", "out"]), st.integers(0, 2), max_size=2),
    max_size=3,
)
conditions = st.none() | st.dictionaries(
    st.sampled_from(["x", "y", "tags"]),
    st.none()
    | st.integers(-5, 5)
    | st.lists(st.integers(0, 2), max_size=2)
    | st.fixed_dictionaries({"$eq": st.integers(-2, 2)})
    | st.fixed_dictionaries({"$ne": st.integers(-2, 2)})
    | st.dictionaries(st.sampled_from(["in", "out"]), st.integers(0, 2), max_size=2),
    max_size=2,
)
patterns = st.none() | st.lists(
    st.builds(
        MatchCondition,
        match_type=st.sampled_from(["prefix", "suffix"]),
        path=st.lists(labels | st.just("*"), min_size=1, max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=2,
).map(tuple)
operations = st.one_of(
    st.builds(PutOp, namespaces, keys, values | st.none()),
    st.builds(PutOp, namespaces, keys, values),
    st.builds(GetOp, namespaces, keys),
    st.builds(SearchOp, st.just(()) | namespaces, filter=conditions, limit=st.just(EVERYTHING)),
    st.builds(
        ListNamespacesOp,
        patterns,
        max_depth=st.none() | st.integers(1, 3),
        limit=st.just(EVERYTHING),
        offset=st.just(0),  # pages have a test of their own
    ),
)


def comparable(result: Any) -> Any:
    """What both stores have to agree on: no times, and no order where none is promised."""
    if isinstance(result, Item):
        return (result.namespace, result.key, result.value)
    if isinstance(result, list):
        return sorted((comparable(each) for each in result), key=repr)
    return result


def listed_by_langgraph(held: list[SearchItem], op: ListNamespacesOp) -> Any:
    """Of a store that never had more: its own goes on listing namespaces that are empty."""
    fresh = InMemoryStore()
    for each in held:
        fresh.put(each.namespace, each.key, each.value)
    return fresh.batch([op])[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.lists(operations, max_size=4), max_size=8))
def test_any_operations_give_what_langgraphs_store_gives(
    store: SARAiStore, batches: list[list[Any]]
) -> None:
    theirs = InMemoryStore()
    for kept in store.search((), limit=EVERYTHING):
        store.delete(kept.namespace, kept.key)
    for batch in batches:
        before = store.search((), limit=EVERYTHING)
        for op, mine, own in zip(batch, store.batch(batch), theirs.batch(batch), strict=True):
            if isinstance(op, ListNamespacesOp):
                assert mine == sorted(listed_by_langgraph(before, op))
            else:
                assert comparable(mine) == comparable(own)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.integers(1, 4), st.integers(0, 9), st.sampled_from([None, "número"]))
def test_pages_are_parts_of_the_whole(
    store: SARAiStore, limit: int, offset: int, query: str | None
) -> None:
    for number in range(7):
        store.put(("n",), str(number), {"text": f"número {number}" if number % 2 else "nada"})
    whole = [each.key for each in store.search(("n",), query=query, limit=EVERYTHING)]
    page = store.search(("n",), query=query, limit=limit, offset=offset)
    assert [each.key for each in page] == whole[offset : offset + limit]
    assert len(whole) == 7


def test_pages_of_namespaces_are_parts_of_the_whole(store: SARAiStore) -> None:
    for name in "abcd":
        store.put((name,), "k", {})
    whole = store.list_namespaces()
    assert len(whole) == 4
    assert store.list_namespaces(limit=2, offset=1) == whole[1:3]


@pytest.mark.parametrize("operator", ["$gt", "$gte", "$lt", "$lte"])
def test_numbers_are_compared_as_langgraphs_store_does(store: SARAiStore, operator: str) -> None:
    theirs = InMemoryStore()
    stores: tuple[BaseStore, ...] = (store, theirs)
    for each in stores:
        for number in range(5):
            each.put(("n",), str(number), {"x": number})
    mine, own = ({i.key for i in s.search(("n",), filter={"x": {operator: 2}})} for s in stores)
    assert mine == own
    for each in stores:
        with pytest.raises(ValueError, match="Unsupported operator"):
            each.search(("n",), filter={"x": {"$near": 2}})


def test_a_query_puts_what_fits_first(store: SARAiStore) -> None:
    store.put(("docs", "a"), "1", {"text": "Guía de jardines"})
    store.put(("docs", "b"), "2", {"text": "El faro de la isla", "pages": 3})
    store.put(("docs", "b"), "3", {"title": "Faros y luces"}, index=["title"])
    store.put(("docs", "b"), "4", {"text": "el faro que nadie busca"}, index=False)
    store.put(("other",), "5", {"text": "otro faro"})
    found = store.search(("docs",), query="faros")
    assert {each.key for each in found[:2]} == {"2", "3"}
    assert [each.score is None for each in found] == [False, False, True, True]
    assert found[0].score is not None
    assert found[0].score >= (found[1].score or 0)
    (only,) = store.search(("docs",), query="faros", filter={"pages": 3})
    assert only.key == "2"
    assert [each.key for each in store.search(("docs", "a"), query="faro")] == ["1"]


def test_what_is_written_over_is_found_by_its_new_words(
    store: SARAiStore, calendar: Calendar
) -> None:
    store.put(("n",), "k", {"text": "el faro"})
    calendar.pass_by(days=1)
    store.put(("n",), "k", {"text": "la casa"})
    (item,) = store.search(("n",), query="casa")
    assert item.score is not None
    assert item.updated_at - item.created_at == timedelta(days=1)
    (item,) = store.search(("n",), query="faro")
    assert item.score is None
    store.delete(("n",), "k")
    assert store.search(("n",), query="casa") == []
    assert store.list_namespaces() == []


def test_the_last_write_of_a_batch_counts_and_reads_come_first(store: SARAiStore) -> None:
    put, again = PutOp(("n",), "k", {"x": 1}), PutOp(("n",), "k", {"x": 2})
    assert store.batch([put, GetOp(("n",), "k"), again]) == [None, None, None]
    kept = store.get(("n",), "k")
    assert kept is not None
    assert kept.value == {"x": 2}


def test_a_batch_with_a_value_that_is_no_json_writes_nothing(store: SARAiStore) -> None:
    with pytest.raises(TypeError):
        store.batch([PutOp(("n",), "k", {"x": 1}), PutOp(("n",), "l", {"x": object()})])
    assert store.search(("n",)) == []


def test_it_outlives_the_process_and_people_never_find_it(open_memory: OpenMemory) -> None:
    memory = open_memory()
    SARAiStore(memory.items).put(("n",), "k", {"text": "el faro"})
    memory.remember("Me gusta el faro")
    assert texts(memory, "faro") == ["Me gusta el faro"]
    assert texts(memory, "faro", user="items") == []
    memory.close()
    again = SARAiStore(open_memory().items)
    assert [each.score is None for each in again.search(("n",), query="faro")] == [False]


def test_its_own_rules_are_those_of_base_store(store: SARAiStore) -> None:
    with pytest.raises(ValueError, match="cannot be empty"):
        store.put((), "k", {})
    with pytest.raises(NotImplementedError):
        store.put(("n",), "k", {"x": 1}, ttl=5)
    with pytest.raises(ValueError, match="Unknown operation"):
        store.batch([object()])  # type: ignore[list-item]
    assert not store.supports_ttl


def test_asynchronously_too(store: SARAiStore) -> None:
    async def use() -> list[str]:
        await asyncio.gather(*(store.aput(("n",), str(n), {"text": f"faro {n}"}) for n in range(8)))
        assert await store.aget(("n",), "3") is not None
        await store.adelete(("n",), "3")
        found = await store.asearch(("n",), query="faro", limit=20)
        return sorted(each.key for each in found)

    assert asyncio.run(use()) == ["0", "1", "2", "4", "5", "6", "7"]
