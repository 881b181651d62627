"""The Hugging Face hub, or a mirror that speaks its protocol.

Owns what is asked of it and what its answers mean; knows nothing of files on this machine.
huggingface_hub tells where a file lies, what it weighs and what its sum is. The bytes are read
here, because its own downloads begin anew in every process (docs/adr/0020).

What the hub learns is which files were asked for, by which version of SARAi and Python: no
account (unless the user set HF_TOKEN) and nothing of the machine.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final, NoReturn
from urllib.parse import urlsplit

import httpx

from core.cancellation import Cancellation
from core.engines.remote.exchange import Exchange
from core.errors import DownloadFailed, InvalidInput
from core.pulling.sources import Interrupted, RemoteFile, Stream
from core.pulling.wanted import WantedFile

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

DEFAULT_ENDPOINT: Final = "https://huggingface.co"
METADATA_TIMEOUT_S: Final = 10.0
TIMEOUT: Final = httpx.Timeout(30.0, connect=10.0)
QUIET: Final = {"HF_HUB_DISABLE_TELEMETRY": "1"}
"""Read by huggingface_hub when it is imported, so set before."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_LINK_ENDED = {401, 403, 410}


class Hub:
    """The hub that HF_ENDPOINT names, else huggingface.co.

    Raises: InvalidInput, when HF_HUB_OFFLINE or HF_ENDPOINT keep it from being asked.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        environ = os.environ if environ is None else environ
        self.name = (environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")
        if urlsplit(self.name).scheme not in {"http", "https"}:
            raise InvalidInput(f"HF_ENDPOINT is {self.name!r}, no address.", key="HF_ENDPOINT")
        for switch in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
            if environ.get(switch, "").upper() in {"1", "ON", "YES", "TRUE"}:
                raise InvalidInput(
                    f"{switch} is set, so nothing can be downloaded.",
                    key=switch,
                    hint="Unset it, or take files from a folder with --from DIR.",
                )
        # False, and not None: that would send what `hf auth login` has left on this machine.
        self._token = environ.get("HF_TOKEN") or False
        self._tls = httpx.create_ssl_context()

    def describe(self, wanted: WantedFile) -> RemoteFile:
        """What the hub tells of the file, from one HEAD request."""
        os.environ.update(QUIET)
        import httpx2  # noqa: PLC0415  the HTTP library of huggingface_hub
        from huggingface_hub import errors, get_hf_file_metadata, hf_hub_url  # noqa: PLC0415

        try:
            url = hf_hub_url(
                wanted.repo_id, wanted.file, revision=wanted.revision, endpoint=self.name
            )
            found = get_hf_file_metadata(
                url,
                token=self._token,
                timeout=METADATA_TIMEOUT_S,
                library_name="sarai",
                library_version=_version(),
                endpoint=self.name,
            )
        except errors.HfHubHTTPError as error:
            self._refused(wanted, error)
        except ValueError as error:  # its check of names
            raise DownloadFailed(
                f"{wanted.repo_id} is no name of a repository: {error}",
                hint=f"Correct repo_id of {wanted.model} in the configuration.",
            ) from error
        except httpx2.TransportError as error:
            raise Interrupted(f"{self.name} does not answer ({error})") from error
        if not found.size or not found.etag:
            raise DownloadFailed(f"{self.name} does not tell what {wanted.file} is.")
        sha256 = found.etag if _SHA256.fullmatch(found.etag) else None
        if wanted.sha256 is not None and sha256 not in {None, wanted.sha256}:
            raise DownloadFailed(
                f"{wanted.repo_id} has another {wanted.file} than was meant: its SHA-256 is "
                f"{sha256} and not {wanted.sha256}.",
                hint="Update SARAi, or correct the sum in the configuration.",
            )
        return RemoteFile(
            wanted,
            found.size,
            wanted.sha256 or sha256,
            found.etag,
            found.commit_hash or "",
            found.location,
        )

    @contextmanager
    def read(self, remote: RemoteFile, offset: int, cancel: Cancellation) -> Iterator[Stream]:
        """One GET request, from `offset` on where the server can."""
        exchange = Exchange()
        with cancel.on_cancel(exchange.abort):
            try:
                # A client of its own: only new connections come under the exchange's control.
                with (
                    httpx.Client(verify=self._tls, timeout=TIMEOUT, follow_redirects=True) as http,
                    http.stream(
                        "GET",
                        remote.location,
                        headers=self._headers(remote, offset),
                        extensions={"trace": exchange.watch},
                    ) as response,
                ):
                    yield Stream(_start(response, remote, offset), response.iter_raw())
            except (httpx.InvalidURL, httpx.TooManyRedirects) as error:
                raise DownloadFailed(f"{self.name} names no usable address: {error}") from error
            except httpx.TransportError as error:
                cancel.raise_if_cancelled()
                raise Interrupted(f"the connection was lost ({error})") from error

    def _headers(self, remote: RemoteFile, offset: int) -> dict[str, str]:
        headers = {"Accept-Encoding": "identity", "User-Agent": f"sarai/{_version()}"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        # The bytes mostly lie with somebody else, whom the token is no business of.
        if self._token and _origin(remote.location) == _origin(self.name):
            headers["Authorization"] = f"Bearer {self._token}"
        return headers

    def _refused(self, wanted: WantedFile, error: HfHubHTTPError) -> NoReturn:
        from huggingface_hub import errors  # noqa: PLC0415

        status = error.response.status_code
        if status in _PASSING:
            named = _retry_after_s(error.response.headers)
            raise Interrupted(f"{self.name} answered {status}", retry_after_s=named) from error
        page = f"{self.name}/{wanted.repo_id}"
        if isinstance(error, errors.GatedRepoError):
            raise DownloadFailed(
                f"{wanted.repo_id} is given only to who accepted its terms.",
                hint=f"Accept them at {page} and set HF_TOKEN to a token of your account.",
            ) from error
        if isinstance(error, errors.RepositoryNotFoundError):
            raise DownloadFailed(
                f"{wanted.repo_id} is not there, or not for everybody.",
                hint=f"See {page}; if it is private, set HF_TOKEN to a token of your account.",
            ) from error
        if isinstance(error, errors.RevisionNotFoundError | errors.EntryNotFoundError):
            raise DownloadFailed(
                f"{wanted.repo_id} has no {wanted.file} in revision {wanted.revision}.",
                hint=f"See {page}, and correct the name in the configuration.",
            ) from error
        raise DownloadFailed(f"{self.name} refused {wanted.file} ({status}).") from error


def _start(response: httpx.Response, remote: RemoteFile, offset: int) -> int:
    """Where the answer's bytes begin. Raises: DownloadFailed, Interrupted."""
    status = response.status_code
    if status == httpx.codes.PARTIAL_CONTENT:
        place = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if place is None or (int(place[1]), int(place[2])) != (offset, remote.size_bytes):
            raise DownloadFailed(f"The server of {remote.wanted.name} sends another part of it.")
        return offset
    if status == httpx.codes.OK:
        return 0
    if status in _PASSING or status in _LINK_ENDED:
        named = _retry_after_s(response.headers)
        raise Interrupted(f"the server of the file answered {status}", retry_after_s=named)
    raise DownloadFailed(f"The server of {remote.wanted.name} answered {status}.")


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The pause that a server asks for, where it names seconds (and no date)."""
    named = headers.get("Retry-After", "")
    return float(named) if named.isdecimal() else None


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _version() -> str:
    try:
        return version("sarai")
    except PackageNotFoundError:  # run from its source
        return "0"
