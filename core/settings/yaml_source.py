"""YAML text to values that know their lines.

Owns the syntax: what is accepted of YAML, and how its errors read. Knows nothing of the
settings. Only plain data is read: no tags, no anchors (an alias can blow up a small file),
and a date stays the text it was.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar, NoReturn

import yaml

from core.errors import ConfigError
from core.settings.composition import Composition, Layer, Place
from core.settings.keys import KeyPath
from core.text.packaged import OwnLoader

_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = {_TAG + kind for kind in ("null", "bool", "int", "float", "str", "seq", "map")}
_ALIAS = "alias"
_DEPTH = "depth"
_MOST_LEVELS = 32  # the settings have five
_INDENTATION_HINT = "Check the indentation and the colons around this line."
_TAGGED = ("A tag (`!name`) stands here.", "Write the plain value.")
_PLAIN_WORDS = (  # part of PyYAML's wording, ours, what to do
    ("'\\t'", "A tab stands here.", "YAML is indented with spaces only."),
    ("for the tag", *_TAGGED),
    (_DEPTH, "The values are nested too deeply.", "Settings have at most five levels."),
    (_ALIAS, "An alias (`*name`) stands here.", "Write the value out."),
)


class _Plain:
    """No tags and no dates."""

    yaml_constructors: ClassVar[dict[Any, Any]] = {
        tag: construct
        for tag, construct in yaml.SafeLoader.yaml_constructors.items()
        if tag in _PLAIN_TAGS or tag is None
    }
    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [resolver for resolver in resolvers if resolver[0] in _PLAIN_TAGS]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class _DefaultsLoader(_Plain, OwnLoader):  # type: ignore[misc]  # which of two, is seen at run time
    """For the file that came with SARAi."""


class _PlainLoader(_Plain, yaml.SafeLoader):
    """The safe loader without tags, dates and anchors, for what people write."""

    _level = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            self._refuse(_ALIAS)
        if self._level == _MOST_LEVELS:
            self._refuse(_DEPTH)
        self._level += 1
        node = super().compose_node(parent, index)
        self._level -= 1
        return node

    def _refuse(self, problem: str) -> NoReturn:
        event: Any = self.get_event()  # type: ignore[no-untyped-call]
        raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


def read_yaml(path: Path, layer: Layer) -> Composition:
    """A file's values.

    Raises: ConfigError, when the file cannot be read or is not a YAML mapping.
    """
    whole = Place(layer, path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise whole.error("There is no such file.", "Name an existing one.") from error
    except OSError as error:
        raise whole.error(f"The file cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise whole.error("The file is not UTF-8 text.", "Save it as UTF-8.") from error
    loader = _DefaultsLoader if layer is Layer.DEFAULTS else _PlainLoader
    return _Document(text, whole, loader).composition()


def parse_value(text: str, place: Place) -> Any:
    """One value, as it would stand after a colon in the file.

    Raises: ConfigError, when it is no YAML.
    """
    return _Document(text, place).value()


class _Document:
    """One YAML text on its way to values."""

    def __init__(self, text: str, whole: Place, kind: Any = _PlainLoader) -> None:
        self._kind = kind
        self._text = text
        self._whole = whole
        self._places: dict[KeyPath, Place] = {(): whole}
        self._loader: Any = None

    def composition(self) -> Composition:
        root = self._root()
        if root is None:
            return self._composed({})
        if not isinstance(root, yaml.MappingNode):
            self._fail(
                "The file must hold keys and values.", "Begin with a section: `runtime:`.", root
            )
        return self._composed(self._section(root, ()))

    def _composed(self, values: dict[str, Any]) -> Composition:
        path = self._whole.path
        return Composition(values, self._places, () if path is None else (path,))

    def value(self) -> Any:
        root = self._root()
        return None if root is None else self._plain(root)

    def _root(self) -> yaml.Node | None:
        try:
            self._loader = self._kind(self._text)
            root: yaml.Node | None = self._loader.get_single_node()
        except yaml.YAMLError as error:
            raise self._syntax_error(error) from error
        return root

    def _section(self, node: yaml.MappingNode, section: KeyPath) -> dict[str, Any]:
        if node.tag != _TAG + "map":
            self._fail(*_TAGGED, node)
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = (*section, self._key(key_node))
            if key[-1] in values:
                first = self._places[key].line
                self._fail(
                    f"`{key[-1]}` stands here twice, first in line {first}.",
                    "Keep one of them.",
                    key_node,
                )
            self._places[key] = self._place(key_node)
            is_section = isinstance(value_node, yaml.MappingNode)
            values[key[-1]] = (
                self._section(value_node, key) if is_section else self._plain(value_node)
            )
        return values

    def _key(self, node: yaml.Node) -> str:
        if node.tag != _TAG + "str" or not isinstance(node, yaml.ScalarNode):
            self._fail("A key must be a word.", "Put it in quotes if it is meant so.", node)
        return str(node.value)

    def _plain(self, node: yaml.Node) -> Any:
        try:
            return _constructed(self._loader, node)
        except yaml.YAMLError as error:
            raise self._syntax_error(error) from error
        except (ValueError, LookupError):
            # PyYAML's converters stumble over texts that only look like their type: `0x_`.
            self._fail("This value cannot be read.", "Put it in quotes if it is text.", node)

    def _place(self, node: yaml.Node) -> Place:
        return self._at(node.start_mark.line + 1)

    def _at(self, line: int) -> Place:
        if self._whole.path is None:
            return self._whole
        return Place(self._whole.layer, self._whole.path, line)

    def _fail(self, message: str, hint: str, node: yaml.Node) -> NoReturn:
        raise self._place(node).error(message, hint)

    def _syntax_error(self, error: yaml.YAMLError) -> ConfigError:
        if isinstance(error, yaml.MarkedYAMLError):
            return self._marked_error(error)
        line = self._text.count("\n", 0, getattr(error, "position", 0)) + 1
        return self._at(line).error("There is a control character here.", "Delete it.")

    def _marked_error(self, error: yaml.MarkedYAMLError) -> ConfigError:
        problem = error.problem or "unknown error"
        mark = error.problem_mark
        if "stream" in problem and error.context_mark is not None:
            # The end of the file is where it was noticed; the quote or bracket opened here.
            mark = error.context_mark
        place = self._whole if mark is None else self._at(mark.line + 1)
        for part, message, hint in _PLAIN_WORDS:
            if part in problem:
                return place.error(message, hint)
        return place.error(f"This is not valid YAML: {problem}.", _INDENTATION_HINT)


def _constructed(loader: Any, node: yaml.Node) -> Any:
    value = loader.construct_object(node, deep=True)
    # Refuses what no text can hold: half a surrogate pair, an endless number.
    json.dumps(value, ensure_ascii=False).encode()
    return value
