"""The HTTP of an OpenAI-compatible server: its addresses, its key, its patience.

Owns requests and their repetition; knows nothing of engines or their errors. Every method
raises what `failures.FAILURES` lists.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx

from core.engines.openai_http.refusal import Refusal, refusal_in, refusal_of
from core.engines.openai_http.sse import read_events
from core.engines.remote.exchange import Exchange
from core.engines.remote.transport import OneRequestTransport

LOOKUP_TIMEOUT_S = 10.0
"""For calls that run no model."""

RETRY_DELAYS_S = (0.5, 1.0)
"""Before the second and the third try, where the server names no other time."""

MAX_RETRY_DELAY_S = 20.0
"""A server that asks for more is not waited for: the caller may have another model."""

_BUSY = {429, 503}
_DONE = "[DONE]"


@dataclass(frozen=True, slots=True)
class ListedModel:
    """What a server's list adds to a name. llama.cpp's server counts tokens and takes grammars."""

    context_tokens: int | None = None
    is_llama_cpp: bool = False


class OpenAIServer:
    """The server at `base_url`, which ends with `/v1` for most.

    Proxies of the environment are ignored and redirects not followed, so a prompt and the
    key go to the configured address or nowhere. There is nothing to close: no connection is
    kept between two requests, so that ending one ends no other.
    """

    def __init__(
        self, base_url: str, *, api_key: str, connect_timeout_s: float, read_timeout_s: float
    ) -> None:
        self.base_url = base_url
        self._api_key = api_key
        self._root_url = base_url.removesuffix("/v1")
        self._generation_timeout = httpx.Timeout(read_timeout_s, connect=connect_timeout_s)
        self._lookup_timeout = httpx.Timeout(
            min(read_timeout_s, LOOKUP_TIMEOUT_S), connect=connect_timeout_s
        )
        self._http = httpx.Client(
            transport=OneRequestTransport(), headers=self._headers(), trust_env=False
        )
        self._limit_key = "max_tokens"

    def models(self, exchange: Exchange) -> dict[str, ListedModel] | None:
        """The models that the server lists, by name; None when it has no list."""
        try:
            answer = self._json(self._request("GET", f"{self.base_url}/models"), exchange)
        except Refusal as refusal:
            if refusal.status in (404, 405, 501):
                return None
            raise
        return {str(model["id"]): _listed(model) for model in answer["data"]}

    def chat(
        self, exchange: Exchange, body: dict[str, Any]
    ) -> Generator[dict[str, Any] | None, None, None]:
        """The chunks of a streamed answer, and None where the server says that it is done.

        Raises: Refusal, also in the middle.
        """
        with closing(self._open_chat(exchange, body)) as response:
            if "json" in response.headers.get("content-type", ""):
                self._raise_refusal(json.loads(response.read()))
                raise ValueError("it does not stream")
            for data in read_events(response.iter_bytes()):
                if data.strip() == _DONE:
                    yield None
                    return
                chunk = json.loads(data)
                self._raise_refusal(chunk)
                yield chunk

    def embed(self, exchange: Exchange, model: str, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text, in their order."""
        body = {"model": model, "input": list(texts), "encoding_format": "float"}
        request = self._request(
            "POST", f"{self.base_url}/embeddings", body, self._generation_timeout
        )
        answer = self._json(request, exchange, retry=True)
        entries = sorted(answer["data"], key=lambda entry: int(entry["index"]))
        if [entry["index"] for entry in entries] != list(range(len(texts))):
            raise ValueError(f"{len(entries)} vectors for {len(texts)} texts")
        return [entry["embedding"] for entry in entries]

    def count_tokens(self, exchange: Exchange, model: str, messages: list[dict[str, Any]]) -> int:
        """As llama.cpp's server counts; these addresses are its own."""
        chat = {"model": model, "messages": messages}
        request = self._request("POST", f"{self._root_url}/apply-template", chat)
        prompt = self._json(request, exchange)["prompt"]
        text = {"model": model, "content": prompt, "add_special": True, "parse_special": True}
        request = self._request("POST", f"{self._root_url}/tokenize", text)
        return len(self._json(request, exchange)["tokens"])

    def _open_chat(self, exchange: Exchange, body: dict[str, Any]) -> httpx.Response:
        """OpenAI's newer models refuse `max_tokens`, and most other servers know nothing else."""
        limit_key = self._limit_key  # another thread may learn the newer name meanwhile
        try:
            return self._open(self._chat_request(body, limit_key), exchange, retry=True)
        except Refusal as refusal:
            if limit_key != "max_tokens" or "max_completion_tokens" not in refusal.message:
                raise
        self._limit_key = "max_completion_tokens"
        return self._open(self._chat_request(body, self._limit_key), exchange, retry=True)

    def _chat_request(self, body: dict[str, Any], limit_key: str) -> httpx.Request:
        named = {limit_key if key == "max_tokens" else key: body[key] for key in body}
        url = f"{self.base_url}/chat/completions"
        return self._request("POST", url, named, self._generation_timeout)

    def _json(
        self, request: httpx.Request, exchange: Exchange, *, retry: bool = False
    ) -> dict[str, Any]:
        with closing(self._open(request, exchange, retry=retry)) as response:
            answer = json.loads(response.read())
        self._raise_refusal(answer)
        if not isinstance(answer, dict):
            raise TypeError(f"{type(answer).__name__} instead of an object")
        return answer

    def _open(self, request: httpx.Request, exchange: Exchange, *, retry: bool) -> httpx.Response:
        """The answer's head. Only what surely cost nothing is repeated: nobody listened, or
        the server said that it is busy."""
        for delay_s in RETRY_DELAYS_S if retry else ():
            try:
                return self._open_once(request, exchange)
            except (httpx.ConnectError, Refusal) as error:
                wait_s = _wait_s(error, delay_s)
                if wait_s is None or exchange.wait(wait_s):
                    raise
        return self._open_once(request, exchange)

    def _open_once(self, request: httpx.Request, exchange: Exchange) -> httpx.Response:
        request.extensions = {**request.extensions, "trace": exchange.watch}
        response = self._http.send(request, stream=True)
        if response.is_success:
            return response
        with closing(response):
            response.read()
        raise self._redacted(refusal_of(response))

    def _request(
        self, method: str, url: str, body: Any = None, timeout: httpx.Timeout | None = None
    ) -> httpx.Request:
        return self._http.build_request(
            method, url, json=body, timeout=timeout or self._lookup_timeout
        )

    def _headers(self) -> dict[str, str]:
        # Compressed, the pieces of an answer would wait for one another.
        headers = {"accept-encoding": "identity"}
        if self._api_key:
            headers["authorization"] = f"Bearer {self._api_key}"
        return headers

    def _raise_refusal(self, answer: Any) -> None:
        """Raises: Refusal, when the answer is an error, whatever its status."""
        if refusal := refusal_in(answer):
            raise self._redacted(refusal)

    def _redacted(self, refusal: Refusal) -> Refusal:
        """Some servers repeat the key that they refuse."""
        if self._api_key:
            refusal.message = refusal.message.replace(self._api_key, "***")
            refusal.args = (refusal.message,)
        return refusal


def _wait_s(error: Exception, delay_s: float) -> float | None:
    """How long to wait before the next try; None when there should be none."""
    if not isinstance(error, Refusal):
        return delay_s
    if error.status not in _BUSY:
        return None
    wanted_s = delay_s if error.retry_after_s is None else error.retry_after_s
    return wanted_s if wanted_s <= MAX_RETRY_DELAY_S else None


def _listed(model: dict[str, Any]) -> ListedModel:
    """vLLM and llama.cpp's server add the context to their lists, the latter that of a slot."""
    told = model.get("max_model_len") or (model.get("meta") or {}).get("n_ctx")
    return ListedModel(
        context_tokens=told if isinstance(told, int) and told > 0 else None,
        is_llama_cpp=model.get("owned_by") == "llamacpp",
    )
