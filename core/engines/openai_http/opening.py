"""Finding a model on a server, before the first request.

Owns the checks at opening, the key among them; knows nothing of generation.
"""

from __future__ import annotations

from core.cancellation import Cancellation
from core.engines.openai_http.engine import OpenAIEngine
from core.engines.openai_http.failures import FAILURES, no_key, not_listed, unavailable
from core.engines.openai_http.server import ListedModel, OpenAIServer
from core.engines.protocol import LoadProgress
from core.engines.remote.exchange import Exchange
from core.engines.spec import EngineSpec
from core.errors import ModelError
from core.settings.secrets import read_secret


def open_openai(
    spec: EngineSpec,
    *,
    progress: LoadProgress | None = None,
    cancel: Cancellation | None = None,
) -> OpenAIEngine:
    """Find `spec.remote_model` on the server at `spec.base_url`.

    Raises:
        ModelUnavailable: no server, no key for it, or no such model.
        Cancelled: when `cancel` was raised meanwhile.
    """
    cancel = cancel or Cancellation()
    server = server_of(spec)
    exchange = Exchange()
    try:
        with cancel.on_cancel(exchange.abort):
            listed = _find_model(server, spec, exchange)
        cancel.raise_if_cancelled()
    except ModelError:
        cancel.raise_if_cancelled()
        raise
    if progress is not None:
        progress(1.0)
    return OpenAIEngine(spec, server, listed)


def check_openai(spec: EngineSpec) -> None:
    """Whether `open_openai` would find the model now.

    Raises: ModelUnavailable.
    """
    _find_model(server_of(spec), spec, Exchange())


def server_of(spec: EngineSpec) -> OpenAIServer:
    """The server that `spec` names, not yet asked.

    Raises: ModelUnavailable, when its key cannot be read.
    """
    try:
        api_key = read_secret(spec.api_key_env) if spec.api_key_env else ""
    except ValueError as error:
        raise no_key(str(error), spec) from error
    return OpenAIServer(
        spec.base_url,
        api_key=api_key,
        connect_timeout_s=spec.connect_timeout_s,
        read_timeout_s=spec.read_timeout_s,
    )


def _find_model(server: OpenAIServer, spec: EngineSpec, exchange: Exchange) -> ListedModel:
    """A server without a list is believed: it says at the first request what it lacks."""
    try:
        models = server.models(exchange)
    except FAILURES as error:
        raise unavailable(error, spec) from error
    if models is None:
        return ListedModel()
    if spec.remote_model not in models:
        raise not_listed(list(models), spec)
    return models[spec.remote_model]
