"""The function that the table's stream calls: what it keeps of a write, whom it names, and what it does not take."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest

from chalicelib import clock
from chalicelib.domain.access import Caller
from chalicelib.domain.changes import feed, kinds
from chalicelib.domain.changes.guard import PredecessorMissing
from chalicelib.schemas.changes import OBJECT_KINDS
from chalicelib.storage import metering, table
from chalicelib.storage.models.changes import FeedEntry, HistoryRecord
from infra.testing.world import World
from tests.support.change_stream import ChangeStream, invoke
from tests.support.invitations import address_link, invite
from tests.support.stored_rows import save_rows, stored_rows

Json = dict[str, Any]
DAY = timedelta(days=1)


def create_team(client: httpx.Client, name: str = "x") -> str:
    return str(client.post("/api/v2/teams.json", json={"name": name}).headers["location"])


def records_of(world: World, kind: str, object_id: str) -> list[HistoryRecord]:
    return list(table.query(HistoryRecord.of_object(world.account, kind, object_id)))


def test_the_documented_kinds_are_those_that_are_recorded() -> None:
    assert sorted(kinds.KINDS) == sorted(OBJECT_KINDS)


def test_a_batch_that_is_delivered_again_changes_nothing(world: World, stream: ChangeStream) -> None:
    create_team(world.owner)
    batch = [*stream.unread]
    stream.catch_up()
    before = stored_rows("feed_entry", "history_record")
    invoke(batch)
    assert stored_rows("feed_entry", "history_record") == before


def test_the_newest_entry_does_not_expire_and_all_others_do(world: World, stream: ChangeStream) -> None:
    for _ in range(3):
        create_team(world.owner)
        stream.catch_up()
    entries = list(table.query(FeedEntry.of_account(world.account)))
    assert [entry.ttl is None for entry in entries] == [True, False, False, True], "The first one is the beginning."
    assert all(row["ttl"] for row in stored_rows("history_record"))


def test_a_batch_of_new_objects_takes_two_requests_for_each_and_three_more(world: World, stream: ChangeStream) -> None:
    create_team(world.owner)
    stream.catch_up()
    for _ in range(5):
        create_team(world.owner)
    batch = [*stream.unread]
    with metering.measure() as cost:
        invoke(batch)
    assert cost.calls == 2 * 5 + 3


def test_a_write_that_changes_no_answer_is_recorded_and_not_listed(world: World, stream: ChangeStream) -> None:
    activity = world.activity()
    world.owner.post(f"{activity}/comments", json={"body": "x"})
    stream.catch_up()
    found = records_of(world, "activity", activity.rpartition("/")[2])
    assert [record.verb for record in found] == ["create", "none"]


def test_a_write_waits_until_the_one_before_it_has_been_recorded(world: World, stream: ChangeStream) -> None:
    world_began_long_ago(stream)
    team = create_team(world.owner)
    world.owner.patch(team, json={"name": "y"})
    world.owner.delete(team)
    create, update, delete = [one for one in stream.unread if one["dynamodb"]["Keys"]["sk"]["S"].startswith("TEAM#")]
    for early in (update, delete):
        with pytest.raises(PredecessorMissing):
            invoke([early])
    for one in (create, update, delete):
        invoke([one])
    changes = world.owner.get("/api/changes").json()
    assert [one["verb"] for one in changes] == ["create", "update", "delete"]


def world_began_long_ago(stream: ChangeStream) -> None:
    """Let the stream be older than everything that is written."""
    stream.unread.arn = stream.unread.arn.partition("/stream/")[0] + "/stream/2020-01-01T00:00:00.000"


def test_an_account_that_must_wait_does_not_keep_another_one_waiting(world: World, stream: ChangeStream) -> None:
    world_began_long_ago(stream)
    other = world.clients["other account"]
    team = create_team(world.owner)
    world.owner.patch(team, json={"name": "y"})
    create_team(other)
    teams = [one for one in stream.unread if one["dynamodb"]["Keys"]["sk"]["S"].startswith("TEAM#")]
    with pytest.raises(PredecessorMissing):
        invoke(teams[1:])
    assert len(other.get("/api/changes").json()) == 1
    assert world.owner.get("/api/changes").json() == []


def test_a_write_whose_predecessor_can_no_longer_come_does_not_wait(
    world: World, stream: ChangeStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    world_began_long_ago(stream)
    team = create_team(world.owner)
    world.owner.patch(team, json={"name": "y"})
    [update] = [one for one in stream.unread if one["eventName"] == "MODIFY" and "OGSM" in str(one["dynamodb"]["Keys"])]
    later = clock.current_time() + DAY
    monkeypatch.setattr(clock, "current_time", lambda: later)
    invoke([update])
    assert [one["verb"] for one in world.owner.get("/api/changes").json()] == ["update"]


def test_the_tombstone_of_a_later_deletion_does_not_name_the_author_of_an_earlier_one(
    world: World, stream: ChangeStream
) -> None:
    kpi = world.owner.post("/api/v2/kpis.json", json={"title": "x"}).json()["id"]
    address = f"/api/v2/kpis/{kpi}/measurements/2024-01-31.json"
    for client in (world.owner, world.member):
        assert client.put(address, json={"actual": 1}).is_success
        assert client.delete(address).is_success
    stream.catch_up()
    changes = world.owner.get("/api/changes?kind=kpi_measurement").json()
    assert [one["verb"] for one in changes] == ["create", "delete"] * 2
    assert [one["actor"]["user"] for one in changes if one["verb"] == "delete"] == [None, world.users["member"]]


def test_a_row_that_is_deleted_unread_leaves_a_tombstone_that_still_names_who_did_it(
    world: World, stream: ChangeStream
) -> None:
    member = world.users["member"]
    assert world.owner.delete(f"/api/users/{member}").status_code == 204
    [tombstone] = [row for row in stored_rows("tombstone") if "#MEMBER#" in row["sk"]["S"]]
    assert "deleted_stamp" not in tombstone
    stream.catch_up()
    [left] = world.owner.get("/api/changes?kind=member").json()
    assert (left["verb"], left["actor"]["user"]) == ("delete", world.users["owner"])


def test_a_tombstone_names_the_version_that_was_deleted(world: World) -> None:
    team = create_team(world.owner)
    [row] = stored_rows("team")
    world.owner.delete(team)
    [tombstone] = stored_rows("tombstone")
    assert tombstone["deleted_stamp"] == row["stamp"]


def test_two_rows_that_are_too_large_for_one_record_are_kept_in_two(
    world: World, stream: ChangeStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.domain.changes.records.MAX_IMAGES_BYTES", 100)
    team = create_team(world.owner)
    world.owner.patch(team, json={"name": "y"})
    stream.catch_up()
    assert len(stored_rows("history_part")) == 2
    update = world.owner.get("/api/changes/2").json()
    assert (update["before"]["name"], update["after"]["name"]) == ("x", "y")


def test_a_page_ends_before_its_objects_are_too_large_for_an_answer(
    world: World, stream: ChangeStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MAX_PAGE_BYTES", 600)
    for _ in range(4):
        create_team(world.owner)
    stream.catch_up()
    page = world.owner.get("/api/changes")
    assert 0 < len(page.json()) < 4
    assert f"after={page.json()[-1]['seq']}" in page.links["next"]["url"]


def test_an_unsigned_write_has_no_author(world: World, stream: ChangeStream) -> None:
    team = create_team(world.owner)
    row = table.get(kinds.KINDS["team"].row.ref(world.account, int(team.rpartition("/")[2].removesuffix(".json"))))
    assert row is not None
    row.doc = row.doc | {"name": "y"}
    save_rows(row)
    stream.catch_up()
    caller = Caller(world.account, world.users["owner"], "", "read")
    assert [bool(change.author.user) for change in feed.read_page(caller, 0, 9).changes] == [True, False]


def test_a_deletion_by_a_slow_clock_is_recorded_after_the_creation(
    world: World, stream: ChangeStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    world_began_long_ago(stream)
    team, microseconds = create_team(world.owner), clock.microseconds
    monkeypatch.setattr(clock, "microseconds", lambda: microseconds() - 3_000_000)
    world.owner.delete(team)
    stream.catch_up()
    created, deleted = world.owner.get("/api/changes?kind=team").json()
    assert (created["verb"], deleted["verb"]) == ("create", "delete")


def test_an_invitation_that_passes_to_another_user_is_updated_although_its_row_gets_another_key(
    world: World, stream: ChangeStream, anybody: httpx.Client, outbox: list[Json]
) -> None:
    world_began_long_ago(stream)
    user = world.clients["other user"]
    [invitation] = invite(world.owner, world.workspace_url, email="new@acme.example")
    user.put("/api/me", json={"email": "new@acme.example"})
    assert anybody.post(address_link(outbox[-1])).status_code == 200
    user.put(f"/api/invitations/{invitation['id']}/accept")
    records = [*reversed(stream.unread)]
    for record in [*records, *records, *records, *records, *records]:  # in the wrong order, until none must wait
        with suppress(PredecessorMissing):
            invoke([record])
    changes = world.owner.get("/api/changes?kind=invitation").json()
    assert [one["verb"] for one in changes] == ["create", "update", "update", "update"]
    [passed] = [one for one in changes if one["before"] and one["before"]["user"] != one["after"]["user"]]
    assert passed["after"]["user"]["id"] == world.users["other user"]
    assert changes[-1]["after"]["state"] == "accepted"
