"""What a request asks of the form of its answer, made ready for sampling.

Owns the choice of grammar for one request; knows nothing of prompts.
"""

from __future__ import annotations

from core.engines.llama.grammar import Grammar
from core.engines.llama.json_grammar import json_grammar
from core.engines.llama.logprobs import Logprobs
from core.engines.llama.native_vocabulary import Vocabulary
from core.engines.llama.sampling import Sampler
from core.engines.protocol import GenerationRequest


def open_sampler(request: GenerationRequest, vocabulary: Vocabulary) -> Sampler:
    """The sampler for one answer; close it.

    Raises: InvalidInput, for a schema or grammar that cannot be used.
    """
    logprobs = Logprobs(vocabulary, request.top_logprobs) if request.top_logprobs else None
    grammar = _grammar(request, vocabulary)
    return Sampler(request.temperature, request.top_p, request.seed, grammar, logprobs)


def _grammar(request: GenerationRequest, vocabulary: Vocabulary) -> Grammar | None:
    if request.json_schema is not None:
        return Grammar(vocabulary, json_grammar(dict(request.json_schema)), "json_schema")
    if request.grammar:
        return Grammar(vocabulary, request.grammar, "grammar")
    return None
