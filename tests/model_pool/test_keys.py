"""Each key of a model in the configuration does what it says, in the pool."""

from __future__ import annotations

from functools import partial

from core.model_pool.scheduling.idle import IdleTime
from core.model_pool.ttl import configured_idle_times
from tests.model_pool.conftest import MakeBench
from tests.model_pool.fakes import settings_for, unavailable

PIN = {"permanent": True, "load_on_startup": True}


def test_permanent_is_never_evicted(bench: MakeBench) -> None:
    b = bench({"pin": 40, "a": 40, "b": 40}, {"pin": {"permanent": True, "priority": "low"}})
    b.use("pin")
    b.clock.advance(1)
    b.use("a")
    b.use("b")
    assert b.loaded() == {"pin", "b"}


def test_priority_decides_who_leaves_first(bench: MakeBench) -> None:
    b = bench({"keep": 40, "go": 40, "new": 40}, {"keep": {"priority": "high"}})
    b.use("keep")
    b.clock.advance(1)
    b.use("go")
    b.use("new")
    assert b.loaded() == {"keep", "new"}


def test_a_variants_auto_unload_overrides_the_models_ttl(bench: MakeBench) -> None:
    vision = {"model": "a", "auto_unload_after_seconds": 30}
    b = bench({"a": 10}, {"a": {"ttl_seconds": 60}}, vision=vision)
    b.use("a")
    b.clock.advance(30)
    assert b.loaded() == set()


def test_a_permanent_model_has_no_ttl() -> None:
    vision = {"model": "a", "auto_unload_after_seconds": 30}
    settings = settings_for({"a": {"permanent": True}, "b": {"ttl_seconds": 5}}, vision=vision)
    assert configured_idle_times(settings) == {"b": IdleTime(5)}


def test_load_on_startup_loads_in_the_order_of_priority(bench: MakeBench) -> None:
    startup = {"load_on_startup": True}
    b = bench(
        {"low": 10, "lazy": 10, "normal": 10, "high": 10},
        {
            "low": {**startup, "priority": "low"},
            "normal": startup,
            "high": {**startup, "priority": "high"},
        },
    )
    b.pool.preload()
    b.pool.preload()
    assert b.pool.wait_preloaded() == ("high", "normal", "low")
    assert b.engines.names() == ["high", "normal", "low"]
    assert b.loaded() == {"high", "normal", "low"}


def test_a_missing_startup_model_hands_over_to_its_fallback(bench: MakeBench) -> None:
    b = bench(
        {"pin": 10, "second": 10, "third": 10},
        {"pin": {**PIN, "fallback": "second"}, "second": {"fallback": "third"}},
    )
    b.models.errors["pin"] = unavailable("pin")
    b.engines.load_errors["second"] = unavailable("second")
    b.pool.preload()
    assert b.pool.wait_preloaded() == ("third",)


def test_of_a_profiles_models_the_first_at_hand_of_each_role_is_loaded(bench: MakeBench) -> None:
    """Others of the profiles are not, though they carry the key too."""
    profiles = {
        "mine": {"tiny": ["real", "stand_in"], "expert": ["plain", "stand_in"]},
        "other": {"tiny": ["unused"]},
    }
    needs = dict.fromkeys(("real", "stand_in", "plain", "unused"), 10)
    keys = {name: PIN for name in needs if name != "plain"}
    bench = partial(bench, profiles=profiles, profile="mine")
    present = bench(needs, keys)
    present.pool.preload()
    assert present.pool.wait_preloaded() == ("real",)
    missing = bench(needs, keys)
    missing.models.errors["real"] = unavailable("real")
    missing.pool.preload()
    assert missing.pool.wait_preloaded() == ("stand_in",)


def test_preloading_evicts_nobody_but_for_a_permanent_model(bench: MakeBench) -> None:
    b = bench(
        {"used": 60, "wish": 60, "pin": 30},
        {"wish": {"load_on_startup": True, "priority": "high"}, "pin": PIN},
    )
    b.use("used")
    b.pool.preload()
    assert b.pool.wait_preloaded() == ("pin",)
    assert b.loaded() == {"used", "pin"}
    crowded = bench({"used": 60, "pin": 60}, {"pin": PIN})
    crowded.use("used")
    crowded.pool.preload()
    assert crowded.pool.wait_preloaded() == ("pin",)
    assert crowded.loaded() == {"pin"}


def test_waiting_without_a_preload_returns_at_once(bench: MakeBench) -> None:
    assert bench({"a": 10}).pool.wait_preloaded() == ()


def test_closing_the_pool_ends_the_preload(bench: MakeBench) -> None:
    b = bench({"a": 10, "b": 10}, {"a": {"load_on_startup": True}, "b": PIN})
    b.engines.hold("a")
    b.pool.preload()
    b.until_loading("a")
    b.pool.close()
    assert b.pool.wait_preloaded() == ()
