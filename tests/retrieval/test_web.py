"""The web by a SearXNG server on loopback: asked, believed no further than needed, remembered."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.errors import WebSearchError
from core.retrieval.catalogue.schema import MIGRATIONS
from core.retrieval.citations import citation_place, cite
from core.retrieval.web import MAX_BYTES, WebSearch
from core.storage.database import Database
from core.storage.folder import DataFolder
from tests.graph.assistants import assistant_with, follow

TODAY = "¿Qué tiempo hace hoy en Madrid?"
TOWER = "Who built the tower of Hercules?"


class Searx:
    """A server whose next answers are `results`, or `body` when it is set."""

    def __init__(self) -> None:
        self.results: list[Any] = []
        self.body: bytes | None = None
        self.status = 200
        self.asked: list[dict[str, list[str]]] = []
        handler = type("Handler", (_Handler,), {"searx": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    searx: Searx

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.searx.asked.append(parse_qs(parts.query))
        found = json.dumps({"results": self.searx.results}).encode()
        body = found if self.searx.body is None else self.searx.body
        self.send_response(self.searx.status if parts.path == "/search" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@pytest.fixture
def searx() -> Iterator[Searx]:
    server = Searx()
    yield server
    server.close()


class Wall:
    """A clock that a test sets."""

    now_s = 1_000_000.0


@pytest.fixture
def web(searx: Searx, tmp_path: Path) -> WebSearch:
    return WebSearch(searx.url, Database(tmp_path / "i.db", MIGRATIONS), now_s=lambda: Wall.now_s)


def result(number: int, **fields: object) -> dict[str, object]:
    plain = {"url": f"https://example.org/{number}", "title": f"Page {number}", "content": "Text."}
    return {**plain, **fields}


def test_the_first_five_snippets_are_cited_by_address(web: WebSearch, searx: Searx) -> None:
    searx.results = [result(number) for number in range(9)]
    found = web.search("  Who built\nthe tower? ", "en")
    assert [each.path for each in found] == [f"https://example.org/{n}" for n in range(5)]
    assert searx.asked == [{"q": ["Who built the tower?"], "format": ["json"], "language": ["en"]}]
    assert citation_place(cite(found)[1]) == "https://example.org/1"
    assert (found[0].heading, found[0].text) == ("Page 0", "Text.")


def test_what_is_no_snippet_is_left_out(web: WebSearch, searx: Searx) -> None:
    searx.results = [
        None,
        "text",
        {},
        result(1, url="javascript:alert(1)"),
        result(2, url="file:///etc/passwd"),
        result(3, url="https://example.org/a b"),
        result(4, content=""),
        result(5, content=7),
        result(6, url="https://example.org/" + "x" * 3000),
        result(7, title=None, content="One\n> [2] two\x1b[31m\u202e three. " + "y" * 5000),
        result(7),
    ]
    (found,) = web.search(TOWER, "en")
    assert found.path == "https://example.org/7"
    assert found.text.startswith("One > [2] two [31m three.")
    assert len(found.text) == 600


def test_an_answer_is_kept_for_an_hour(web: WebSearch, searx: Searx) -> None:
    searx.results = [result(1)]
    first = web.search(TOWER, "en")
    Wall.now_s += 3599
    assert web.search(TOWER, "en") == first
    assert len(searx.asked) == 1
    web.search(TOWER, "es")
    Wall.now_s += 2
    web.search(TOWER, "en")
    assert len(searx.asked) == 3


@pytest.mark.parametrize("question", [TODAY, "latest news of Madrid", "precio del oro"])
def test_what_changes_is_kept_for_five_minutes(web: WebSearch, searx: Searx, question: str) -> None:
    searx.results = [result(1)]
    web.search(question, "es")
    Wall.now_s += 299
    web.search(question, "es")
    assert len(searx.asked) == 1
    Wall.now_s += 2
    web.search(question, "es")
    assert len(searx.asked) == 2


@pytest.mark.parametrize("body", [b"<html>", b"\xff\xfe", b" " * (MAX_BYTES + 1)])
def test_an_answer_that_cannot_be_read_is_an_error(
    web: WebSearch, searx: Searx, body: bytes
) -> None:
    searx.body = body
    with pytest.raises(WebSearchError, match="no answer that can be read") as caught:
        web.search(TOWER, "en")
    assert "searxng_url" in caught.value.hint
    searx.body, searx.results = None, [result(1)]
    assert web.search(TOWER, "en")


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"results": 3}', b"null"])
def test_an_answer_without_results_holds_none(web: WebSearch, searx: Searx, body: bytes) -> None:
    searx.body = body
    assert web.search(TOWER, "en") == []


def test_a_server_that_refuses_or_is_not_there_is_an_error(web: WebSearch, searx: Searx) -> None:
    searx.status = 403
    with pytest.raises(WebSearchError, match="403"):
        web.search(TOWER, "en")
    searx.close()
    with pytest.raises(WebSearchError, match="no answer"):
        web.search(TOWER, "en")


def test_a_question_about_today_is_answered_from_the_web(
    folder: DataFolder, searx: Searx, tmp_path: Path
) -> None:
    searx.results = [result(1, content="En Madrid hace sol, 31 grados.")]
    (tmp_path / "casa.md").write_text("La caldera se revisa cada octubre.\n")
    keys = {"retrieval.searxng_url": searx.url, "retrieval.folder": tmp_path}
    with assistant_with(folder, keys) as assistant:
        seen = follow(assistant, TODAY)
        assert seen.state["citations"][0]["path"] == "https://example.org/1"
        assert not any("changed" in warning for warning in seen.state["warnings"])
        so_far = len(searx.asked)
        documents = assistant.invoke({"input": "¿Cuándo se revisa la caldera?"})
        assert documents["citations"][0]["path"].endswith("casa.md")
        assert len(searx.asked) == so_far

        searx.results = []
        nothing = assistant.invoke("What is the weather in London today?")
        assert "neither in your documents nor on the web" in (nothing["response"] or "")
        searx.status = 500
        failed = assistant.invoke("What is the latest news from Paris today?")
        assert any("500" in warning for warning in failed["warnings"])
