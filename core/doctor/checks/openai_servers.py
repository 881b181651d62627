"""The configured OpenAI-compatible servers. Those on other machines are not asked."""

from __future__ import annotations

from collections.abc import Iterator

from core.doctor.finding import Finding, ok, warn
from core.doctor.servers import is_local, openai_spec
from core.doctor.surroundings import Surroundings
from core.engines.table import offer_of
from core.errors import ModelUnavailable
from core.settings.secrets import read_secret
from core.settings.servers import OpenAIServer

SHOWN = 5


def check_openai_servers(around: Surroundings) -> Iterator[Finding]:
    servers = around.sound_settings.openai.servers
    if not servers:
        yield ok("none configured, none needed")
    for name, server in servers.items():
        yield _asked(name, server) if is_local(server) else _away(name, server, around)


def _asked(name: str, server: OpenAIServer) -> Finding:
    try:
        offer = offer_of(openai_spec(name, server))
    except ModelUnavailable as error:
        return warn(error.message, error.hint, subject=name)
    if offer.models is None:
        return ok(f"{server.base_url} answers and has no list of models", subject=name)
    more = ", ..." if len(offer.models) > SHOWN else ""
    models = ", ".join(offer.models[:SHOWN]) or "no models"
    return ok(f"{server.base_url} answers, with {models}{more}", subject=name)


def _away(name: str, server: OpenAIServer, around: Surroundings) -> Finding:
    told = f"{server.base_url} leads to another machine, which is not asked"
    if server.api_key_env is None:
        return ok(told, subject=name)
    try:
        read_secret(server.api_key_env, around.environ)
    except ValueError as error:
        return warn(f"{told}; {error}", f"export {server.api_key_env}=...", subject=name)
    return ok(f"{told}; its key is set", subject=name)
