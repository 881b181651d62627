"""CodeFixer: code in, a proved change or the honest word that there is none.

Owns the way in and out of the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from agents.developer.graph import developer_graph
from agents.developer.result import FixResult, confidence_of, unified_diff
from agents.developer.state import FixContext, FixState, Step
from core.cancellation import Cancellation
from core.checking import CodeFile, CodeLanguage, Project, Verdict, check, language_of
from core.errors import InvalidInput
from core.language import turn_language
from core.model_pool import ModelPool
from core.routing.selection import ModelSelector
from core.routing.selection.pooled import selector_for
from core.sandbox import Limits
from core.state import Language

PASSED_BEFORE = "The check passed before the change too, so it does not prove it."


class CodeFixer:
    """Mends code with the models of a pool; threads may share it.

    Args:
        strategy: the table by which each step's model is chosen; None is selection.strategy.
    """

    def __init__(
        self,
        pool: ModelPool,
        *,
        strategy: str | None = None,
        selector: ModelSelector | None = None,
    ) -> None:
        self._pool = pool
        self._selector = selector or selector_for(pool)
        self._strategy = strategy or pool.settings.selection.strategy

    def fix_code(
        self,
        code: str,
        error_message: str = "",
        *,
        filename: str = "",
        code_language: CodeLanguage | None = None,
        command: str = "",
        folder: Path | None = None,
        language: Language | None = None,
        document: bool = True,
        follow: Callable[[Step], None] | None = None,
        cancel: Cancellation | None = None,
    ) -> FixResult:
        """Find what is wrong, change it, and prove that it is right now.

        Nothing is written anywhere.

        Args:
            code: the whole file.
            error_message: what a compiler, a test or a user says of it; without one, the check's
                own complaint.
            filename: its path in `folder`, for its language and for messages.
            command: a check of the caller's, a line of sh run in a copy of `folder` with the
                changed file in it.
            language: what the models answer in; None is that of the error and the code.
            document: whether the change is explained.
            follow: hears of each step as it begins.

        Raises:
            InvalidInput: there is no code, or nothing to be mended is known.
            SandboxUnavailable: the folder is larger than the workspace.
            ModelError: no model could be asked.
            Cancelled: on request.
        """
        if not code.strip():
            raise InvalidInput("There is no code.", key="code")
        file = CodeFile(code, code_language or language_of(filename, code), filename)
        project = self._project(folder, command)
        before = check(file, project)
        error = error_message.strip() or before.complaint()
        if not error:
            raise InvalidInput(
                f"Nothing to mend is known. {before.told()}",
                key="error_message",
                hint="Give an error message, or a command that fails.",
            )
        context = FixContext(
            pool=self._pool,
            selector=self._selector,
            strategy=self._strategy,
            project=project,
            cancel=cancel or Cancellation(),
            follow=follow or (lambda _: None),
            document=document,
        )
        given: FixState = {
            "file": file,
            "error": error,
            "language": language or turn_language(f"{error_message}\n{code}"),
            "before": before,
        }
        ended = developer_graph().invoke(given, context=context)
        return _result(cast(FixState, ended), before)

    def _project(self, folder: Path | None, command: str) -> Project:
        wanted = self._pool.settings.developer
        return Project(
            folder=folder,
            command=command,
            readable=wanted.readable_folders,
            limits=Limits(
                wall_s=wanted.check_timeout_s,
                cpu_s=max(1, round(wanted.check_timeout_s)),
                memory_mb=wanted.memory_mb,
                processes=wanted.processes,
                workspace_mb=wanted.workspace_mb,
            ),
        )


def _result(state: FixState, before: Verdict) -> FixResult:
    last, file = state["attempts"][-1], state["file"]
    verdict = last.verdict
    success = not last.objection and last.code is not None and verdict is not None
    warnings = [*state.get("warnings", ()), *(verdict.missing if verdict else before.missing)]
    if success and before.passed:
        warnings.append(PASSED_BEFORE)
    return FixResult(
        success=success,
        fixed_code=last.code if success and last.code is not None else file.code,
        diagnosis=state["diagnosis"],
        changes_made=unified_diff(file.code, last.code or "", file.path.name) if success else "",
        confidence=confidence_of(verdict, passed_before=before.passed)
        if success and verdict
        else 0.0,
        check=verdict.told() if verdict else last.objection,
        attempts=tuple(state["attempts"]),
        explanation=state.get("explanation", ""),
        models=state["models"],
        warnings=tuple(dict.fromkeys(warnings)),
    )
