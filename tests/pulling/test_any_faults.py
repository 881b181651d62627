"""Whatever goes wrong in whatever order: a file under its name is the right one, bit by bit."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DownloadFailed
from core.pulling.part import part_path
from core.storage.folder import open_data_folder
from tests.hub_emulator import CutShort, Drop, HubEmulator, IgnoreRange, Refuse, Spoil
from tests.pulling.conftest import FILE, REPOSITORY, Puller

CONTENT = random.Random(7).randbytes(30_000)

counts = st.integers(0, len(CONTENT))
faults = st.one_of(
    st.builds(Drop, counts),
    st.builds(CutShort, counts),
    st.sampled_from([Refuse(503), Refuse(429, {"Retry-After": "0"}), Refuse(403)]),
    st.just(IgnoreRange()),
    st.just(Spoil()),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(faults, max_size=6))
def test_any_faults(scheduled: list[Drop | CutShort | Refuse | IgnoreRange | Spoil]) -> None:
    with (
        tempfile.TemporaryDirectory() as home,
        HubEmulator({REPOSITORY: {FILE: CONTENT}}) as hub,
    ):
        puller = Puller(open_data_folder(Path(home)))
        place = puller.models_folder / "small-GGUF" / FILE
        for fault in scheduled:
            hub.fail_next(fault)
        for _ in range(len(scheduled) + 1):
            try:
                puller.pull(hub)
            except DownloadFailed:
                assert not place.exists()
            else:
                break
        assert place.read_bytes() == CONTENT
        assert not part_path(place).exists()
