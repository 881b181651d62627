"""Strategies: the shipped tables, one's own, and what each would take."""

from __future__ import annotations

from typing import get_args

import pytest

from core.errors import InvalidInput
from core.routing.selection import (
    LOCAL_MODELS,
    ROUTING_RULES,
    LocalModel,
    ModelCapabilities,
    ModelSelector,
    TaskType,
    create_auto_selector,
    create_default_selector,
    create_fast_selector,
    create_low_ram_selector,
    create_quality_selector,
)
from core.routing.selection.catalogue import shipped
from core.settings import Settings
from core.settings.selection import SelectionSettings, StrategyName
from core.state import DeveloperTask, Task

CODER_14B = "qwen2.5-coder:14b"
STEPS = ("analyze", "fix", "validate", "document")
PUBLISHED = {
    "balanced": ("gemma2:2b", CODER_14B, "gemma2:2b", "llama3.2:3b"),
    "quality": ("gemma2:9b", CODER_14B, "gemma2:9b", "gemma2:9b"),
    "fast": ("gemma2:2b", "gemma2:2b", "gemma2:2b", "llama3.2:1b"),
    "low_ram": ("llama3.2:1b", "gemma2:2b", "llama3.2:1b", "llama3.2:1b"),
    "single": (CODER_14B,) * 4,
}


def with_strategies(settings: Settings, **selection: object) -> Settings:
    return settings.model_copy(update={"selection": SelectionSettings.model_validate(selection)})


@pytest.mark.parametrize("strategy", PUBLISHED)
def test_the_tables_are_those_that_were_published(settings: Settings, strategy: str) -> None:
    selector = ModelSelector(strategy, settings=settings)
    assert tuple(selector.get_model_for_task(step) for step in STEPS) == PUBLISHED[strategy]


@pytest.mark.parametrize(
    ("strategy", "peak_gb", "mean_gb", "time_s"),
    [
        ("balanced", 8.5, 3.9, 233),
        ("quality", 8.5, 6.5, 367),
        ("fast", 1.6, 1.6, 100),
        ("low_ram", 1.6, 1.4, 83),
        ("single", 8.5, 8.5, 500),
    ],
)
def test_declared_memory_and_time_of_the_three_steps(
    settings: Settings, strategy: str, peak_gb: float, mean_gb: float, time_s: float
) -> None:
    selector = ModelSelector(strategy, settings=settings)
    assert selector.estimate_memory_usage() == peak_gb
    assert selector.estimate_total_time() == pytest.approx(time_s, abs=0.5)
    info = selector.compare_strategies()[strategy]
    assert info == selector.get_strategy_info()
    assert info.memory_mean_gb == pytest.approx(mean_gb, abs=0.05)


def test_every_strategy_names_a_known_model_for_every_task_and_so_do_the_rules() -> None:
    assert set(shipped().strategies) | {"auto"} == set(get_args(StrategyName))
    assert {str(task) for task in TaskType} == {*get_args(Task), *get_args(DeveloperTask)}
    for strategy in shipped().strategies.values():
        assert set(strategy.models) == set(TaskType)
        assert set(strategy.models.values()) <= set(LOCAL_MODELS)
    assert set(ROUTING_RULES) == set(TaskType)
    assert {model for models in ROUTING_RULES.values() for model in models} <= set(LOCAL_MODELS)


def test_no_table_names_the_model_that_does_not_fit(settings: Settings) -> None:
    selector = ModelSelector(settings=settings)
    assert "gemma2:27b" not in selector.list_available_models()
    assert selector.get_model_config("gemma2:27b").problem == (
        "it takes 15259 MiB and models may take 14336"
    )
    for table in selector.TASK_MODEL_MAPPING.values():
        assert set(table.values()) <= set(selector.list_available_models())


def test_a_table_that_names_it_gets_the_next_best_and_the_reason(selector: ModelSelector) -> None:
    selector.TASK_MODEL_MAPPING["quality"]["reasoning"] = "gemma2:27b"
    found = selector.select("reasoning", strategy="quality")
    assert found.model == "qwen2.5:14b-instruct-q4_K_M"
    assert found.reason.startswith("quality names gemma2:27b, but it takes 15259 MiB")


def test_an_edit_stays_in_its_instance(settings: Settings) -> None:
    edited, other = ModelSelector(settings=settings), ModelSelector(settings=settings)
    edited.TASK_MODEL_MAPPING["balanced"]["fix"] = "deepseek-coder:16b"
    edited.local_models.clear()
    edited.routing_rules[TaskType.CODING].clear()
    later = ModelSelector(settings=settings)
    for selector in (other, later):
        assert selector.get_model_for_task("fix") == CODER_14B
        assert selector.local_models
        assert selector.routing_rules[TaskType.CODING]
    assert edited.TASK_MODEL_MAPPING["balanced"]["fix"] == "deepseek-coder:16b"


def test_an_edit_counts_at_the_next_call(selector: ModelSelector) -> None:
    selector.TASK_MODEL_MAPPING["balanced"]["fix"] = "deepseek-coder:16b"
    assert selector.get_model_for_task("fix") == "deepseek-coder:16b"


def test_a_strategy_of_ones_own(selector: ModelSelector) -> None:
    selector.add_strategy("night", {"fix": "codellama:13b"})
    assert selector.select("fix", strategy="night").model == "codellama:13b"
    assert selector.get_strategy_info("night", ["fix"]).memory_peak_gb == 7.4
    with pytest.raises(InvalidInput, match="night has no model for coding"):
        selector.select("coding", strategy="night")
    selector.fallback_model = "gemma2:9b"
    found = selector.select("coding", strategy="night")
    assert (found.model, found.reason) == (
        "gemma2:9b",
        "night has no model for coding; it is the fallback model.",
    )


def test_a_table_with_gaps_is_compared_as_far_as_it_goes(selector: ModelSelector) -> None:
    selector.add_strategy("night", {"fix": "codellama:13b"})
    info = selector.compare_strategies()["night"]
    assert (info.models, info.memory_peak_gb, info.total_time_s) == (("codellama:13b",), None, None)
    selector.fallback_model = "gemma2:2b"
    info = selector.compare_strategies()["night"]
    assert (info.models, info.memory_peak_gb) == (("gemma2:2b", "codellama:13b"), 7.4)
    with pytest.raises(InvalidInput, match="fixx"):
        selector.estimate_total_time(["fixx"])


def test_a_wrong_line_of_a_new_strategy_changes_nothing(selector: ModelSelector) -> None:
    for table in ({"fix": "codellama:13b", "fixx": "gemma2:2b"}, {"fix": "codelama:13b"}):
        with pytest.raises(InvalidInput, match="named"):
            selector.add_strategy("night", table)
    assert "night" not in selector.TASK_MODEL_MAPPING


def test_strategies_of_the_configuration_lie_over_the_shipped_ones(settings: Settings) -> None:
    own = {"balanced": {"fix": "deepseek-coder:16b"}, "night": {"fix": "gemma2:9b"}}
    configured = with_strategies(settings, strategies=own, strategy="night")
    selector = ModelSelector(settings=configured)
    assert selector.get_model_for_task("fix") == "gemma2:9b"
    assert selector.select("fix", strategy="balanced").model == "deepseek-coder:16b"
    assert selector.select("analyze", strategy="balanced").model == "gemma2:2b"


@pytest.mark.parametrize(
    ("call", "nearest"),
    [
        (lambda s: s.get_model_for_task("fixx"), "Did you mean fix?"),
        (lambda s: s.select("fix", strategy="balance"), "Did you mean balanced?"),
        (lambda s: s.get_model_config("gema2:2b"), "Did you mean gemma2:2b?"),
        (lambda s: s.get_strategy_info("zzz"), "There are balanced, quality, fast"),
    ],
)
def test_a_name_that_nobody_knows_is_told_the_nearest(
    selector: ModelSelector, call: object, nearest: str
) -> None:
    assert callable(call)
    with pytest.raises(InvalidInput) as raised:
        call(selector)
    assert nearest in raised.value.hint


def test_unknown_names_at_construction(settings: Settings) -> None:
    with pytest.raises(InvalidInput, match="No strategy"):
        ModelSelector("bestest", settings=settings)
    with pytest.raises(InvalidInput, match="No model"):
        ModelSelector(fallback_model="gemma2:28b", settings=settings)


def test_a_model_of_unknown_size_is_not_counted_as_nothing(selector: ModelSelector) -> None:
    selector.local_models["mystery"] = LocalModel("Mystery", "mystery:latest")
    selector.add_strategy("odd", {"fix": "mystery:latest", "analyze": "gemma2:2b"})
    selector.strategy = "odd"
    assert selector.estimate_memory_usage(["analyze", "fix"]) is None
    assert selector.estimate_total_time(["analyze", "fix"]) is None
    assert selector.get_model_for_task("fix") == "mystery"


def test_a_model_added_for_all_is_chosen_by_new_selectors(settings: Settings) -> None:
    LOCAL_MODELS["new"] = LocalModel(
        name="New",
        model_id="new:latest",
        provider="ollama",
        capabilities=ModelCapabilities(
            max_tokens=8192,
            context_window=131072,
            strengths=["writing"],
            weaknesses=[],
            speed_rating=8,
            quality_rating=8,
            memory_usage_gb=8,
        ),
    )
    ROUTING_RULES[TaskType.WRITING].insert(0, "new")
    try:
        assert ModelSelector(settings=settings).select("writing").model == "new"
    finally:
        del LOCAL_MODELS["new"]
        ROUTING_RULES[TaskType.WRITING].remove("new")
    assert ModelSelector(settings=settings).select("writing").model == "ministral-3:8b"


def test_the_shorthands() -> None:
    made = {
        create().strategy
        for create in (
            create_default_selector,
            create_quality_selector,
            create_fast_selector,
            create_low_ram_selector,
            create_auto_selector,
        )
    }
    assert made == {"balanced", "quality", "fast", "low_ram", "auto"}


@pytest.mark.parametrize(
    ("text", "strategy"),
    [
        ("error: expected ';' before '}' token", "fast"),
        ("NameError: name 'foo' is not defined", "fast"),
        ("TypeError: unsupported operand type(s) for +: 'int' and 'str'", "balanced"),
        ("", "balanced"),
        ("name 'room' is not defined; zoom was interrupted", "fast"),
        ("assert zoom(room) == KeyboardInterrupt", "balanced"),
        ("Guru Meditation Error: Core 0 panic'ed (LoadProhibited)", "quality"),
        ("Segmentation fault (core dumped)", "quality"),
        ("SyntaxError, and then a segfault in the handler", "quality"),
        ("\n".join(["SyntaxError: invalid syntax"] * 40), "quality"),
    ],
)
def test_auto_goes_by_the_complexity_of_the_error(
    selector: ModelSelector, text: str, strategy: str
) -> None:
    found = selector.select("fix", strategy="auto", text=text)
    assert found.strategy == strategy
    assert f"auto took {strategy}" in found.reason


@pytest.mark.parametrize(
    ("difficulty", "strategy"), [(0.0, "fast"), (0.33, "fast"), (0.5, "balanced"), (0.9, "quality")]
)
def test_auto_goes_by_a_given_difficulty_before_the_text(
    selector: ModelSelector, difficulty: float, strategy: str
) -> None:
    found = selector.select(
        "coding", strategy="auto", text="Segmentation fault", difficulty=difficulty
    )
    assert found.strategy == strategy


def test_a_difficulty_is_between_0_and_1(selector: ModelSelector) -> None:
    with pytest.raises(InvalidInput, match="difficulty is 7"):
        selector.select("coding", strategy="auto", difficulty=7)
