"""Snippets from the web, by a SearXNG server that the user names.

Owns the request, what of its answer is believed, and the cache; knows nothing of documents.
Nothing is asked unless a server is configured: the words of the question leave this machine.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from core.engines.remote.transport import OneRequestTransport
from core.errors import WebSearchError
from core.retrieval.passage import Passage
from core.state import Language
from core.storage.database import Database
from core.text.lasting import is_current

SNIPPETS = 5
KEPT_S = 3600.0
KEPT_WHEN_CURRENT_S = 300.0
TIMEOUT_S = 10.0
MAX_BYTES = 2 * 2**20
MAX_SIGNS = 600  # of a snippet
MAX_URL_SIGNS = 2000


@dataclass(frozen=True, slots=True)
class Snippet:
    """What the server says of one page."""

    url: str
    title: str
    text: str


class WebSearch:
    """Searches by the server at `url`; answers are kept in `database`. Safe among threads."""

    def __init__(
        self, url: str, database: Database, *, now_s: Callable[[], float] = time.time
    ) -> None:
        self._url = url
        self._database = database
        self._now_s = now_s

    def search(self, question: str, language: Language) -> list[Passage]:
        """The first five snippets, as passages that are cited by their address.

        Kept for an hour; five minutes, when the question is about what changes.

        Raises: WebSearchError, StorageError.
        """
        query = " ".join(question.split())
        snippets = self._kept(query, language)
        if snippets is None:
            snippets = _snippets(self._ask(query, language))
            self._keep(query, language, snippets)
        return [
            Passage(each.url, 0, 0, each.title, each.text, 1 / rank)
            for rank, each in enumerate(snippets, start=1)
        ]

    def _ask(self, query: str, language: Language) -> object:
        asked = {"q": query, "format": "json", "language": language}
        try:
            with (
                httpx.Client(transport=OneRequestTransport(), timeout=TIMEOUT_S) as client,
                client.stream("GET", f"{self._url}/search", params=asked) as response,
            ):
                response.raise_for_status()
                return json.loads(_limited(response))
        except httpx.HTTPStatusError as error:
            raise self._failure(f"answered {error.response.status_code}") from error
        except (httpx.HTTPError, ValueError) as error:
            raise self._failure(f"gave no answer that can be read ({error})") from error

    def _failure(self, what: str) -> WebSearchError:
        return WebSearchError(
            f"The search server at {self._url} {what}.",
            hint="Check retrieval.searxng_url, and that `json` is among its search.formats.",
        )

    def _kept(self, query: str, language: Language) -> list[Snippet] | None:
        kept_s = KEPT_WHEN_CURRENT_S if is_current(query) else KEPT_S
        with self._database.connection() as connection:
            row = connection.execute(
                "SELECT snippets FROM web_searches WHERE query = ? AND language = ? "
                "AND server = ? AND asked_at > ?",
                (query, language, self._url, self._now_s() - kept_s),
            ).fetchone()
        return None if row is None else [Snippet(**each) for each in json.loads(row["snippets"])]

    def _keep(self, query: str, language: Language, snippets: list[Snippet]) -> None:
        now_s = self._now_s()
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM web_searches WHERE asked_at <= ?", (now_s - KEPT_S,))
            connection.execute(
                "INSERT OR REPLACE INTO web_searches VALUES (?, ?, ?, ?, ?)",
                (query, language, self._url, now_s, json.dumps([asdict(s) for s in snippets])),
            )


def _limited(response: httpx.Response) -> bytes:
    data = bytearray()
    for piece in response.iter_bytes():
        data += piece
        if len(data) > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES} bytes")
    return bytes(data)


def _snippets(answer: Any) -> list[Snippet]:
    """The first that have an address and a text; whatever else the server sends is left out."""
    results = answer.get("results") if isinstance(answer, dict) else None
    return list(_read(results))[:SNIPPETS] if isinstance(results, list) else []


def _read(results: list[Any]) -> Iterator[Snippet]:
    seen = set()
    for result in results:
        fields = result if isinstance(result, dict) else {}
        url, title, text = (_plain(fields.get(key)) for key in ("url", "title", "content"))
        web = url.startswith(("http://", "https://")) and len(url) <= MAX_URL_SIGNS
        if web and " " not in url and text and url not in seen:
            seen.add(url)
            yield Snippet(url, title[:MAX_SIGNS], text[:MAX_SIGNS])


def _plain(value: object) -> str:
    """One line without control characters."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
