"""Chat templates: programs from downloaded files, rendered in a sandbox."""

from __future__ import annotations

import resource
import signal
from pathlib import Path

import numpy as np
import pytest

from core.engines.llama.prompt.chat_template import ChatTemplate
from core.engines.llama.prompt.control_guard import ControlGuard
from core.engines.protocol import Completion, GenerationRequest, Message
from core.errors import EngineCrashed, EngineFailed
from core.media.content import RgbImage
from tests import tiny_models
from tests.engines.contract import answer
from tests.engines.llama.conftest import Open, spec_for
from tests.gguf_fixtures.vocabulary import CHAT_TEMPLATE

USER = Message.text("user", "hola")
ENDLESS = "".join(f"{{% for {name} in range(99999) %}}" for name in "abcd") + "{% endfor %}" * 4


def template(source: str) -> ChatTemplate:
    marks = {"bos_token": "<s>", "eos_token": "</s>"}
    return ChatTemplate(source, model="m", guard=ControlGuard(("<|im_end|>",)), **marks)


def image() -> RgbImage:
    return RgbImage(np.zeros((4, 4, 3), dtype=np.uint8))


def test_templates_have_what_their_authors_expect() -> None:
    source = (
        "{{ bos_token }}\n"
        "  {%- for m in messages %}\n"
        "{% generation %}[{{ m.role }}] {{ m.content | tojson }}{% endgeneration %}\n"
        "{% break %}\n"
        "{% endfor %}\n"
        "{{ strftime_now('%Y') | length }}{{ eos_token }}{{ add_generation_prompt }}"
    )
    rendered = template(source).render([Message.text("user", 'ñ "x"'), USER])
    assert rendered == ['<s>[user] "ñ \\"x\\""4</s>True']


def test_media_stand_where_the_message_has_them() -> None:
    first, second = image(), image()
    message = Message("user", ("a", first, "b", second))
    prompt = template("<{{ messages[0].content }}>").render([message])
    assert prompt[0] == "<a"
    assert prompt[1] is first
    assert prompt[2] == "b"
    assert prompt[3] is second
    assert prompt[4] == ">"


def test_templates_that_only_read_typed_parts() -> None:
    source = "{% for p in messages[0].content %}{% if p.type == 'text' %}{{ p.text }}{% endif %}"
    assert template(source + "{% endfor %}").render([USER]) == ["hola"]


def test_a_template_that_drops_media_is_an_error() -> None:
    with pytest.raises(EngineFailed, match="no place for 1 image"):
        template("{{ messages[1].content }}").render([Message("user", (image(),)), USER])


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ messages.append(1) }}", "unsafe"),
        ("{% for i in range(10**12) %}{% endfor %}", "Range too big"),
        ("{{ raise_exception('roles must alternate') }}", "roles must alternate"),
        ("{% fxr %}", "unknown tag"),
        ("{{ missing.attribute }}", "undefined"),
        ("{{ 'x' * 10**12 }}", "MemoryError"),
        ("{{ 'x' * (2 * 10**9) }}", "MemoryError"),
        ("{{ 'x' * (20 * 2**20) }}", "20971520 characters of 4"),
    ],
)
def test_hostile_and_broken_templates_are_errors(source: str, reason: str) -> None:
    with pytest.raises(EngineFailed, match=reason):
        template(source).render([USER])


def test_a_template_that_takes_too_much_memory_costs_one_request(
    tmp_path: Path, open_llama: Open
) -> None:
    bomb = "{% if messages[0].content == 'boom' %}{{ 'x' * 10**10 }}{% endif %}" + CHAT_TEMPLATE
    engine = open_llama(spec_for(tiny_models.scripted_text(tmp_path, chat_template=bomb)))
    beside = engine.generate(GenerationRequest((USER,), temperature=0))
    next(beside)
    with pytest.raises(EngineFailed, match="MemoryError"):
        answer(engine, GenerationRequest((Message.text("user", "boom"),)))
    *_, last = beside
    assert isinstance(last, Completion)
    assert last.finish_reason == "stop"


def test_the_timer_is_off_after_a_rendering() -> None:
    template("{{ messages[0].content }}").render([USER])
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_the_limit_on_memory_is_off_after_a_rendering() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    template("{{ messages[0].content }}").render([USER])
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_template_without_end_ends_its_worker_only(tmp_path: Path, open_llama: Open) -> None:
    path = tiny_models.scripted_text(tmp_path, chat_template=ENDLESS)
    engine = open_llama(spec_for(path))
    with pytest.raises(EngineCrashed, match="SIGPROF") as caught:
        answer(engine, GenerationRequest((USER,)))
    assert "template" in caught.value.hint
    assert not engine.alive()


def test_the_first_token_is_not_written_twice(tmp_path: Path, open_llama: Open) -> None:
    plain, marked = (
        open_llama(
            spec_for(
                tiny_models.scripted_text(
                    tmp_path, chat_template=mark + CHAT_TEMPLATE, add_bos=True, name=name
                )
            )
        )
        for name, mark in (("plain", ""), ("marked", "{{ bos_token }}"))
    )
    assert marked.count_tokens([USER]) == plain.count_tokens([USER])


def test_an_empty_prompt_is_refused(tmp_path: Path, open_llama: Open) -> None:
    engine = open_llama(spec_for(tiny_models.scripted_text(tmp_path, chat_template="{# #}")))
    with pytest.raises(EngineFailed, match="empty prompt"):
        answer(engine, GenerationRequest((USER,)))
    assert engine.alive()
