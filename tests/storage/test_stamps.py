"""Every version of an object says who wrote it, and a tombstone says who deleted it."""

import base64
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest

from chalicelib import clock as product_clock
from chalicelib.domain.activities import alarms, deletion
from chalicelib.storage import stamps, unit_of_work
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.changes import FeedEntry, HistoryRecord
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.stacks import Stack, StackLookup
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.stamps import OPERATOR, Author, Stamp
from chalicelib.storage.transactions import count_writes
from infra import operations
from infra.testing.nouns import load_nouns
from infra.testing.nouns.items import store_items
from infra.testing.request_cases import RequestCase
from infra.testing.world import World, create_workspace
from tests.support.clock import Clock
from tests.support.failures import Hook, failing
from tests.support.invitations import invite, links
from tests.support.purges import purge_deleted
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]
Key = tuple[str, str]

ACTIONS = "/api/v2/actions.json"
UUID = "0123abcd-4567-89ef-0123-456789abcdef"

STAMPS = {
    "a user": Stamp(Author("00000000a", "0123456789abcdef", UUID), 1_800_000_000_123),
    "the highest numbers": Stamp(Author("f" * 9, "f" * 16, "-".join("f" * n for n in (8, 4, 4, 4, 12))), 2**48 - 1),
    "a user without a credential": Stamp(Author("0a1b2c3d4", "", UUID), 0),
    "the operator": Stamp(Author(OPERATOR, "", UUID), 1),
}
WRITE_CASES = [case for noun in load_nouns().values() for case in noun.request_cases if case.method != "GET"]


@pytest.mark.parametrize("stamp", STAMPS.values(), ids=STAMPS)
def test_a_stamp_has_35_bytes_and_is_read_as_it_was_written(stamp: Stamp) -> None:
    packed = stamps.pack(*stamp)
    assert len(packed) == 35
    assert stamps.unpack(packed) == stamp


@pytest.mark.parametrize("request_id", ["", "Root=1-67891233-abcdef012345678912345678", UUID.upper(), f"{UUID}0"])
def test_a_request_id_that_is_not_a_uuid_is_hashed(request_id: str) -> None:
    stamp = stamps.unpack(stamps.pack(Author("00000000a", "", request_id), 1))
    assert stamp.author.request_id not in (request_id, UUID)
    assert stamps.pack_request_id(stamp.author.request_id) == stamps.pack_request_id(request_id)


def read_rows() -> dict[Key, Row]:
    """Return all rows of the table by their keys."""
    return {(row.pk, row.sk): row for row in map(Row.from_raw_data, stored_rows())}


def author_of(row: Row) -> Author:
    assert row.stamp is not None, f"The row {row.pk} / {row.sk} has no stamp."
    return stamps.unpack(row.stamp).author


COPIED_STAMPS = (Tombstone, HistoryRecord, FeedEntry)  # of objects, or of their deletions


def authors(*kinds: str) -> list[Author]:
    """Return the authors in the rows of these kinds. Rows without a stamp are left out."""
    return [author_of(row) for row in map(Row.from_raw_data, stored_rows(*kinds)) if row.stamp]


def expected_author(answer: httpx.Response) -> Author:
    """Return the author that the request of this answer should have left."""
    assert answer.status_code < 400, answer.text
    pair = answer.request.headers["authorization"].partition(" ")[2]
    key = base64.b64decode(pair).decode().partition(":")[0]
    [credential] = [row for row in stored_rows("credential") if row["id"]["S"] == key]
    return Author(credential["user"]["S"], key.partition("-")[2], answer.headers["x-request-id"])


def test_the_writes_of_a_change_include_a_tombstone_for_each_object_that_is_deleted() -> None:
    stack, lookup = Stack.at(1, 2, 3), StackLookup.at(1, 3)
    invitation = [Invitation.at(1, holder, 4, user="00000000b") for holder in ("00000000a", "00000000b")]
    assert count_writes([stack, lookup], []) == 2
    assert count_writes([], [stack, lookup]) == 3
    assert count_writes([stack], [lookup, *invitation]) == 5


@pytest.mark.slow
@pytest.mark.parametrize("case", WRITE_CASES, ids=lambda case: case.name)
def test_every_route_stamps_the_objects_that_it_changes_and_leaves_tombstones_of_those_that_it_deletes(
    world: World, case: RequestCase
) -> None:
    client, request = world.clients[case.caller], case.build_request(world)
    client.get("/api/workspaces")  # the first request of a day stores when the credential was used
    before = read_rows()
    answer = client.send(request)
    after = read_rows()
    changed = [row for key, row in after.items() if key not in before or before[key].version != row.version]
    deleted = [row for key, row in before.items() if key not in after and row.is_canonical]
    written = [row for row in changed if row.is_canonical]
    tombstones = [after[Tombstone.ref(row)[:2]] for row in deleted]
    assert {row.sk for row in changed if isinstance(row, Tombstone)} == {row.sk for row in tombstones}
    if case.endpoint.is_open:  # the caller is not the author
        assert {author_of(row).request_id for row in written} <= {answer.headers["x-request-id"]}
    else:
        assert {author_of(row) for row in [*written, *tombstones]} <= {expected_author(answer)}
    assert [
        row for row in after.values() if row.stamp and not (row.is_canonical or isinstance(row, COPIED_STAMPS))
    ] == []


def test_the_stamp_has_the_time_of_the_commit(ada: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = ada.post(ACTIONS, json={"title": "x"}).headers["location"]
    for moment, change in enumerate((ada.patch, ada.put)):
        monkeypatch.setattr(product_clock, "microseconds", lambda: 1_800_000_000_123_456 + moment * 1_000)  # noqa: B023
        answer = change(address, json={"title": f"y{moment}"})
        [row] = map(Row.from_raw_data, stored_rows("action"))
        assert row.stamp
        assert stamps.unpack(row.stamp) == Stamp(expected_author(answer), 1_800_000_000_123 + moment)


def test_an_object_with_two_rows_has_one_stamp(world: World) -> None:
    world.delegate()
    assert world.owner.put(f"/api/users/{world.users['member']}/collaborate").is_success
    world.invite("other user")
    for kind in ("delegation", "follow", "invitation"):
        canonical = [row for row in read_rows().values() if Row.kind.get_discriminator(type(row)) == kind and row.stamp]
        holders = {"delegation": "owner", "follow": "owner", "invitation": "other user"}
        assert world.users[holders[kind]] in {row.pk.rpartition("#")[2] for row in canonical}
        assert len(canonical) == len(stored_rows(kind)) / 2


def test_a_tombstone_expires_after_thirty_days_and_says_when_the_object_was_deleted(
    ada: httpx.Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_clock, "microseconds", lambda: 1_800_000_000_123_456)
    address = ada.post(ACTIONS, json={"title": "x"}).headers["location"]
    answer = ada.delete(address)
    [row] = stored_rows("tombstone")
    assert row["pk"]["S"] == "ACCOUNT#000000001#DELETED"
    assert row["sk"]["S"] == f"action#ACCOUNT#000000001#OGSM#ACTION#{1:016}"
    assert int(row["ttl"]["N"]) == int((clock.now + timedelta(days=30)).timestamp())
    stamp = Row.from_raw_data(row).stamp
    assert stamp
    assert stamps.unpack(stamp) == Stamp(expected_author(answer), 1_800_000_000_124), "It is later than the creation."


def test_a_second_deletion_overwrites_the_tombstone_of_the_first(world: World) -> None:
    for _ in range(2):
        world.join("other user")
        answer = world.owner.delete(f"{world.workspace_url}/members/{world.users['other user']}")
    assert authors("tombstone") == [expected_author(answer)]


def test_a_purge_by_the_operator_leaves_a_tombstone_of_each_object(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH_SIZE", 2)
    workspace = create_workspace(world.owner)
    items = store_items(world.account, world.users["owner"], workspace, workspace + 1, 5)
    for item in items[:2]:
        assert world.owner.post(f"/api/activities/{item}/comments", json={"body": "x"}).is_success
    assert world.owner.delete(f"/api/workspaces/{workspace}").status_code == 204
    operations.purge(world.account, workspace)
    assert {(author.user, author.credential) for author in authors("tombstone")} == {(OPERATOR, "")}
    kinds = Counter(row["sk"]["S"].partition("#")[0] for row in stored_rows("tombstone"))
    assert kinds == {"activity": 5, "comment": 2, "workspace": 1, "member": 1}


def test_a_purge_that_was_due_leaves_no_tombstones_because_it_has_no_author(world: World) -> None:
    answer = world.owner.delete(world.workspace_url)
    [workspace] = [author for author in authors("workspace") if author == expected_author(answer)]
    assert workspace.user == world.users["owner"], "the mark has an author"
    purge_deleted()
    assert stored_rows("tombstone") == []


def test_a_deletion_that_fails_leaves_no_tombstone(
    ada: httpx.Client, on: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product_clock, "sleep", lambda _: None)
    address = ada.post(ACTIONS, json={"title": "x"}).headers["location"]
    on("before-call.dynamodb", failing("TransactWriteItems", "TransactionConflictException", times=99))
    assert ada.delete(address).status_code == 409
    assert (len(stored_rows("action")), stored_rows("tombstone")) == (1, [])


def test_a_change_without_an_author_keeps_the_stamps_of_objects(acme: Json, ada: httpx.Client) -> None:
    before = authors("credential")
    assert ada.get(ACTIONS).status_code == 200
    assert [row["last_used_at"]["S"][-10:] for row in stored_rows("credential")] == ["T00:00:00Z"]
    assert authors("credential") == before


def test_sending_an_alarm_keeps_the_stamp_of_the_activity(world: World, clock: Clock) -> None:
    answer = world.owner.post("/api/activities", json={"name": "x", "alarm": clock.later(-1)})
    [before] = stored_rows("activity")
    assert unit_of_work.run(lambda: alarms.send_alarm(Ref(before["pk"]["S"], before["sk"]["S"], Activity)))
    [after] = stored_rows("activity")
    assert ("alarm_at" in before, "alarm_at" in after) == (True, False)
    assert authors("activity") == [expected_author(answer)]


def test_commands_of_the_operator_are_stamped_as_one_request_each(acme: Json) -> None:
    [first] = set(authors("account", "user", "workspace", "member", "credential"))
    assert (first.user, first.credential) == (OPERATOR, "")
    operations.revoke_credential(acme["credential"]["key"])
    [second] = authors("credential")
    assert (second.user, second.credential) == (OPERATOR, "")
    assert first.request_id != second.request_id


def test_the_user_who_accepts_by_a_link_is_the_author(
    ada: httpx.Client, anybody: httpx.Client, outbox: list[Json]
) -> None:
    [invitation] = invite(ada, f"/api/workspaces/{create_workspace(ada)}", email="jane@doe.example.org")
    answer = anybody.post(links(outbox)[0], data={"first_name": "Jane", "last_name": "Doe"})
    author = Author(invitation["user"]["id"], "", answer.headers["x-request-id"])
    [invitation_author] = authors("invitation")
    assert invitation_author == author
    assert Counter(authors("user", "member", "credential"))[author] == 3


def test_the_first_token_of_a_day_is_stamped_with_the_user_of_the_credential(acme: Json, anybody: httpx.Client) -> None:
    key, secret = acme["credential"]["key"], acme["credential"]["secret"]
    grant = {"grant_type": "client_credentials", "client_id": key, "client_secret": secret}
    answer = anybody.post("/oauth/token", json=grant)
    author = Author(acme["user"]["id"], key.partition("-")[2], answer.headers["x-request-id"])
    assert authors("credential") == [author]


def test_a_stamp_is_later_than_the_one_before_even_if_the_clock_is_slow(
    ada: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []
    for milliseconds in (1_800_000_000_123, 1_800_000_000_100, 1_800_000_000_124, 1_800_000_000_300):
        monkeypatch.setattr(product_clock, "microseconds", lambda now=milliseconds: now * 1000)
        if times:
            ada.patch("/api/v2/actions/1.json", json={"title": f"x{milliseconds}"})
        else:
            ada.post(ACTIONS, json={"title": "x"})
        [row] = stored_rows("action")
        times.append(stamps.unpack(Row.from_raw_data(row).stamp or b"").milliseconds % 1000)
    assert times == [123, 124, 125, 300]
