"""Models that Ollama fetches for itself, with its own progress.

Owns which models are meant and what Ollama's lines say; knows nothing of how they are shown.
Source: docs/api.md of ollama/ollama, "Pull a Model". Ollama itself goes on where an earlier
pull ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx

from core.engines.remote.transport import OneRequestTransport
from core.errors import DownloadFailed, InvalidInput
from core.pulling.patience import TRY_AGAIN
from core.settings.schema import Settings
from core.settings.servers import OllamaSettings

SILENCE_S = 300.0
"""Ollama says nothing while it checks sums, which takes a minute for large models."""


@dataclass(frozen=True, slots=True)
class OllamaStep:
    """One line of its progress. Bytes are of one layer, named by `digest`; 0 for other steps."""

    status: str
    digest: str = ""
    total_bytes: int = 0
    done_bytes: int = 0


def ollama_models(targets: Sequence[str], settings: Settings) -> tuple[str, ...]:
    """Ollama's names for `targets`: models of the configuration, or names of its own.

    Without any, every model that the configuration has from Ollama.

    Raises: InvalidInput.
    """
    configured = {
        name: model.ollama_model
        for name, model in settings.models.items()
        if model.ollama_model is not None
    }
    if not targets:
        return tuple(dict.fromkeys(configured.values()))
    for target in targets:
        if target in settings.models and target not in configured:
            raise InvalidInput(f"{target} does not come from Ollama.", key=target)
    return tuple(dict.fromkeys(configured.get(target, target) for target in targets))


def pull_from_ollama(name: str, ollama: OllamaSettings) -> Iterator[OllamaStep]:
    """Let Ollama fetch `name`, and tell each step until it has it.

    Raises: DownloadFailed.
    """
    base = ollama.base_url if "://" in ollama.base_url else f"http://{ollama.base_url}"
    timeout = httpx.Timeout(SILENCE_S, connect=ollama.connect_timeout_s)
    last = ""
    try:
        with (
            httpx.Client(base_url=base, transport=OneRequestTransport(), timeout=timeout) as http,
            http.stream("POST", "/api/pull", json={"model": name}) as response,
        ):
            if not response.is_success:
                raise _refused(name, _error_of(response.read()))
            for line in response.iter_lines():
                if line.strip():
                    step = _step(name, line)
                    last = step.status
                    yield step
    except httpx.ConnectError as error:
        raise DownloadFailed(
            f"Ollama does not answer at {base}.", hint="Start it with `ollama serve`."
        ) from error
    except httpx.HTTPError as error:
        raise DownloadFailed(f"Ollama at {base} was lost: {error}.", hint=TRY_AGAIN) from error
    if last != "success":
        raise DownloadFailed(f"Ollama ended before it had {name}.", hint=TRY_AGAIN)


def _step(name: str, line: str) -> OllamaStep:
    try:
        told = dict(json.loads(line))
        if "error" in told:
            raise _refused(name, str(told["error"]))
        return OllamaStep(
            str(told["status"]),
            str(told.get("digest") or ""),
            int(told.get("total") or 0),
            int(told.get("completed") or 0),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise DownloadFailed(
            f"The server does not answer as Ollama does: {error}.",
            hint="Check ollama.base_url in the configuration.",
        ) from error


def _refused(name: str, why: str) -> DownloadFailed:
    return DownloadFailed(
        f"Ollama could not get {name}: {why}.",
        hint="See https://ollama.com/library for the names it knows.",
    )


def _error_of(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, TypeError, KeyError):
        return body.decode(errors="replace").strip() or "it said nothing"
