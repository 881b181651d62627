"""Which vector store the configuration means.

Owns the choice; the libraries of a store are imported when it is chosen.
"""

from __future__ import annotations

from core.errors import ConfigError
from core.retrieval.stores.protocol import VectorStore
from core.settings.retrieval import RetrievalSettings
from core.settings.secrets import read_secret
from core.storage.folder import DataFolder


def open_store(settings: RetrievalSettings, folder: DataFolder) -> VectorStore:
    """The server at `qdrant_url`, else the folder's own store. Nothing is opened yet.

    Raises: ConfigError, when the key of the server is not set.
    """
    if settings.qdrant_url is None:
        from core.retrieval.stores.embedded import EmbeddedStore  # noqa: PLC0415

        return EmbeddedStore(folder.vectors)
    from core.retrieval.stores.server import ServerStore  # noqa: PLC0415

    return ServerStore(settings.qdrant_url, settings.qdrant_collection, _key(settings))


def _key(settings: RetrievalSettings) -> str:
    if settings.qdrant_api_key_env is None:
        return ""
    try:
        return read_secret(settings.qdrant_api_key_env)
    except ValueError as error:
        raise ConfigError(
            f"retrieval.qdrant_api_key_env: {error}.", hint="Set the variable to the server's key."
        ) from error
