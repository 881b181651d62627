"""YAML that came with SARAi, as plain data.

Owns how it is read: by libyaml where PyYAML has it, some fifteen times as fast as in Python.
What people write is read by `core.settings.yaml_source`, which tells them what is wrong.
"""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml

OwnLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def packaged_yaml(package: str, name: str) -> Any:
    """What the file `name` of `package` holds."""
    return own_yaml(resources.files(package).joinpath(name).read_text(encoding="utf-8"))


def own_yaml(text: str) -> Any:
    """What `text` says. Raises: yaml.YAMLError."""
    return yaml.load(text, Loader=OwnLoader)  # noqa: S506  # one of the safe ones
