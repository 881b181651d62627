"""The two servers' HTTP interface.

Source of the shapes: answers of huggingface.co to requests for files kept in LFS, as
huggingface_hub's file_download and _http read them (version 2.4).
"""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.emulated_server import EmulatedHandler, LoopbackServer, client_left
from tests.hub_emulator.faults import CutShort, Drop, Fault, IgnoreRange, Refuse, Spoil

if TYPE_CHECKING:
    from tests.hub_emulator.emulator import HubEmulator

TOKEN = "hf_emulated"  # noqa: S105  nobody else's
COMMIT = hashlib.sha1(b"emulated", usedforsecurity=False).hexdigest()
BLOCK_BYTES = 4096
_RESOLVE = re.compile(r"/(?P<repository>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<name>.+)")
_RANGE = re.compile(r"bytes=(\d+)-")


class _Handler(EmulatedHandler):
    """Requests and faults are kept by `kind`, "hub" or "files"."""

    kind = ""
    server: LoopbackServer[HubEmulator]

    def serve(self) -> None:
        fault = self.server.emulator.record(self.recorded({}), self.kind)
        if isinstance(fault, Refuse):
            self._end(fault.status, fault.headers)
        else:
            self._answer(fault)

    def _answer(self, fault: Fault | None) -> None:
        raise NotImplementedError

    def _end(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_content(status, b"", headers)

    def _send_part(self, content: bytes, start: int, fault: Fault | None) -> None:
        end = len(content)
        if isinstance(fault, CutShort):
            end = min(end, start + fault.after_bytes)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
        self.send_header("Content-Length", str(end - start))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.end_headers()
        if self.command == "HEAD":
            return
        if isinstance(fault, Drop):
            end = min(end, start + fault.after_bytes)
        self._send(content[start:end])
        if isinstance(fault, Drop):
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def _send(self, content: bytes) -> None:
        emulator = self.server.emulator
        for begin in range(0, len(content), BLOCK_BYTES):
            block = content[begin : begin + BLOCK_BYTES]
            emulator.pace(len(block))
            if client_left(self.connection):
                return
            self.wfile.write(block)
            emulator.sent(len(block))


class HubHandler(_Handler):
    """Tells where files are, and who may have them."""

    kind = "hub"

    def _answer(self, fault: Fault | None) -> None:
        emulator = self.server.emulator
        if isinstance(fault, Drop):
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        asked = _RESOLVE.fullmatch(urlsplit(self.path).path)
        if asked is None:
            self._end(404, {})
            return
        repository = asked["repository"]
        if new_name := emulator.renamed.get(repository):
            self._end(307, {"Location": self.path.replace(repository, new_name)})
        elif repository not in emulator.repositories:
            self._end(401, {"X-Error-Code": "RepoNotFound"})
        elif repository in emulator.gated and not self._has_token():
            self._end(401, {"X-Error-Code": "GatedRepo"})
        elif asked["revision"] not in emulator.revisions:
            self._end(404, {"X-Error-Code": "RevisionNotFound"})
        elif (content := emulator.find(repository, asked["name"])) is None:
            self._end(404, {"X-Error-Code": "EntryNotFound"})
        elif emulator.serves_itself:
            self._serve_itself(content)
        else:
            self._redirect(asked["name"], content)

    def _has_token(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _serve_itself(self, content: bytes) -> None:
        asked = _RANGE.fullmatch(self.headers.get("Range") or "")
        self._send_part(content, int(asked[1]) if asked else 0, None)

    def _redirect(self, name: str, content: bytes) -> None:
        emulator = self.server.emulator
        sha256 = hashlib.sha256(content).hexdigest()
        link = len(emulator.requests("hub"))
        self._end(
            302,
            {
                "Location": f"{emulator.files_address}/{sha256}?link={link}",
                "X-Repo-Commit": COMMIT,
                "X-Linked-Size": str(emulator.claimed_sizes.get(name, len(content))),
                "X-Linked-ETag": f'"{sha256}"',
                "ETag": f'"{sha256[:40]}"',
                "Accept-Ranges": "bytes",
            },
        )


class FileHandler(_Handler):
    """Sends bytes to whoever has a link, from where they like."""

    kind = "files"

    def _answer(self, fault: Fault | None) -> None:
        emulator = self.server.emulator
        content = emulator.by_sum(self.path[1:65])
        if content is None or not self._link_holds():
            self._end(403, {})
            return
        asked = _RANGE.fullmatch(self.headers.get("Range") or "")
        start = 0 if asked is None or isinstance(fault, IgnoreRange) else int(asked[1])
        if start >= len(content):
            self._end(416, {"Content-Range": f"bytes */{len(content)}"})
            return
        if isinstance(fault, Spoil):
            content = bytes(len(content))
        self._send_part(content, start, fault)

    def _link_holds(self) -> bool:
        emulator = self.server.emulator
        link = int(parse_qs(urlsplit(self.path).query)["link"][0])
        newest = len(emulator.requests("hub"))
        return emulator.links_last or link == newest
