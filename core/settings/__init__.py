"""The configuration: typed, immutable, and the only reader of YAML and of the environment.

Owns what may be configured and how it is read; knows nothing of models or the graph.
"""

from core.settings.loading import load_settings
from core.settings.schema import Settings
from core.settings.sources import Override, Sources, describe_sources, dump_settings

__all__ = [
    "Override",
    "Settings",
    "Sources",
    "describe_sources",
    "dump_settings",
    "load_settings",
]
