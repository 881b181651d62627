"""Which store the configuration means, and moving from one to another."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ConfigError
from core.retrieval.stores.embedded import EmbeddedStore
from core.retrieval.stores.open import open_store
from core.retrieval.stores.server import ServerStore
from core.settings.retrieval import RetrievalSettings
from core.storage.folder import DataFolder
from tests.retrieval.conftest import OpenIndex
from tests.retrieval.stores.qdrant_emulator import QdrantEmulator


def test_the_data_folder_unless_a_server_is_named(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(open_store(RetrievalSettings.model_validate({}), folder), EmbeddedStore)
    named = RetrievalSettings.model_validate(
        {"qdrant_url": "http://127.0.0.1:9", "qdrant_api_key_env": "MY_QDRANT_KEY"}
    )
    monkeypatch.delenv("MY_QDRANT_KEY", raising=False)
    with pytest.raises(ConfigError, match="MY_QDRANT_KEY"):
        open_store(named, folder)
    open_store(
        RetrievalSettings.model_validate({"qdrant_url": "http://127.0.0.1:9"}), folder
    ).close()


def test_an_index_lies_where_it_is_configured_and_follows(
    open_index: OpenIndex, tmp_path: Path
) -> None:
    (tmp_path / "faro.md").write_text("El faro tiene luz.")
    here = open_index()
    here.index([tmp_path / "faro.md"])
    here.close()
    with QdrantEmulator() as emulator:
        there = open_index(keys={"retrieval.qdrant_url": emulator.url})
        assert [each.text for each in there.search("faro").passages] == ["El faro tiene luz."]
        assert isinstance(there._store, ServerStore)
        assert there._store.count() == 1
        (tmp_path / "faro.md").write_text("El faro no tiene luz.")
        there.index()
        there.close()
    again = open_index()
    assert [each.text for each in again.search("faro").passages] == ["El faro no tiene luz."]
    assert again._store.count() == 1


def test_vectors_move_to_a_server_without_embedding_again(
    open_index: OpenIndex, encoder_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "faro.md").write_text("El faro tiene luz.")
    here = open_index(encoder=encoder_file)
    here.index([tmp_path / "faro.md"])
    here.close()
    with QdrantEmulator() as emulator:
        there = open_index(encoder=encoder_file, keys={"retrieval.qdrant_url": emulator.url})
        assert not there.store_all().note
        assert {each.state for each in there.pool.status().models} == {"absent"}
        best = there.search("faro", 1, alpha=1.0, explain=True).passages[0]
        assert best.explanation is not None
        assert best.explanation.meaning is not None
        there.close()
