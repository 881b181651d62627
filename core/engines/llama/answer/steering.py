"""What a request asks of the form of its answer, made ready for the loop that answers.

Owns the choice of grammar, of tools and of how text is read; knows nothing of evaluation.
"""

from __future__ import annotations

from collections.abc import Callable

from core.engines.llama.answer.answer_text import AnswerText
from core.engines.llama.answer.grammar import Grammar
from core.engines.llama.answer.logprobs import Logprobs
from core.engines.llama.answer.sampling import Sampler
from core.engines.llama.native.vocabulary import Vocabulary
from core.engines.llama.schema.json_grammar import json_grammar
from core.engines.llama.tools.formats import ToolFormat
from core.engines.llama.tools.text import ToolText
from core.engines.protocol import Completion, FinishReason, GenerationRequest, Tool, Usage
from core.errors import ModelLacksModality


class Steering:
    """One answer: chooses its tokens and reads them; close it.

    Args:
        request: checked by `check_request`.
        vocabulary: of the model that answers.
        form: how the model writes tool calls; None when it does not.
        model: its name, for errors.

    Raises:
        InvalidInput: for a schema or grammar that cannot be used.
        ModelLacksModality: for tools that the model cannot be told of.
    """

    def __init__(
        self,
        request: GenerationRequest,
        vocabulary: Vocabulary,
        form: ToolFormat | None,
        model: str,
    ) -> None:
        self.tools = () if request.tool_choice == "none" else request.tools
        if self.tools and form is None:
            raise ModelLacksModality(
                f"The chat template of {model} does not tell it of tools in a known way.",
                model=model,
                hint="Choose a model whose template takes tools, such as Qwen3 or LFM2.",
            )
        forced = _forced(request)
        self.opening = form.begin if form and forced else ""
        self._tool_text: ToolText | None = None
        grammar = _grammar(request, vocabulary, form.grammar(forced) if form and forced else "")
        logprobs = Logprobs(vocabulary, request.top_logprobs) if request.top_logprobs else None
        self.sampler = Sampler(request.temperature, request.top_p, request.seed, grammar, logprobs)
        self.text: AnswerText | ToolText = AnswerText(vocabulary.piece, request.stop)
        if form and self.tools:
            spelled = AnswerText(_spelling(vocabulary, form), request.stop)
            self._tool_text = ToolText(spelled, form, self.tools, begun=bool(forced))
            self.text = self._tool_text

    def completion(self, reason: FinishReason, usage: Usage) -> Completion:
        """The end of the answer, after `text.finish`."""
        calls = self._tool_text.calls if self._tool_text else ()
        problem = self._tool_text.problem if self._tool_text else ""
        return Completion(reason, usage, calls, self.sampler.logprobs, problem)

    def close(self) -> None:
        self.sampler.close()


def _forced(request: GenerationRequest) -> tuple[Tool, ...]:
    """The tools one of which must be called; none when that is left to the model."""
    if request.tool_choice == "required":
        return request.tools
    return tuple(tool for tool in request.tools if tool.name == request.tool_choice)


def _spelling(vocabulary: Vocabulary, form: ToolFormat) -> Callable[[int], bytes]:
    """How tokens are written: those that mark calls spelled out, other markup left out."""
    shown = {
        token
        for token in vocabulary.control_tokens
        if vocabulary.piece(token, special=True).decode("utf-8", "replace") in form.marks
    }
    return lambda token: vocabulary.piece(token, special=token in shown)


def _grammar(request: GenerationRequest, vocabulary: Vocabulary, calls: str) -> Grammar | None:
    if request.json_schema is not None:
        return Grammar(vocabulary, json_grammar(dict(request.json_schema)), "json_schema")
    if request.grammar:
        return Grammar(vocabulary, request.grammar, "grammar")
    return Grammar(vocabulary, calls, "tools") if calls else None
