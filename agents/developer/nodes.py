"""The steps of mending code, each one model's answer or the tools' word.

Owns the steps; their order is the graph's.
"""

from __future__ import annotations

from collections.abc import Sequence

from langgraph.runtime import Runtime

from agents.agent import Answer, Question
from agents.answering import answer
from agents.developer import prompts
from agents.developer.answer_code import code_in
from agents.developer.result import Attempt, unified_diff
from agents.developer.state import FixContext, FixState
from core.checking import CodeFile, Verdict, check, why_vacuous
from core.errors import ModelError, ModelUnavailable
from core.routing.selection import Selection
from core.state import DeveloperTask, Preferences

SHORT_TOKENS = 256
TOKENS_PER_CHARACTER = 0.5  # code is dense; more room costs nothing when it is not used
CUT_OFF = "The answer ended before the code did."
NO_CODE = "The answer holds no code."


def analyze(state: FixState, runtime: Runtime[FixContext]) -> FixState:
    """What is wrong?"""
    context = runtime.context
    context.follow("analyze")
    made, chosen = _ask("analyze", state, context, [prompts.ANALYZE[state["language"]]])
    return {
        "diagnosis": made.text.strip(),
        "models": {"analyze": made.model},
        **_told(made, chosen),
    }


def fix(state: FixState, runtime: Runtime[FixContext]) -> FixState:
    """The whole file, corrected."""
    context, language = runtime.context, state["language"]
    context.follow("fix")
    words = [prompts.diagnosis_words(state["diagnosis"], language)]
    if tried := state.get("attempts"):
        words.append(prompts.failed_words(tried[-1].code, tried[-1].objection, language))
    words.append(prompts.FIX[language])
    room_tokens = int(len(state["file"].code) * TOKENS_PER_CHARACTER) + SHORT_TOKENS
    made, chosen = _ask("fix", state, context, words, max_tokens=room_tokens)
    code = code_in(made.text)
    update: FixState = {"answer": code, "models": {"fix": made.model}, **_told(made, chosen)}
    if code is None:
        why = CUT_OFF if made.finish_reason == "length" else NO_CODE
        update["attempts"] = [Attempt(made.model, None, None, why)]
    return update


def validate(state: FixState, runtime: Runtime[FixContext]) -> FixState:
    """The tools' word on the newest try."""
    context, file, code = runtime.context, state["file"], state.get("answer")
    if code is None:
        return {}
    context.follow("validate")
    code = _ended_as(file.code, code)
    objection = why_vacuous(file.code, code, file.language)
    verdict: Verdict | None = None
    if not objection:
        verdict = check(CodeFile(code, file.language, file.name), context.project)
        objection = "" if verdict.passed else verdict.complaint() or verdict.told()
    return {"attempts": [Attempt(state["models"]["fix"], code, verdict, objection)]}


def document(state: FixState, runtime: Runtime[FixContext]) -> FixState:
    """The change, explained. A fix that is proved is not lost for the lack of words on it."""
    context, language = runtime.context, state["language"]
    context.follow("document")
    file, code = state["file"], state["attempts"][-1].code
    diff = unified_diff(file.code, code or "", file.path.name)
    words = [prompts.change_words(diff, language), prompts.DOCUMENT[language]]
    try:
        made, chosen = _ask("document", state, context, words)
    except ModelError as error:
        return {"warnings": [f"The change could not be explained: {error}"]}
    return {
        "explanation": made.text.strip(),
        "models": {"document": made.model},
        **_told(made, chosen),
    }


def _ask(
    task: DeveloperTask,
    state: FixState,
    context: FixContext,
    words: Sequence[str],
    *,
    max_tokens: int = SHORT_TOKENS,
) -> tuple[Answer, Selection]:
    """The chosen model's answer. Greedy: the same code and error get the same fix.

    Raises: ModelUnavailable, when only embedded models are here: they cannot mend code.
    """
    file, language = state["file"], state["language"]
    chosen = context.selector.select(task, strategy=context.strategy, text=state["error"])
    if chosen.stand_in:
        raise ModelUnavailable(
            "The embedded demo models cannot mend code.",
            model=chosen.model,
            hint="`sarai models pull` gets real ones.",
        )
    beginning = prompts.code_words(file.path.name, file.code, state["error"], language)
    question = Question(
        parts=("\n\n".join((beginning, *words)),),
        language=language,
        preferences=Preferences(max_tokens=max_tokens, temperature=0.0),
        models=chosen.chain,
    )
    return answer(prompts.DEVELOPER, question, context.pool, cancel=context.cancel), chosen


def _told(made: Answer, chosen: Selection) -> FixState:
    """Fallbacks and forced models are never silent."""
    override = [f"{chosen.override} names {chosen.model}."] if chosen.override else []
    return {"warnings": [*override, *made.warnings]}


def _ended_as(before: str, code: str) -> str:
    """With the line ends of the file, and its last one as it was."""
    code = code.replace("\r\n", "\n").rstrip("\n")
    if before.endswith("\n"):
        code += "\n"
    return code.replace("\n", "\r\n") if "\r\n" in before else code
