"""An emulator of a Qdrant server on loopback: what `ServerStore` asks, and no more.

It reads every request with Qdrant's own models, so that a malformed one fails, and runs it
on qdrant-client's local engine, one request at a time since that is not safe among threads.
It is no Qdrant server: speed, limits and failures of one are not shown by it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from pydantic import BaseModel, ValidationError
from qdrant_client import QdrantClient
from qdrant_client.http import models

from core.closing import Closing

Answer = Callable[[str, dict[str, Any]], Any]


class QdrantEmulator(Closing):
    """Listens at `url` between `with` and its end."""

    def __init__(self) -> None:
        self._engine = QdrantClient(":memory:")
        self._lock = threading.Lock()
        self.failing = False
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        handler = type("Handler", (_Handler,), {"emulator": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._engine.close()

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and result of one request."""
        with self._lock:
            self.requests.append((method, path, body))
            if self.failing:
                return 500, "the emulator was told to fail"
            for (known_method, pattern), reply in self._table().items():
                if method == known_method and (found := re.fullmatch(pattern, path)):
                    try:
                        return 200, _plain(reply(found.group(1), body))
                    except ValidationError as error:
                        return 422, str(error)
                    except ValueError as error:
                        return 404, str(error)
        return 404, f"the emulator does not know {method} {path}"

    def _table(self) -> dict[tuple[str, str], Answer]:
        name = "/collections/([^/]+)"
        return {
            ("GET", f"{name}/exists"): self._exists,
            ("PUT", name): self._create,
            ("DELETE", name): self._drop,
            ("PUT", f"{name}/index"): self._index,
            ("PUT", f"{name}/points"): self._upsert,
            ("POST", f"{name}/points/delete"): self._delete,
            ("POST", f"{name}/points/count"): self._count,
            ("POST", f"{name}/points/query"): self._query,
        }

    def _exists(self, name: str, _: dict[str, Any]) -> Any:
        return {"exists": self._engine.collection_exists(name)}

    def _create(self, name: str, body: dict[str, Any]) -> Any:
        asked = models.CreateCollection(**body)
        return self._engine.create_collection(
            name,
            vectors_config=asked.vectors,
            sparse_vectors_config=asked.sparse_vectors,
        )

    def _drop(self, name: str, _: dict[str, Any]) -> Any:
        return self._engine.delete_collection(name)

    def _index(self, name: str, body: dict[str, Any]) -> Any:
        models.CreateFieldIndex(**body)
        return _done()

    def _upsert(self, name: str, body: dict[str, Any]) -> Any:
        self._engine.upsert(name, models.PointsList(**body).points)
        return _done()

    def _delete(self, name: str, body: dict[str, Any]) -> Any:
        self._engine.delete(name, models.PointIdsList(**body))
        return _done()

    def _count(self, name: str, body: dict[str, Any]) -> Any:
        asked = models.CountRequest(**body)
        return self._engine.count(name, count_filter=asked.filter)

    def _query(self, name: str, body: dict[str, Any]) -> Any:
        asked = models.QueryRequest(**body)
        return self._engine.query_points(
            name,
            query=asked.query,
            using=asked.using,
            query_filter=asked.filter,
            limit=asked.limit or 10,
            with_payload=bool(asked.with_payload),
        )


class _Handler(BaseHTTPRequestHandler):
    emulator: QdrantEmulator
    protocol_version = "HTTP/1.1"

    def _reply(self) -> None:
        size = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(size) or b"{}")
        status, result = self.emulator.answer(self.command, self.path.split("?")[0], body)
        said = "ok" if status == 200 else {"error": result}
        data = json.dumps({"result": result if status == 200 else None, "status": said, "time": 0})
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data.encode())))
        self.end_headers()
        self.wfile.write(data.encode())

    do_GET = do_PUT = do_POST = do_DELETE = _reply  # noqa: N815  http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name
        """Say nothing."""


def _plain(result: Any) -> Any:
    return result.model_dump(mode="json") if isinstance(result, BaseModel) else result


def _done() -> dict[str, Any]:
    return {"operation_id": 1, "status": "completed"}
