"""How model families write tool calls, told by their chat templates.

Owns the table of formats; knows nothing of streams and tokens. How a call is read lies in
`tool_parsers`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.engines.llama.schema.gbnf import Rules, literal
from core.engines.llama.schema.json_grammar import SPACE, JsonRules
from core.engines.llama.tools.parsers import (
    Parameters,
    RawCall,
    bracketed_calls,
    json_calls,
    python_calls,
    xml_calls,
)
from core.engines.protocol import Tool
from core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class ToolFormat:
    """One way of writing tool calls.

    Args:
        signs: what the templates of this family hold.
        begin, end: around calls; `end` may be missing from an answer. Without `begin`, an
            answer that is nothing but a call is one.
        read: the calls in a text between `begin` and `end`, ValueError when it holds none.
        arguments: under which name a call in JSON has its arguments.
        in_list: whether calls in JSON stand in a list.
    """

    signs: tuple[str, ...]
    begin: str
    end: str
    read: Callable[[str, Parameters], list[RawCall]]
    arguments: str = "arguments"
    in_list: bool = False

    @property
    def marks(self) -> frozenset[str]:
        """Markup that calls are written with."""
        return frozenset({self.begin, self.end, "<|python_tag|>", "[CALL_ID]", "[ARGS]"})

    def grammar(self, tools: Sequence[Tool]) -> str:
        """GBNF of one call of one of `tools`, as JSON, after `begin`.

        Raises: InvalidInput, for parameters that cannot be enforced.
        """
        rules = Rules("tools")
        calls = " | ".join(self._call(rules, tool) for tool in tools)
        body = f'"[" ({calls}) "]"' if self.in_list else calls
        return rules.text(rules.add(body))

    def _call(self, rules: Rules, tool: Tool) -> str:
        # A tool takes what it names, though a schema that says nothing else would allow all.
        parameters = {"type": "object", "additionalProperties": False, **tool.parameters}
        try:
            arguments = JsonRules(rules, parameters).value(parameters)
        except InvalidInput as error:
            reason = f"The parameters of {tool.name}: {error.message}"
            raise InvalidInput(reason, key="tools", hint=error.hint) from error
        head = literal(f'{{"name": {json.dumps(tool.name)}, "{self.arguments}": ')
        return rules.add(f'{head} {arguments} {SPACE} "}}"')

    def written(self, calls: Sequence[Mapping[str, Any]]) -> str:
        """Calls as JSON, each with `name` and `arguments`."""
        listed = [{"name": call["name"], self.arguments: call["arguments"]} for call in calls]
        return self.begin + json.dumps(listed, ensure_ascii=False) + self.end


_TAG, _TAG_END = "<tool_call>", "</tool_call>"
_LFM, _LFM_END = "<|tool_call_start|>", "<|tool_call_end|>"
FORMATS = (
    ToolFormat(("<function=", _TAG), _TAG, _TAG_END, xml_calls),
    ToolFormat((_TAG,), _TAG, _TAG_END, json_calls),
    ToolFormat(("[TOOL_CALLS]",), "[TOOL_CALLS]", "", bracketed_calls, in_list=True),
    ToolFormat(("<|tool_list_start|>",), _LFM, _LFM_END, python_calls, in_list=True),
    ToolFormat((_LFM,), _LFM, _LFM_END, python_calls, in_list=True),
    ToolFormat(('"parameters": dictionary of',), "", "", json_calls, arguments="parameters"),
)
"""The first whose signs a template holds is its format: Qwen3-Coder, Hermes and Qwen, Mistral,
LFM2, LFM2.5, Llama 3."""
FOREIGN = ("<arg_key>", "]<]minimax[>[")
"""What only templates hold whose calls look like one of these formats and are not: GLM,
MiniMax."""


def tool_format(template: str) -> ToolFormat | None:
    """The format of the models that `template` is for; None when it is none of these, or the
    template does not tell the model of tools."""
    if not re.search(r"\btools\b", template) or any(sign in template for sign in FOREIGN):
        return None
    return next((each for each in FORMATS if all(sign in template for sign in each.signs)), None)
