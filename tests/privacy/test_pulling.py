"""A pull talks to the hub alone, and tells it nothing of the machine or its user."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.storage.folder import DataFolder
from tests.hub_emulator import TOKEN, HubEmulator
from tests.privacy.test_nothing_leaves import ROOT, SITECUSTOMIZE, TIMEOUT_S

FILE = "small.gguf"
CONFIGURATION = f"""
models:
  small: {{name: Small, repo_id: owner/small-GGUF, gguf_file: {FILE}, max_memory_mb: 100}}
"""

# All that a machine may have lying about and that huggingface_hub would send along.
TEMPTATIONS = {
    "AI_AGENT": "somebody",
    "HF_HUB_DISABLE_TELEMETRY": "0",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "0",
}


def pull(
    hub: HubEmulator, folder: DataFolder, tmp_path: Path, **environ: str
) -> tuple[str, list[str]]:
    """Pull one file in a process of its own; its output, and where it wanted to connect."""
    (tmp_path / "site").mkdir(exist_ok=True)
    (tmp_path / "site" / "sitecustomize.py").write_text(SITECUSTOMIZE)
    (tmp_path / "sarai.yaml").write_text(CONFIGURATION)
    (tmp_path / "hf").mkdir(exist_ok=True)
    (tmp_path / "hf" / "token").write_text("hf_of_an_account")
    connections = tmp_path / "connections.txt"
    connections.touch()
    done = subprocess.run(
        [sys.executable, "-m", "core.interfaces.cli", "models", "pull", "small"],
        env={
            **os.environ,
            **TEMPTATIONS,
            "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(ROOT)]),
            "CONNECTIONS": str(connections),
            "SARAI_HOME": str(folder.root),
            "SARAI_CONFIG": str(tmp_path / "sarai.yaml"),
            "HF_HOME": str(tmp_path / "hf"),
            "HF_ENDPOINT": hub.endpoint,
            "NO_PROXY": "127.0.0.1",
            **environ,
        },
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder.models / "small-GGUF" / FILE).exists()
    return done.stdout, connections.read_text().splitlines()


@pytest.mark.parametrize("token", ["", TOKEN])
def test_the_hub_learns_which_file_and_nothing_else(
    folder: DataFolder, tmp_path: Path, token: str
) -> None:
    with HubEmulator({"owner/small-GGUF": {FILE: b"content"}}) as hub:
        _, noted = pull(hub, folder, tmp_path, **({"HF_TOKEN": token} if token else {}))
        asked, fetched = hub.requests("hub"), hub.requests("files")
        servers = {hub.endpoint, hub.files_address}
    ports = {address.rpartition(":")[2] for address in servers}
    connected = [line for line in noted if line.startswith("socket.connect")]
    assert {re.sub(r"\D", "", line.rpartition(",")[2]) for line in connected} == ports
    assert all("127.0.0.1" in line for line in noted)
    assert [(request.method, request.path) for request in asked] == [
        ("HEAD", f"/owner/small-GGUF/resolve/main/{FILE}")
    ]
    assert [request.method for request in fetched] == ["GET"]
    told = {request.headers["user-agent"] for request in (*asked, *fetched)}
    version = r"[\w.+]+"
    assert len(told) == 2
    for agent in told:
        assert re.fullmatch(rf"sarai/{version}(; hf_hub/{version}; python/{version})?", agent), (
            agent
        )
    [given] = {request.headers.get("authorization") for request in asked}
    assert given == (f"Bearer {token}" if token else None)
    assert all("authorization" not in request.headers for request in fetched)
    assert all("cookie" not in request.headers for request in (*asked, *fetched))


def test_nothing_is_asked_before_somebody_pulls(folder: DataFolder, tmp_path: Path) -> None:
    """Neither `sarai models` nor a removal or a check has anything to ask."""
    with HubEmulator({"owner/small-GGUF": {FILE: b"content"}}) as hub:
        for arguments in (["verify"], ["rm", "tiny", "--yes"], []):
            subprocess.run(
                [sys.executable, "-m", "core.interfaces.cli", "models", *arguments],
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "SARAI_HOME": str(folder.root),
                    "HF_ENDPOINT": hub.endpoint,
                },
                capture_output=True,
                timeout=TIMEOUT_S,
                check=True,
            )
        assert hub.requests("hub") == []
