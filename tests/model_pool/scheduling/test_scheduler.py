"""Who is next, who has to wait, and what happens to models that crash or stand idle."""

from __future__ import annotations

import pytest

from core.errors import ModelResting, PoolBusy
from core.model_pool.memory.amount import Amount
from core.model_pool.scheduling.breaker import FAILURES, REST_S
from core.model_pool.scheduling.events import ModelFailed, ModelLeft, ModelReady, ModelWaits
from core.model_pool.scheduling.idle import LOOK_AGAIN_S
from core.model_pool.scheduling.queue import STARVATION_S
from core.model_pool.scheduling.records import Ticket
from tests.model_pool.scheduling.world import DEVICE_BUDGET_MB, World


@pytest.fixture
def world() -> World:
    return World()


def load(world: World, name: str, *, takes_s: float = 0.0) -> None:
    """Ask for it and see it loaded; the lease is kept."""
    world.ask(name, patience_s=1e6)
    world.victims_gone()
    world.advance(takes_s)
    world.opened()
    assert world.held[-1].model.name == name


def use(world: World, name: str) -> None:
    load(world, name)
    world.release(len(world.held) - 1)


def ask(world: World, name: str, patience_s: float = 1e6) -> Ticket:
    ticket = world.ask(name, patience_s=patience_s)
    assert ticket is not None
    return ticket


def begun(world: World) -> list[str]:
    return [begin.load.name for begin in world.begun]


def loaded(world: World) -> set[str]:
    return set(world.scheduler.table.loaded)


def test_memory_goes_to_the_higher_priority_and_then_to_who_asked_first(world: World) -> None:
    load(world, "c")
    load(world, "d")
    for name in ("a", "pin", "b"):  # 20, 30 and 30, of which `b` is high
        ask(world, name)
    assert begun(world) == []
    world.release(1)  # `d` and its 45
    assert begun(world) == ["b"]  # whose room is made when `d` is gone
    world.victims_gone()
    assert begun(world) == ["a"]


def test_a_later_load_takes_memory_that_an_earlier_one_cannot_use(world: World) -> None:
    load(world, "c")
    load(world, "b")
    ask(world, "d")
    ask(world, "a")
    assert begun(world) == ["a"]


def test_nobody_passes_one_that_starves_and_who_is_in_its_way_is_drained(world: World) -> None:
    load(world, "c")
    load(world, "d")
    starving = ask(world, "b")
    world.advance(STARVATION_S)
    late = ask(world, "c")  # a hit, but the cheapest way to make room
    assert not late.done
    assert world.ask("d") is None  # the other one is lent as ever
    world.release(0)
    assert begun(world) == ["b"]
    world.victims_gone()
    world.opened()
    assert starving.model is not None
    assert not late.done


def test_what_was_drained_is_lent_again_when_the_starving_one_gives_up(world: World) -> None:
    load(world, "c")
    load(world, "d")
    starving = ask(world, "b")
    world.advance(STARVATION_S)
    late = ask(world, "c")
    world.give_up(world.waiting.index(starving))
    assert late.model is world.held[0].model


def test_a_guess_gives_way_to_who_waits(world: World) -> None:
    load(world, "a")
    guess = world.prefetch("c", 1.0)
    assert guess is not None
    ask(world, "d")
    assert guess.name not in world.scheduler.table.loads
    world.victims_gone()
    world.load_fails(crash=False)
    assert begun(world) == ["d"]


def test_a_guess_that_somebody_wants_is_a_guess_no_more(world: World) -> None:
    guess = world.prefetch("c", 1.0)
    assert guess is not None
    wanted = ask(world, "c")
    world.scheduler.call_off(guess, world.now_s)
    world.victims_gone()
    world.opened()
    assert wanted.model is not None


def test_a_guess_evicts_only_what_is_less_likely(world: World) -> None:
    use(world, "c")
    use(world, "b")
    assert world.prefetch("d", 0.1) is None
    world.advance(60.0)
    assert world.prefetch("d", 0.9) is not None
    assert world.begun[0].victims[0].name == "c"


def test_a_deadline_tells_who_holds_the_memory(world: World) -> None:
    load(world, "c")
    load(world, "d")
    ticket = ask(world, "b", patience_s=5)
    world.advance(4.9)
    assert not ticket.done
    world.advance(0.1)
    assert isinstance(ticket.error, PoolBusy)
    assert "c 50 MiB in use, d 45 MiB in use" in str(ticket.error)


def test_after_five_crashes_a_model_rests_and_two_good_uses_clear_it(world: World) -> None:
    for _ in range(FAILURES):
        ask(world, "a")
        world.advance(10.0)
        world.victims_gone()
        world.load_fails(crash=True)
    refused = ask(world, "a")
    assert isinstance(refused.error, ModelResting)
    assert refused.error.retry_after_s == REST_S
    assert refused.error.retryable
    world.advance(REST_S)
    use(world, "a")
    assert world.scheduler.breakers.failures("a") == FAILURES
    use_again = world.ask("a")
    assert use_again is None
    world.release()
    assert world.scheduler.breakers.failures("a") == 0


def test_the_second_crash_makes_the_next_load_wait_a_moment(world: World) -> None:
    for _ in range(2):
        load(world, "a")
        world.dies()
        world.release()
        world.engine_closed()
    ticket = ask(world, "a")
    assert begun(world) == []
    assert ticket.load is not None
    assert "crashed" in ticket.load.lacking
    world.advance(0.5)
    assert begun(world) == ["a"]


def test_a_permanent_model_that_died_comes_back_by_itself(world: World) -> None:
    use(world, "pin")
    world.dies()
    assert begun(world) == ["pin"]
    world.engine_closed()
    world.victims_gone()
    world.opened()
    assert loaded(world) == {"pin"}
    assert any(isinstance(event, ModelFailed) for event in world.events)


def test_under_the_policy_pressure_an_idle_model_stays_until_memory_is_short(world: World) -> None:
    use(world, "d")
    world.advance(100.0)
    assert loaded(world) == {"d"}
    assert world.scheduler.table.loaded["d"].overdue
    world.pressed = True
    world.advance(LOOK_AGAIN_S)
    assert loaded(world) == set()


def test_a_strict_ttl_is_kept_though_memory_is_free(world: World) -> None:
    use(world, "a")
    world.advance(9.9)
    assert loaded(world) == {"a"}
    world.advance(0.1)
    assert loaded(world) == set()


def test_a_scheduled_unload_is_strict_whatever_the_policy(world: World) -> None:
    use(world, "d")
    world.scheduler.schedule_unload("d", 3.0)
    world.advance(3.0)
    assert loaded(world) == set()


def test_a_lower_limit_stops_new_loads_and_touches_nobody(world: World) -> None:
    load(world, "c")
    world.limit(Amount(60, DEVICE_BUDGET_MB))
    ticket = ask(world, "a")
    assert not ticket.done
    assert ticket.load is not None
    assert ticket.load.lacking.endswith("(others hold the rest)")
    world.limit(Amount(100, DEVICE_BUDGET_MB))
    assert begun(world) == ["a"]


def test_listeners_hear_of_waits_with_place_and_time(world: World) -> None:
    load(world, "c", takes_s=2.0)
    world.advance(4.0)
    world.release()
    world.ask("c")
    load(world, "d", takes_s=1.0)
    ask(world, "b")
    waits = [event for event in world.events if isinstance(event, ModelWaits)]
    assert [(event.model, event.position) for event in waits] == [("b", 1)]
    # `c` is used for 4 s at a time, of which 1 is over; then 40 MiB at the speed seen so far.
    speed_mb_per_s = 35 + 0.3 * (85 - 35)
    assert waits[0].eta_s == pytest.approx(3.0 + 40 / speed_mb_per_s)
    assert sum(isinstance(event, ModelReady) for event in world.events) == 2


def test_who_leaves_is_told_with_the_reason(world: World) -> None:
    use(world, "c")
    use(world, "d")
    ask(world, "b")
    assert [e.reason for e in world.events if isinstance(e, ModelLeft)] == ["evicted for b"]
    assert world.scheduler.left_because["c"] == "evicted for b"


def test_when_the_last_caller_of_a_starving_background_load_gives_up_others_pass(
    world: World,
) -> None:
    use(world, "pin")
    for _ in range(2):  # the second time it has to pause before it comes back
        world.dies()
        world.engine_closed()
        world.victims_gone()
        world.opened()
    load(world, "d")
    load(world, "b")
    world.advance(1.0)
    ask(world, "pin", patience_s=STARVATION_S + 1)
    world.advance(STARVATION_S)
    ask(world, "a")
    assert begun(world) == []
    world.advance(1.0)
    assert begun(world) == ["a"]


def test_who_may_evict_nobody_drains_nobody_however_long_it_waits(world: World) -> None:
    load(world, "c")
    load(world, "d")
    world.ask("b", patience_s=1e6, may_evict=False)
    world.advance(STARVATION_S)
    assert world.ask("c") is None
    assert world.ask("d") is None


def test_for_one_that_starves_for_a_gpu_what_is_coming_is_counted_as_there(world: World) -> None:
    """20 of `c`, 10 of `pin` that loads, and 35 of `g` are more than 60."""
    load(world, "c")
    world.ask("pin")
    world.victims_gone()
    assert ask(world, "g", patience_s=1e6).load.lacking == (  # type: ignore[union-attr]
        "needs 35 MiB of GPU memory and 30 of the models' 60 MiB can be had now; "
        "the rest is held by c 20 MiB in use, pin 10 MiB in use"
    )
    world.advance(STARVATION_S)
    assert world.ask("c") is not None  # it is drained, so who comes anew waits
    world.opened()
    world.release()
    world.engine_closed()
    assert begun(world) == ["g"]
