"""One file from the hub, through all that can happen on the way."""

from __future__ import annotations

import hashlib

import pytest

from core.errors import DownloadFailed
from core.model_files.checksums import Checksums
from core.model_files.identity import identify
from core.pulling.part import open_part, part_path, read_receipt
from core.storage.database import Database
from core.storage.folder import DataFolder
from tests.hub_emulator import TOKEN, CutShort, Drop, HubEmulator, IgnoreRange, Refuse, Spoil
from tests.pulling.conftest import CONTENT, FILE, REPOSITORY, Puller, hub_source, wanted

SUM = hashlib.sha256(CONTENT).hexdigest()


def test_a_file_comes_whole_with_a_receipt_and_its_sum_is_known(
    hub: HubEmulator, puller: Puller, folder: DataFolder
) -> None:
    place = puller.pull(hub)
    assert place == folder.models / "small-GGUF" / FILE
    assert place.read_bytes() == CONTENT
    assert puller.names == [FILE, f"{FILE}.source.json"]
    assert hub.sent_bytes == len(CONTENT)
    receipt = read_receipt(place)
    assert receipt is not None
    assert (receipt.repo_id, receipt.sha256) == (REPOSITORY, SUM)
    # Known without reading the file again: another expectation is refused at once.
    checksums = Checksums(Database(folder.database))
    checksums.require_known(identify(place, model="small"), SUM, model="small")
    assert place.stat().st_mode & 0o077 == 0


def test_a_dropped_connection_goes_on_where_it_was(hub: HubEmulator, puller: Puller) -> None:
    hub.fail_next(Drop(after_bytes=50_000))
    hub.fail_next(Drop(after_bytes=30_000))
    assert puller.pull(hub).read_bytes() == CONTENT
    assert hub.sent_bytes == len(CONTENT)
    ranges = [request.headers.get("range") for request in hub.requests("files")]
    assert ranges == [None, "bytes=50000-", "bytes=80000-"]


@pytest.mark.parametrize(
    "fault", [CutShort(1000), Refuse(503), Refuse(429, {"Retry-After": "1"}), Drop()]
)
def test_a_server_that_gives_way_is_asked_again(
    hub: HubEmulator, puller: Puller, fault: CutShort | Refuse | Drop
) -> None:
    hub.fail_next(fault)
    assert puller.pull(hub).read_bytes() == CONTENT
    assert hub.sent_bytes == len(CONTENT)


@pytest.mark.parametrize("fault", [Refuse(429, {"Retry-After": "1"}), Refuse(502), Drop()])
def test_so_is_a_hub_that_gives_way(hub: HubEmulator, puller: Puller, fault: Refuse | Drop) -> None:
    hub.fail_next(fault, "hub")
    assert puller.pull(hub).read_bytes() == CONTENT


def test_a_lost_network_keeps_what_came(hub: HubEmulator, puller: Puller) -> None:
    hub.fail_next(Drop(after_bytes=50_000))
    for _ in range(3):
        hub.fail_next(Drop())
    with pytest.raises(DownloadFailed, match=r"small\.gguf is 25% here, and no more came"):
        puller.pull(hub)
    assert puller.names == [f"{FILE}.part", f"{FILE}.source.json"]
    assert puller.pull(hub).read_bytes() == CONTENT
    assert hub.sent_bytes == len(CONTENT)


def test_a_hub_that_is_not_there_is_named(hub: HubEmulator, puller: Puller) -> None:
    with pytest.raises(DownloadFailed, match=r"http://127\.0\.0\.1:9 does not answer"):
        puller.pull(hub, HF_ENDPOINT="http://127.0.0.1:9")


def test_a_server_that_cannot_begin_later_sends_it_all_again(
    hub: HubEmulator, puller: Puller
) -> None:
    hub.fail_next(Drop(after_bytes=50_000))
    hub.fail_next(IgnoreRange())
    assert puller.pull(hub).read_bytes() == CONTENT
    assert hub.sent_bytes == len(CONTENT) + 50_000


def test_a_wrong_sum_leaves_nothing_under_any_name(hub: HubEmulator, puller: Puller) -> None:
    hub.fail_next(Spoil())
    with pytest.raises(DownloadFailed, match=f"and not {SUM}. It was not kept"):
        puller.pull(hub)
    assert puller.names == []
    assert puller.pull(hub).read_bytes() == CONTENT


def test_another_file_than_was_meant_is_refused_before_it_is_fetched(
    hub: HubEmulator, puller: Puller
) -> None:
    with pytest.raises(DownloadFailed, match=r"has another small\.gguf than was meant"):
        puller.pull(hub, wanted(sha256="0" * 64))
    assert hub.sent_bytes == 0


def test_a_link_that_ended_is_asked_for_again(hub: HubEmulator, puller: Puller) -> None:
    hub.links_last = False
    source = hub_source(hub)
    [planned] = puller.plan(source)
    source.describe(wanted())  # a newer link, so that the planned one is over
    puller.fetch(planned, source)
    assert planned.place.read_bytes() == CONTENT
    assert len(hub.requests("files")) == 2


def test_what_is_kept_of_other_content_is_not_gone_on_with(
    hub: HubEmulator, puller: Puller
) -> None:
    hub.fail_next(Drop(after_bytes=50_000))
    for _ in range(3):
        hub.fail_next(Drop())
    with pytest.raises(DownloadFailed):
        puller.pull(hub)
    newer = CONTENT[::-1]
    hub.repositories[REPOSITORY][FILE] = newer
    assert puller.pull(hub).read_bytes() == newer
    assert hub.sent_bytes == 50_000 + len(newer)


def test_content_that_is_replaced_meanwhile_is_noticed(hub: HubEmulator, puller: Puller) -> None:
    source = hub_source(hub)
    [planned] = puller.plan(source)
    hub.repositories[REPOSITORY][FILE] = CONTENT[::-1]
    with pytest.raises(DownloadFailed, match="it was replaced meanwhile"):
        puller.fetch(planned, source)
    assert puller.names == []


def test_a_file_that_is_longer_than_it_was_said_to_be_is_not_kept(
    hub: HubEmulator, puller: Puller
) -> None:
    hub.claimed_sizes[FILE] = 1000
    with pytest.raises(DownloadFailed, match="longer than it was said to be"):
        puller.pull(hub)
    assert puller.names == []


def test_a_gated_repository_wants_a_token_and_the_files_never_see_it(
    hub: HubEmulator, puller: Puller
) -> None:
    hub.gated = frozenset({REPOSITORY})
    with pytest.raises(DownloadFailed, match="only to who accepted its terms") as refused:
        puller.pull(hub)
    assert "HF_TOKEN" in refused.value.hint
    assert puller.pull(hub, HF_TOKEN=TOKEN).read_bytes() == CONTENT
    assert "authorization" in hub.requests("hub")[-1].headers
    assert all("authorization" not in request.headers for request in hub.requests("files"))


def test_a_hub_that_has_the_bytes_itself_sees_the_token_there_too(
    hub: HubEmulator, puller: Puller
) -> None:
    hub.gated, hub.serves_itself = frozenset({REPOSITORY}), True
    assert puller.pull(hub, HF_TOKEN=TOKEN).read_bytes() == CONTENT
    assert [request.method for request in hub.requests("hub")] == ["HEAD", "GET"]
    assert hub.requests("files") == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"repo_id": "owner/gone"}, "owner/gone is not there, or not for everybody"),
        ({"file": "gone.gguf"}, "has no gone.gguf in revision main"),
        ({"revision": "0" * 40}, "has no small.gguf in revision 0000"),
        ({"repo_id": "no such name"}, "no such name is no name of a repository"),
    ],
)
def test_what_is_not_there_is_told_at_once(
    hub: HubEmulator, puller: Puller, given: dict[str, str], told: str
) -> None:
    with pytest.raises(DownloadFailed, match=told):
        puller.pull(hub, wanted(**given))
    assert len(hub.requests("hub")) <= 1


def test_a_renamed_repository_is_found(hub: HubEmulator, puller: Puller) -> None:
    hub.renamed = {"old/name": REPOSITORY}
    assert puller.pull(hub, wanted(repo_id="old/name")).read_bytes() == CONTENT


def test_two_processes_never_write_the_same_part(hub: HubEmulator, puller: Puller) -> None:
    source = hub_source(hub)
    [planned] = puller.plan(source)
    assert planned.remote is not None
    # Locks of flock belong to the open file, so one process can stand for two.
    with (
        open_part(planned.place, planned.remote),
        pytest.raises(DownloadFailed, match=r"Another SARAi is downloading small\.gguf"),
    ):
        puller.pull(hub)
    assert puller.pull(hub).read_bytes() == CONTENT


def test_a_part_that_is_whole_is_only_checked(hub: HubEmulator, puller: Puller) -> None:
    source = hub_source(hub)
    [planned] = puller.plan(source)
    assert planned.remote is not None
    with open_part(planned.place, planned.remote) as part:
        part.append(CONTENT)
    assert part_path(planned.place).exists()
    assert puller.pull(hub).read_bytes() == CONTENT
    assert hub.sent_bytes == 0
