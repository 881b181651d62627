"""Verdicts about models that nobody loads."""

from __future__ import annotations

from core.model_pool.fit import Candidate, Fit, fit, loaded_at_start
from core.model_pool.memory.budget import Allowance

AT_MOST = Allowance(100, "")
TINY, GUEST = Candidate("tiny", 30, permanent=True), Candidate("guest", 40)


def test_a_model_fits_alone_and_beside_others() -> None:
    assert fit(Candidate("a", 30), (), AT_MOST, AT_MOST) == Fit("fits")
    assert fit(Candidate("a", 30), (TINY, GUEST), AT_MOST, AT_MOST) == Fit("fits")


def test_a_guest_leaves_and_a_permanent_model_does_not() -> None:
    assert fit(Candidate("a", 60), (TINY, GUEST), AT_MOST, AT_MOST) == Fit(
        "fits_after_evicting", ("guest",)
    )
    found = fit(Candidate("a", 71), (TINY, GUEST), AT_MOST, AT_MOST)
    assert found.verdict == "never"
    assert "tiny 30 MiB permanent" in found.reason


def test_a_model_is_not_in_its_own_way() -> None:
    assert fit(Candidate("tiny", 90, permanent=True), (TINY,), AT_MOST, AT_MOST) == Fit("fits")


def test_what_others_hold_now_is_no_never() -> None:
    now = Allowance(50, "others hold 50")
    assert fit(Candidate("a", 60), (), now, AT_MOST) == Fit(
        "not_now", (), "needs 60 MiB: others hold 50"
    )


def test_each_chain_begins_with_its_first_usable_model() -> None:
    chains = [("missing", "tiny"), ("guest",), ("gone", "tiny"), ("nothing",)]
    assert loaded_at_start(chains, [GUEST, TINY]) == (TINY, GUEST)
