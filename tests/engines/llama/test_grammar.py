"""Answers that hold to a grammar of the caller's, and how likely their tokens were."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import pairwise

import pytest

from core.engines.llama.engine import LlamaEngine
from core.engines.protocol import GenerationRequest, Message
from core.errors import EngineCrashed, InvalidInput
from tests import tiny_models
from tests.engines.contract import answer
from tests.engines.llama.conftest import Models, Open, spec_for

ASK = GenerationRequest((Message.text("user", "hola"),), max_tokens=64, temperature=0)
AMBIGUOUS = 'root ::= s\ns ::= [!-~] s "b" | [!-~] s "c" | [!-~]'
FOREVER = "".join(f"a{n} ::= a{n + 1} | a{n + 1}\n" for n in range(60)) + 'a60 ::= "x"\n'


def test_a_model_that_says_what_the_grammar_says_is_not_disturbed(scripted: LlamaEngine) -> None:
    grammar = f'root ::= "{tiny_models.REPLY}" | "something else"'
    text, completion = answer(scripted, replace(ASK, grammar=grammar))
    assert text == tiny_models.REPLY
    assert completion.finish_reason == "stop"


def test_a_model_that_would_say_something_else_says_what_the_grammar_says(
    scripted: LlamaEngine,
) -> None:
    text, completion = answer(scripted, replace(ASK, grammar='root ::= "Ho" ("no" | "do") "r€"'))
    assert text in ("Honor€", "Hodor€")
    assert completion.finish_reason == "stop"


@pytest.mark.parametrize("temperature", [0, 1.5])
def test_any_model_follows_a_grammar(endless: LlamaEngine, temperature: float) -> None:
    request = replace(ASK, grammar='root ::= [0-9]{3} ñ+\nñ ::= "€"', temperature=temperature)
    with pytest.raises(InvalidInput, match="error parsing grammar"):
        answer(endless, request)
    text, completion = answer(
        endless, replace(request, grammar='root ::= [0-9]{3} [é-ü€]{2,4} "."')
    )
    assert re.fullmatch(r"\d{3}[é-ü€]{2,4}\.", text)
    assert completion.finish_reason == "stop"


def test_text_is_never_malformed(endless: LlamaEngine) -> None:
    grammar = r"root ::= [^\x00-\x7F]{40}"
    request = replace(ASK, grammar=grammar, temperature=5.0, top_p=1, max_tokens=400)
    for seed in range(4):
        text, completion = answer(endless, replace(request, seed=seed))
        assert completion.finish_reason == "stop"
        assert len(text) == 40
        assert "\ufffd" not in text


def test_no_control_token_passes_for_text(endless: LlamaEngine) -> None:
    text, completion = answer(endless, replace(ASK, grammar='root ::= "<|im_start|>"'))
    assert text == "<|im_start|>"
    assert completion.usage.completion_tokens == len("<|im_start|>")


@pytest.mark.parametrize(
    ("grammar", "reason"),
    [
        ("root ::= (", "error parsing grammar"),
        ('start ::= "a"', "does not contain a 'root' symbol"),
        ("root ::= other", "Undefined rule identifier 'other'"),
        ('root ::= root "a" | "b"', "left recursion"),
        ('root ::= "a"{3000}', "repetitions exceeds"),
        (f'root ::= "{"a" * 20_000}"{{2000}}', "long repetitions"),
        ("root ::= " + "(" * 5000 + '"a"' + ")" * 5000, "nested deeper"),
        ('root ::= "a" # ' + "x" * 300_000, "bytes"),
        ("root ::= " + "a" * 60 + "\n" + "\0", "NUL"),
    ],
    ids=lambda value: value if len(value) < 30 else "",
)
def test_a_grammar_that_cannot_be_used_is_refused(
    endless: LlamaEngine, grammar: str, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason) as caught:
        answer(endless, replace(ASK, grammar=grammar))
    assert caught.value.key == "grammar"
    assert endless.alive()
    assert answer(endless, ASK)[0]


def test_a_long_chain_of_rules_is_no_danger(endless: LlamaEngine) -> None:
    names = [f"{n:x}" for n in range(0xA000, 0xA000 + 18_000)]
    chain = "".join(f"{a}::={b}\n" for a, b in pairwise(names))
    grammar = f'root::={names[0]}\n{chain}{names[-1]}::="ok"\n'
    assert answer(endless, replace(ASK, grammar=grammar))[0] == "ok"


def test_a_grammar_that_leads_nowhere_is_refused(endless: LlamaEngine) -> None:
    with pytest.raises(InvalidInput, match="No token of this model"):
        answer(endless, replace(ASK, grammar=r'root ::= "a" [\x00]'))
    assert answer(endless, ASK)[0]


def test_a_grammar_with_too_many_readings_is_given_up(endless: LlamaEngine) -> None:
    with pytest.raises(InvalidInput, match="too many ways to read"):
        answer(endless, replace(ASK, grammar=AMBIGUOUS))
    assert answer(endless, ASK)[0]


def test_a_grammar_that_llama_cpp_never_finishes_reading_ends_its_worker_only(
    models: Models, open_llama: Open
) -> None:
    engine = open_llama(spec_for(models.random))
    with pytest.raises(EngineCrashed, match="SIGPROF") as caught:
        answer(engine, replace(ASK, grammar=f"root ::= a0\n{FOREVER}"))
    assert "grammar" in caught.value.hint


def test_logprobs_tell_how_likely_each_token_was(scripted: LlamaEngine) -> None:
    text, completion = answer(scripted, replace(ASK, top_logprobs=3))
    assert len(completion.logprobs) == completion.usage.completion_tokens
    assert "".join(token.text for token in completion.logprobs) == text == tiny_models.REPLY
    for token in completion.logprobs:
        likeliest, *others = token.top
        assert likeliest == (token.text, token.logprob)
        assert token.logprob < 0
        assert len(others) == 2
        assert all(logprob <= token.logprob for _, logprob in others)


def test_logprobs_are_those_of_the_model_not_of_the_sampling(endless: LlamaEngine) -> None:
    hot = replace(ASK, temperature=2.0, seed=3, top_logprobs=20, max_tokens=1)
    _, first = answer(endless, hot)
    _, greedy = answer(endless, replace(ASK, top_logprobs=20, max_tokens=1))
    assert dict(first.logprobs[0].top) == pytest.approx(dict(greedy.logprobs[0].top), abs=1e-3)
    held = replace(hot, grammar='root ::= "é"')
    _, steered = answer(endless, replace(held, max_tokens=9))
    assert [token.text for token in steered.logprobs] == ["\ufffd", "\ufffd"]
    assert steered.logprobs[0].logprob < steered.logprobs[0].top[-1][1]
    assert dict(steered.logprobs[0].top) == pytest.approx(dict(first.logprobs[0].top), abs=1e-3)


def test_logprobs_are_a_distribution(endless: LlamaEngine) -> None:
    _, completion = answer(endless, replace(ASK, top_logprobs=20, max_tokens=4))
    for token in completion.logprobs:
        assert sum(math.exp(logprob) for _, logprob in token.top) < 1
    assert answer(endless, ASK)[1].logprobs == ()
    with pytest.raises(InvalidInput, match="alternatives"):
        answer(endless, replace(ASK, top_logprobs=21))
