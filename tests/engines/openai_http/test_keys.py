"""The key of a server: shown to the server, and to nobody else."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.engines.openai_http import OpenAIEngine, open_openai
from core.engines.spec import EngineSpec
from core.errors import EngineFailed, ModelUnavailable
from tests.engines.openai_http.requests import KEY_VARIABLE, MODELS, answer, ask, spec_for
from tests.openai_emulator import OpenAIEmulator, Refuse

KEY = "sk-abc123secret"


@pytest.fixture(params=["openai", "vllm"])
def guarded(request: pytest.FixtureRequest) -> Iterator[OpenAIEmulator]:
    with OpenAIEmulator(MODELS, dialect=request.param, api_key=KEY) as emulator:
        yield emulator


def keyed_spec(server: OpenAIEmulator) -> EngineSpec:
    return replace(spec_for(server), api_key_env=KEY_VARIABLE)


def test_the_key_of_the_variable_is_shown(
    guarded: OpenAIEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, f"{KEY}\n")
    assert answer(open_openai(keyed_spec(guarded)), ask("hola")).startswith("reply ")
    assert {request.headers["authorization"] for request in guarded.requests()} == {f"Bearer {KEY}"}


def test_without_a_variable_no_key_is_shown(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    answer(engine, ask("hola"))
    assert "authorization" not in server.requests()[0].headers


def test_a_variable_that_is_not_set_is_named(
    guarded: OpenAIEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(ModelUnavailable, match="is not set") as missing:
        open_openai(keyed_spec(guarded))
    assert KEY_VARIABLE in missing.value.hint
    assert guarded.requests("/v1/models") == []


def test_a_missing_key_is_asked_for(guarded: OpenAIEmulator) -> None:
    with pytest.raises(ModelUnavailable) as missing:
        open_openai(spec_for(guarded))
    assert "api_key_env" in missing.value.hint


def test_a_refused_key_is_in_no_error_and_no_log(
    guarded: OpenAIEmulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Some servers repeat it in their message."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(KEY_VARIABLE, "sk-wrong-key")
    with pytest.raises(ModelUnavailable) as refused:
        open_openai(keyed_spec(guarded))
    assert KEY_VARIABLE in refused.value.hint
    told = "".join(traceback.format_exception(refused.value)) + caplog.text
    assert "refused" in told
    assert "sk-wrong-key" not in told


def test_a_working_key_is_in_no_log_and_no_repr(
    guarded: OpenAIEmulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    spec = keyed_spec(guarded)
    engine = open_openai(spec)
    answer(engine, ask("hola"))
    assert "httpcore" in {record.name.split(".")[0] for record in caplog.records}
    assert KEY not in caplog.text + repr(spec) + repr(engine)


def test_redirects_are_not_followed(engine: OpenAIEngine, server: OpenAIEmulator) -> None:
    server.fail_next(Refuse(307, "", headers={"Location": "/v1/models"}))
    before = len(server.requests("/v1/models"))
    with pytest.raises(EngineFailed, match="a redirection to /v1/models"):
        list(engine.generate(ask("hola")))
    assert len(server.requests("/v1/models")) == before


def test_proxies_of_the_environment_are_not_used(
    server: OpenAIEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    assert answer(open_openai(spec_for(server)), ask("hola")).startswith("reply ")
