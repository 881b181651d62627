"""What an answer costs, and where its price comes from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.prices import TokenPrice, cost
from core.engines.protocol import Usage
from core.model_pool.prices import token_price
from core.settings.schema import Settings
from tests.model_pool.fakes import settings_for

SERVERS = {
    "here": {"base_url": "http://127.0.0.1:8080/v1"},
    "far": {"base_url": "https://api.example.org/v1", "leaves_this_machine": True},
    "tunnel": {"base_url": "http://localhost:9000/v1", "leaves_this_machine": True},
}
counts = st.integers(0, 10**6)
prices = st.floats(0, 1e3)


def test_each_kind_of_token_has_its_price() -> None:
    price = TokenPrice("EUR", input=2.0, output=8.0, cached_input=0.5)
    usage = Usage(prompt_tokens=1_000_000, completion_tokens=250_000, reused_tokens=400_000)
    assert cost(usage, price) == pytest.approx(0.6 * 2 + 0.4 * 0.5 + 0.25 * 8)


def test_without_a_price_of_its_own_the_remembered_part_costs_as_the_rest() -> None:
    usage = Usage(prompt_tokens=1_000_000, completion_tokens=0, reused_tokens=999_999)
    assert cost(usage, TokenPrice("EUR", 3.0, 1.0)) == pytest.approx(3.0)


@given(counts, counts, counts, prices, prices)
def test_cost_never_falls_with_more_tokens(
    prompt: int, completion: int, more: int, per_input: float, per_output: float
) -> None:
    price = TokenPrice("USD", per_input, per_output)
    little = cost(Usage(prompt, completion), price)
    assert 0 <= little <= cost(Usage(prompt + more, completion), price)
    assert little <= cost(Usage(prompt, completion + more), price)


def settings_of(**keys: Any) -> Settings:
    model = {"gguf_file": None, "engine": "openai_http", "openai_model": "m", **keys}
    settings = settings_for({"a": model})
    openai = type(settings.openai).model_validate({"servers": SERVERS})
    return settings.model_copy(update={"openai": openai})


def price_of(**keys: Any) -> TokenPrice | None:
    settings = settings_of(**keys)
    return token_price(settings.models["a"], settings)


def test_a_price_is_what_was_configured() -> None:
    written = {
        "price_per_million_input_tokens": 0.4,
        "price_per_million_cached_tokens": 0.1,
        "price_per_million_output_tokens": 1.6,
        "price_currency": "EUR",
    }
    price = price_of(openai_server="far", **written)
    assert price == TokenPrice("EUR", 0.4, 1.6, 0.1)
    assert str(price) == "0.4 in, 1.6 out, EUR a million tokens"


@pytest.mark.parametrize(("server", "known"), [("here", True), ("far", False), ("tunnel", False)])
def test_only_this_machine_is_free_unasked(server: str, known: bool) -> None:
    assert price_of(openai_server=server) == (TokenPrice("USD", 0, 0) if known else None)


def test_local_models_are_free() -> None:
    assert price_of(engine="llama", gguf_file="a.gguf") == TokenPrice("USD", 0, 0)
    assert price_of(engine="ollama", ollama_model="solar") == TokenPrice("USD", 0, 0)


def test_an_ollama_elsewhere_has_no_known_price() -> None:
    settings = settings_of(engine="ollama", ollama_model="solar")
    ollama = settings.ollama.model_copy(update={"base_url": "http://192.168.1.7:11434"})
    elsewhere = settings.model_copy(update={"ollama": ollama})
    assert token_price(elsewhere.models["a"], elsewhere) is None
