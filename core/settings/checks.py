"""What must agree between the settings, beyond the type of each.

Owns the cross-checks; knows nothing of files and lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from core.settings.addresses import is_this_machine
from core.settings.keys import KeyPath, dotted, nearest
from core.settings.models import ModelSettings
from core.settings.problems import Problem
from core.settings.profile_checks import impossible_names, too_many_permanent, wrong_embeddings
from core.settings.profiles import FROM_OLLAMA, ROLES
from core.settings.schema import Settings
from core.settings.selection import StrategyName


def disagreements(settings: Settings) -> Iterator[Problem]:
    """Everything in the settings that contradicts something else in them."""
    unknown = [*_unknown_models(settings), *impossible_names(settings)]
    yield from unknown
    yield from _budget(settings)
    yield from _media(settings)
    yield from _lifetimes(settings)
    yield from _servers(settings)
    yield from _strategy(settings)
    if unknown:
        return  # the rest follows the names
    yield from _variants(settings)
    circles = list(_cycles(settings))
    yield from circles
    if not circles:  # the rest follows the chains
        yield from too_many_permanent(settings)
        yield from wrong_embeddings(settings)


def _unknown_models(settings: Settings) -> Iterator[Problem]:
    routing = settings.routing
    named: list[tuple[KeyPath, str | None]] = [
        (routing.key(role), routing.named(role)) for role in ROLES
    ]
    named.append((("retrieval", "rerank_model"), settings.retrieval.rerank_model))
    named += [(_model(name, "fallback"), model.fallback) for name, model in settings.models.items()]
    named += [
        (("profiles", profile, role), name)
        for profile, table in settings.profiles.items()
        for role in ROLES
        for name in table.listed(role)
        if name != FROM_OLLAMA
    ]
    for key, name in named:
        if name is not None and name not in settings.models:
            guess = nearest(name, settings.models)
            hint = f"Did you mean {guess}?" if guess else "Add it under models."
            yield Problem(key, f"{dotted(key)} names the model `{name}`, which is not there.", hint)


def _budget(settings: Settings) -> Iterator[Problem]:
    runtime = settings.runtime
    if runtime.system_reserve_mb >= runtime.budget_mb:
        yield Problem(
            ("runtime", "budget_mb"),
            f"runtime.system_reserve_mb ({runtime.system_reserve_mb}) leaves nothing of "
            f"runtime.budget_mb ({runtime.budget_mb}) to the models.",
            "Raise the budget or lower the reserve.",
            rivals=(("runtime", "system_reserve_mb"),),
        )


def _media(settings: Settings) -> Iterator[Problem]:
    low, high = settings.media.image_min_tokens, settings.media.image_max_tokens
    if low > high:
        yield Problem(
            ("media", "image_min_tokens"),
            f"media.image_min_tokens ({low}) is above media.image_max_tokens ({high}).",
            "Lower the first or raise the second.",
            rivals=(("media", "image_max_tokens"),),
        )


def _lifetimes(settings: Settings) -> Iterator[Problem]:
    for name, model in settings.models.items():
        if model.permanent and model.ttl_seconds is not None:
            yield _forever_for_a_while(
                _model(name, "permanent"), _model(name, "ttl_seconds"), "ttl_seconds: null"
            )


def _servers(settings: Settings) -> Iterator[Problem]:
    servers = settings.openai.servers
    for name, model in settings.models.items():
        if model.openai_server is not None and model.openai_server not in servers:
            key = _model(name, "openai_server")
            guess = nearest(model.openai_server, servers)
            hint = f"Did you mean {guess}?" if guess else "Add it under openai.servers."
            yield Problem(
                key,
                f"{dotted(key)} names the server `{model.openai_server}`, which is not there.",
                hint,
            )
    for name, server in servers.items():
        if not (server.leaves_this_machine or is_this_machine(server.base_url)):
            yield _leaves_unsaid(("openai", "servers", name))


def _leaves_unsaid(server: KeyPath) -> Problem:
    return Problem(
        (*server, "base_url"),
        f"{dotted((*server, 'base_url'))} is not surely this machine, and what you say, show "
        "and play to its models would leave it.",
        f"If you want that, write `leaves_this_machine: true` in {dotted(server)}; "
        "this machine is 127.0.0.1 or localhost.",
        rivals=((*server, "leaves_this_machine"),),
    )


def _strategy(settings: Settings) -> Iterator[Problem]:
    selection = settings.selection
    known = (*get_args(StrategyName), *selection.strategies)
    if selection.strategy not in known:
        guess = nearest(selection.strategy, known)
        yield Problem(
            ("selection", "strategy"),
            f"selection.strategy names `{selection.strategy}`, which is no strategy.",
            f"Did you mean {guess}?" if guess else f"There are {', '.join(known)}.",
        )


def _variants(settings: Settings) -> Iterator[Problem]:
    for role, variant in settings.routing.variants().items():
        *key, _ = settings.routing.key(role)
        if variant.model is None:
            if variant.permanent is not None:
                yield _permanent_what((*key, "permanent"))
            continue
        model = settings.models[variant.model]
        if variant.permanent is not None and variant.permanent != model.permanent:
            yield _two_minds((*key, "permanent"), variant.model, model)
        elif model.permanent and variant.auto_unload_after_seconds is not None:
            unload = (*key, "auto_unload_after_seconds")
            yield _forever_for_a_while(
                _model(variant.model, "permanent"), unload, "auto_unload_after_seconds: null"
            )


def _permanent_what(key: KeyPath) -> Problem:
    model = dotted((*key[:-1], "model"))
    return Problem(
        key,
        f"{dotted(key)} is of one model, and none is named.",
        f"Name it in {model}, or write `permanent` into the model itself.",
    )


def _two_minds(key: KeyPath, name: str, model: ModelSettings) -> Problem:
    own = _model(name, "permanent")
    said, other = ("false", "true") if model.permanent else ("true", "false")
    return Problem(
        key,
        f"{dotted(key)} is {said} and {dotted(own)} is {other}.",
        "Write the same in both.",
        rivals=(own,),
    )


def _forever_for_a_while(permanent: KeyPath, unload: KeyPath, remedy: str) -> Problem:
    return Problem(
        permanent,
        f"{dotted(permanent)} is true and {dotted(unload)} is set: "
        "a permanent model is never unloaded.",
        f"Write `permanent: false` or `{remedy}`.",
        rivals=(unload,),
    )


def _cycles(settings: Settings) -> Iterator[Problem]:
    """One problem for each circle, whichever of its models it was met from."""
    done: set[str] = set()
    for start in settings.models:
        chain: list[str] = []
        name: str | None = start
        while name is not None and name not in done and name not in chain:
            chain.append(name)
            name = settings.models[name].fallback
        if name in chain:
            yield _cycle(chain[chain.index(name) :])
        done.update(chain)


def _cycle(circle: list[str]) -> Problem:
    first, *others = (_model(name, "fallback") for name in circle)
    return Problem(
        first,
        f"The fallbacks go round in a circle: {' -> '.join([*circle, circle[0]])}.",
        "Let the last one have no fallback (`fallback: null`).",
        rivals=tuple(others),
    )


def _model(name: str, key: str) -> KeyPath:
    return ("models", name, key)
