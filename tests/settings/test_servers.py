"""OpenAI-compatible servers: their addresses, their keys, and what leaves the machine."""

from __future__ import annotations

import pytest

from core.settings import dump_settings
from core.settings.addresses import is_this_machine
from core.settings.secrets import read_secret
from tests.settings.conftest import Load, Refuse

LOCAL = """\
openai:
  servers:
    here:
      base_url: http://127.0.0.1:8080/v1/
models:
  served:
    name: Served
    engine: openai_http
    openai_server: here
    openai_model: qwen3-4b
    openai_modalities: [image, audio]
"""


def server(base_url: str, more: str = "") -> str:
    return f"openai:\n  servers:\n    far:\n      base_url: {base_url}\n{more}"


def test_a_local_server_needs_its_address_only(load: Load) -> None:
    settings = load(LOCAL)
    here = settings.openai.servers["here"]
    assert here.base_url == "http://127.0.0.1:8080/v1"
    assert here.api_key_env is None
    assert settings.models["served"].openai_modalities == ("image", "audio")
    assert load(dump_settings(settings)) == settings


def test_no_server_is_configured_by_default(load: Load) -> None:
    settings = load()
    assert settings.openai.servers == {}
    assert all(model.engine != "openai_http" for model in settings.models.values())


@pytest.mark.parametrize(
    "base_url",
    [
        "https://api.example.org/v1",
        "http://192.168.1.7:8080/v1",
        "http://localhost.example.org/v1",
        "http://2130706433/v1",
        "http://[fe80::1]/v1",
    ],
)
def test_what_leaves_the_machine_must_be_said(load: Load, refuse: Refuse, base_url: str) -> None:
    text = server(f'"{base_url}"')
    error = refuse(text)
    assert error.line == 4
    assert "would leave it" in error.message
    assert "leaves_this_machine: true" in error.hint
    settings = load(text + "      leaves_this_machine: true\n")
    assert settings.openai.servers["far"].leaves_this_machine


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.8.8.8"])
def test_this_machine_is_known_without_asking(host: str) -> None:
    assert is_this_machine(f"http://{host}:8080/v1")


@pytest.mark.parametrize(
    ("base_url", "part"),
    [
        ("127.0.0.1:8080", "begins with http"),
        ("ftp://127.0.0.1", "begins with http"),
        ("http:///v1", "and a host"),
        ('"http://me:hunter2@127.0.0.1/v1"', "no user and no password"),
        ('"http://127.0.0.1\\\\@example.org"', "no backslashes"),
        ('"http://127.0.0.1/v1?key=hunter2"', "keys belong into api_key_env"),
    ],
)
def test_an_address_is_an_address_and_holds_no_key(
    refuse: Refuse, base_url: str, part: str
) -> None:
    error = refuse(server(base_url))
    assert "openai.servers.far.base_url" in error.message
    assert part in error.message
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("pasted", ["sk-proj-abc123", "gsk_abc123", "Bearer"])
def test_a_pasted_key_is_noticed_and_not_repeated(refuse: Refuse, pasted: str) -> None:
    error = refuse(server("http://127.0.0.1/v1", f"      api_key_env: {pasted}\n"))
    assert error.line == 5
    assert "name of an environment variable" in error.message
    assert pasted not in str(error)


def test_there_is_no_key_for_the_key_itself(refuse: Refuse) -> None:
    error = refuse(server("http://127.0.0.1/v1", "      api_key: sk-secret\n"))
    assert "openai.servers.far.api_key is not a setting" in error.message
    assert "openai.servers.far.api_key_env" in error.hint
    assert "sk-secret" not in str(error)


def test_a_variable_changes_a_server_and_adds_none(load: Load, refuse: Refuse) -> None:
    settings = load(LOCAL, SARAI__OPENAI__SERVERS__HERE__BASE_URL="http://localhost:1/v1")
    assert settings.openai.servers["here"].base_url == "http://localhost:1/v1"
    error = refuse(LOCAL, SARAI__OPENAI__SERVERS__THERE__BASE_URL="http://localhost:1/v1")
    assert "no such setting" in error.message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("openai_server: here", "openai_server: her"), "names the server `her`"),
        (("    openai_server: here\n", ""), "needs openai_server and openai_model"),
        (("    openai_model: qwen3-4b\n", ""), "needs openai_server and openai_model"),
        (("[image, audio]", "[image, smell]"), "must be 'image' or 'audio'"),
        (("[image, audio]", "[]\n    price_per_million_input_tokens: 1"), "0 is a price too"),
        (("[image, audio]", "[]\n    price_currency: euros"), "price_currency"),
    ],
)
def test_a_served_model_is_checked(refuse: Refuse, change: tuple[str, str], message: str) -> None:
    assert message in refuse(LOCAL.replace(*change)).message


def test_a_mistyped_server_is_guessed(refuse: Refuse) -> None:
    error = refuse(LOCAL.replace("openai_server: here", "openai_server: her"))
    assert error.hint == "Did you mean here?"


def test_a_key_is_read_without_space_around_it() -> None:
    assert read_secret("KEY", {"KEY": " sk-abc\n"}) == "sk-abc"


@pytest.mark.parametrize("value", ["", "  ", "two words", "sk-\nabc", "clé-secrète"])
def test_what_cannot_be_a_key_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(ValueError, match="KEY") as caught:
        read_secret("KEY", {"KEY": value})
    assert not value.strip() or value not in str(caught.value)
