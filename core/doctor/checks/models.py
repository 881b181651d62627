"""Each configured model: whether it is here, whole, and of a size that can ever fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.doctor.finding import Finding, fail, ok, warn
from core.doctor.limits import at_most
from core.doctor.scratch import scratch_folder
from core.doctor.servers import ANSWER_LIMIT_S, is_asked
from core.doctor.surroundings import Surroundings
from core.engines.table import check_available
from core.errors import ModelError, ModelUnavailable
from core.model_files.checksums import Checksums
from core.model_pool.fit import Candidate, fit
from core.model_pool.resolve import ConfiguredModels, ResolvedModel
from core.profiles import with_what_is_here
from core.pulling.wanted import pulled_profile
from core.settings.addresses import is_this_machine
from core.settings.models import ModelSettings
from core.settings.profiles import ROLES
from core.settings.schema import PathSettings, Settings
from core.storage.database import Database
from core.storage.folder import DataFolder


def check_models(around: Surroundings) -> Iterator[Finding]:
    settings = around.sound_settings
    with scratch_folder(around) as folder:
        placed = settings.model_copy(update={"paths": PathSettings(models=around.models_folder)})
        models = ConfiguredModels(placed, folder, devices=around.gpus)
        wanted = tuple(_wanted_chains(placed, folder))
        judge = _Judge(around, models, Checksums(Database(folder.database)), wanted)
        # Files first: a server that hangs then costs no word about them.
        names = sorted(settings.models, key=lambda name: settings.models[name].engine != "llama")
        for name in names:
            finding = judge.finding(name)
            if finding is not None:
                yield replace(finding, subject=name)


def _wanted_chains(settings: Settings, data: DataFolder) -> Iterator[tuple[str, ...]]:
    """For each role the models that shall serve it. Where the profile takes what is here and
    there is nothing but what came with SARAi, they are those that a pull would get."""
    asked = is_this_machine(settings.ollama.base_url)
    here = with_what_is_here(settings, data) if asked else settings
    for role in ROLES:
        chain = here.chain(role)
        if settings.routing.named(role) is None and all(here.models[m].embedded for m in chain):
            chain = settings.profile_chain(pulled_profile(settings), role)
        yield chain


@dataclass(frozen=True, slots=True)
class _Judge:
    around: Surroundings
    models: ConfiguredModels
    checksums: Checksums
    wanted: tuple[tuple[str, ...], ...]

    def finding(self, name: str) -> Finding | None:
        """None for a model of another profile that is not here."""
        model = self.around.sound_settings.models[name]
        if model.engine != "llama" and not is_asked(model, self.around.sound_settings):
            return ok("on another machine, which is not asked")
        try:
            resolved = self.models(name)
            check_available(replace(resolved.spec, read_timeout_s=ANSWER_LIMIT_S))
        except ModelUnavailable as error:
            return self._absent(name, model, error)
        except ModelError as error:
            return fail(error.message, error.hint)
        need = Candidate(name, resolved.need_mb, device_mb=resolved.device_mb)
        if never := self._never(need):
            return fail(f"here, but it never fits: {never}", self._smaller(need))
        return ok(self._about(model, resolved))

    def _absent(self, name: str, model: ModelSettings, error: ModelUnavailable) -> Finding | None:
        chains = [chain for chain in self.wanted if name in chain]
        if not chains and name in self.around.sound_settings.in_profiles:
            return None
        expected = Candidate(name, model.max_memory_mb or 0)
        if never := self._never(expected):
            return warn(f"not here, and it would never fit: {never}", self._smaller(expected))
        own = self.around.sound_settings.fallback_chain(name)
        stand_ins = dict.fromkeys(
            stand_in
            for chain in chains or [own]
            if (stand_in := self._first_here(chain[chain.index(name) + 1 :])) is not None
        )
        instead = f"{' or '.join(stand_ins)} answers" if stand_ins else "nobody answers"
        why = error.message.removeprefix(f"{name} is ")
        return warn(f"{why.rstrip('.')}; {instead} in its place", error.hint)

    def _first_here(self, chain: Sequence[str]) -> str | None:
        """The first whose files are here; servers are not asked once more."""
        return next((name for name in chain if self._is_here(name)), None)

    def _is_here(self, name: str) -> bool:
        try:
            self.models(name)
        except ModelError:
            return False
        return True

    def _never(self, model: Candidate) -> str:
        """The arithmetic when it can never fit, else ""."""
        limit = at_most(self.around)
        found = fit(model, (), limit, limit)
        return found.reason if found.verdict == "never" else ""

    def _smaller(self, model: Candidate) -> str:
        bound_by_machine = at_most(self.around).reason
        more = "give SARAi more memory" if bound_by_machine else "raise runtime.budget_mb"
        entry = f"models.{model.name}"
        layers = f"{entry}.gpu_layers or " if model.device_mb else ""
        return f"Name a smaller model in {entry}, lower {layers}{entry}.context_length, or {more}."

    def _about(self, model: ModelSettings, resolved: ResolvedModel) -> str:
        needs = f"needs {resolved.need}, fits into {at_most(self.around).limit}"
        if not resolved.files:
            return f"its server has it, {needs}"
        return f"header sound, {needs}, {self._sums(model, resolved)}"

    def _sums(self, model: ModelSettings, resolved: ResolvedModel) -> str:
        stated = [sha256 for sha256 in (model.sha256, model.mmproj_sha256) if sha256]
        if len(stated) < len(resolved.files):
            return "no sha256 stated" if not stated else "sha256 of one file stated"
        # One that is known and wrong was refused before.
        known = all(self.checksums.known(file) for file in resolved.files)
        return "sha256 verified" if known else "sha256 verified when it is loaded"
