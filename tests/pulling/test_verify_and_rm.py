"""`sarai models verify` and `sarai models rm`, called as the shell calls them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from core.storage.folder import DataFolder
from tests.hub_emulator import HubEmulator
from tests.interfaces.conftest import Sarai
from tests.pulling.conftest import FILE, REPOSITORY, Configure, configured


@pytest.fixture
def hub(model: bytes) -> Iterator[HubEmulator]:
    with HubEmulator({REPOSITORY: {FILE: model}}) as emulator:
        yield emulator


@pytest.fixture(autouse=True)
def _hub_and_configuration(
    hub: HubEmulator, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    configure(configured(hub.repositories))


def test_verify_tells_whole_damaged_and_unfinished_files_apart(
    sarai: Sarai, home: DataFolder, hub: HubEmulator
) -> None:
    assert "No downloaded model is here." in sarai("models", "verify").about
    sarai("models", "pull", "small")
    whole = sarai("models", "verify")
    assert (whole.code, "whole" in whole.answer) == (0, True)
    place = home.models / "small-GGUF" / FILE
    content = bytearray(place.read_bytes())
    content[-1] ^= 1  # one bit of the weights, where no header can tell
    place.write_bytes(content)
    damaged = sarai("models", "verify", "small")
    assert (damaged.code, "damaged" in damaged.answer) == (1, True)
    assert "and not" in damaged.about
    assert "`sarai models rm small` and `sarai models pull small` get it anew." in damaged.about
    place.unlink()
    (home.models / "small-GGUF" / f"{FILE}.part").write_bytes(b"GG")
    unfinished = sarai("models", "verify")
    assert (unfinished.code, "incomplete" in unfinished.answer) == (1, True)


def test_a_users_own_copy_is_known_by_its_header_alone(
    sarai: Sarai, home: DataFolder, model: bytes
) -> None:
    """Put there by hand, and nobody told its sum."""
    (home.models / FILE).write_bytes(model)
    assert "Nothing to get" in sarai("models", "pull", "small").about
    ended = sarai("models", "verify")
    assert (ended.code, "no sum known" in ended.answer) == (0, True)
    assert hashlib.sha256(model).hexdigest() in ended.about
    (home.models / FILE).write_bytes(model[:100])
    assert sarai("models", "verify").code == 1


def test_rm_deletes_all_of_a_model_and_nothing_else(
    sarai: Sarai, home: DataFolder, model: bytes, configure: Configure
) -> None:
    shared = {"name": "Same", "repo_id": REPOSITORY, "gguf_file": FILE}
    mine = home.models / "mine.gguf"
    mine.write_bytes(model)
    sarai("models", "pull", "small")
    assert sarai("models", "rm", "small").code == 2  # nobody to ask
    assert (home.models / "small-GGUF" / FILE).exists()
    models = configured({REPOSITORY: {FILE: b""}})["models"]
    configure({"models": {**models, "same": shared}})
    assert "another model is made of it too" in sarai("models", "rm", "small", "--yes").about
    assert (home.models / "small-GGUF" / FILE).exists()
    ended = sarai("models", "rm", "small", "same", "--yes")
    assert ended.code == 0
    assert ended.answer.splitlines()[0] == str(home.models / "small-GGUF" / FILE)
    assert [path.name for path in home.models.iterdir()] == ["mine.gguf"]
    assert "Nothing of it is here." in sarai("models", "rm", "small", "--yes").about
