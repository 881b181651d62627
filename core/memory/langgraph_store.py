"""LangGraph's `BaseStore` on SARAi's memory, for graphs of one's own.

Owns the translation of LangGraph's operations; knows nothing of how items are kept or found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    MatchCondition,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
    get_text_at_path,
    tokenize_path,
)

from core.memory.item_filter import passes
from core.memory.items import Items, KeptItem, Namespace, Put

WHOLE = "$"


class SARAiStore(BaseStore):
    """Items of `memory.items`, in SQLite and searched by words, and by meaning as memory is.

    As in LangGraph's own stores, a batch reads before it writes, and its last write to a key
    counts. Items do not expire (`supports_ttl` is False), and a search does not change them.

    Args:
        items: of a `Memory`, which has to be open as long as the store is used.
        fields: which parts of a value are searched where `put` does not say; all by default.
    """

    supports_ttl = False

    def __init__(self, items: Items, *, fields: Sequence[str] = (WHOLE,)) -> None:
        self._items = items
        self._fields = tuple(fields)

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Raises: StorageError; ValueError, for what is no operation or filter."""
        results: list[Result] = []
        puts: dict[tuple[Namespace, str], PutOp] = {}
        for op in ops:
            if isinstance(op, PutOp):
                puts[op.namespace, op.key] = op
                results.append(None)
            else:
                results.append(self._read(op))
        if puts:
            self._items.put([self._put(op) for op in puts.values()])
        return results

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """`batch` on a thread."""
        return await asyncio.to_thread(self.batch, list(ops))

    def _read(self, op: GetOp | SearchOp | ListNamespacesOp) -> Result:
        if isinstance(op, GetOp):
            kept = self._items.get(op.namespace, op.key)
            return None if kept is None else _item(kept)
        if isinstance(op, SearchOp):
            return self._found(op)
        if isinstance(op, ListNamespacesOp):
            return self._namespaces(op)
        raise ValueError(f"Unknown operation type: {type(op)}")

    def _found(self, op: SearchOp) -> list[SearchItem]:
        """What fits the query first; then the rest, which has no score."""
        kept = [
            each for each in self._items.below(op.namespace_prefix) if passes(each.value, op.filter)
        ]
        scores = self._items.scores(op.query, op.namespace_prefix) if op.query and kept else {}
        ranked = sorted(kept, key=lambda each: -scores.get(each.id, float("-inf")))
        page = ranked[op.offset : op.offset + op.limit]
        return [_search_item(each, scores.get(each.id)) for each in page]

    def _namespaces(self, op: ListNamespacesOp) -> list[Namespace]:
        found = [
            each
            for each in self._items.namespaces()
            if all(_matches(condition, each) for condition in op.match_conditions or ())
        ]
        if op.max_depth is not None:
            found = sorted({each[: op.max_depth] for each in found})
        return found[op.offset : op.offset + op.limit]

    def _put(self, op: PutOp) -> Put:
        texts: list[str] = []
        if op.value is not None and op.index is not False:
            for path in self._fields if op.index is None else op.index:
                texts += get_text_at_path(op.value, tokenize_path(path) if path != WHOLE else path)
        return Put(op.namespace, op.key, op.value, texts)


def _matches(condition: MatchCondition, namespace: Namespace) -> bool:
    path = tuple(condition.path)
    if len(namespace) < len(path):
        return False
    begin = 0 if condition.match_type == "prefix" else len(namespace) - len(path)
    labels = namespace[begin : begin + len(path)]
    return all(wanted in {"*", label} for label, wanted in zip(labels, path, strict=True))


def _item(kept: KeptItem) -> Item:
    return Item(
        value=kept.value,
        key=kept.key,
        namespace=kept.namespace,
        created_at=kept.created_at,
        updated_at=kept.updated_at,
    )


def _search_item(kept: KeptItem, score: float | None) -> SearchItem:
    return SearchItem(
        value=kept.value,
        key=kept.key,
        namespace=kept.namespace,
        created_at=kept.created_at,
        updated_at=kept.updated_at,
        score=score,
    )
