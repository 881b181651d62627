"""A recorded trace, read and checked.

Owns the way from the file that `core.model_pool.trace` writes to requests and models that can
be simulated; knows nothing of policies.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from core.errors import InvalidInput
from core.model_pool.replay.simulation import Request, SimulatedModel

YEAR_10000_S = 253_402_300_800.0  # since 1970
LONGEST_LOAD_S = 86_400.0
LONGEST_SHOWN = 60  # characters of a bad line


@dataclass(frozen=True, slots=True)
class RecordedTrace:
    """Requests in order of time, and what each of their models takes.

    `unknown` are models that were asked for and never seen loaded, with how often: nobody
    knows their size, so their requests are left out.
    """

    requests: tuple[Request, ...]
    models: Mapping[str, SimulatedModel]
    unknown: Mapping[str, int]


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class _Asked(_Line):
    at_s: Annotated[float, Field(ge=0, le=YEAR_10000_S)]
    model: Annotated[str, Field(min_length=1)]


class _Loaded(_Line):
    loaded: Annotated[str, Field(min_length=1)]
    size_mb: Annotated[int, Field(ge=0)]
    load_s: Annotated[float, Field(ge=0, le=LONGEST_LOAD_S)]


_LINE: TypeAdapter[_Asked | _Loaded] = TypeAdapter(_Asked | _Loaded)


def read_trace(path: Path) -> RecordedTrace:
    """A model is as large as at its last load, and loads in the median of its times.

    Several processes may have written the file, so lines are put in order of time.

    Raises: InvalidInput, naming file and line; also when there is nothing to simulate.
    """
    lines = list(_lines(path))
    asked = sorted((line for line in lines if isinstance(line, _Asked)), key=lambda line: line.at_s)
    models = _models([line for line in lines if isinstance(line, _Loaded)])
    requests = tuple(Request(each.model, each.at_s) for each in asked if each.model in models)
    unknown = Counter(each.model for each in asked if each.model not in models)
    if not requests:
        raise InvalidInput(
            f"{path} holds no request for a model that was also loaded.",
            key=str(path),
            hint="Set runtime.pool_trace, use SARAi for a while, and give that file.",
        )
    return RecordedTrace(requests, models, dict(unknown))


def _models(loads: Sequence[_Loaded]) -> dict[str, SimulatedModel]:
    times_s: dict[str, list[float]] = {}
    for load in loads:
        times_s.setdefault(load.loaded, []).append(load.load_s)
    sizes_mb = {load.loaded: load.size_mb for load in loads}
    return {
        name: SimulatedModel(name, sizes_mb[name], statistics.median(seen_s))
        for name, seen_s in times_s.items()
    }


def _lines(path: Path) -> Iterator[_Asked | _Loaded]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _parsed(line, path, number)
    except OSError as error:
        raise InvalidInput(
            f"The trace {path} cannot be read: {error.strerror}.", key=str(path)
        ) from error


def _parsed(line: bytes, path: Path, number: int) -> _Asked | _Loaded:
    try:
        return _LINE.validate_json(line)
    except ValidationError as error:
        shown = line.decode(errors="replace").strip()
        if len(shown) > LONGEST_SHOWN:
            shown = f"{shown[:LONGEST_SHOWN]}..."
        raise InvalidInput(
            f"{path}:{number} is no line of a trace: {shown!r}.",
            key=str(path),
            hint='A line is {"at_s": 12.5, "model": "NAME"} or '
            '{"loaded": "NAME", "size_mb": 900, "load_s": 1.5}.',
        ) from error
