"""One connection for each request, so that ending one request ends no other.

Owns that rule; knows nothing of what is asked or answered.
"""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def _tls() -> ssl.SSLContext:
    """Shared: reading the certificates takes 20 ms, and servers are asked at every choice."""
    return httpx.create_ssl_context(trust_env=False)


class OneRequestTransport(httpx.HTTPTransport):
    """Closes each connection after its first answer; proxies of the environment are ignored.

    A limit of no idle connections is not enough: for an instant a connection that becomes
    idle can be given to the request of another thread.
    """

    def __init__(self) -> None:
        super().__init__(verify=_tls(), trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["connection"] = "close"
        return super().handle_request(request)
