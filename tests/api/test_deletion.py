"""Deleting workspaces and stacks: no item is lost if it is interrupted, and the same request finishes it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.domain.access import INVITED
from chalicelib.domain.activities import deletion
from chalicelib.domain.people.invitations import PENDING
from chalicelib.domain.workspaces import workspaces
from chalicelib.mail.delivery import SENT
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.invitations import Invitation
from infra.testing.nouns.items import store_items
from infra.testing.rows import delete_rows, store_rows
from infra.testing.world import World, add_member, create_item, list_item_ids, put_item
from tests.support.failures import Hook, Outage, failure_points
from tests.support.purges import purge_deleted
from tests.support.stored_rows import check_places, stored_rows

LARGEST_TRANSACTION = 4 * 1024 * 1024  # DynamoDB's own limit


@dataclass(frozen=True)
class WorkspaceToDelete:
    """A workspace to delete: with items in its inbox and on a stack, a member, and an invited user."""

    world: World
    id: int
    stack: str
    on_stack: list[int]
    on_inbox: list[int]

    @property
    def here(self) -> str:
        return f"/api/workspaces/{self.id}"

    @property
    def items(self) -> list[int]:
        return [*self.on_inbox, *self.on_stack]


def build_workspace(world: World, on_stack: int = 3, on_inbox: int = 1) -> WorkspaceToDelete:
    """Write such a workspace directly to the table, because moto is slow with transactions."""
    account, owner, invited = world.account, world.users["owner"], world.users["invited"]
    workspace_id = next_id(account, "ids", by=4) - 3
    stack_id, invitation_id = workspace_id + 2, workspace_id + 3
    founded = workspaces.build_workspace(account, owner, workspace_id, workspaces.SHARED, {"name": "x"}, [stack_id])
    stack = workspaces.build_stack(account, workspace_id, stack_id, {"name": "x"})
    member, membership = workspaces.build_membership(account, founded[0], invited, INVITED)
    member.invitation, member.inviter = invitation_id, owner
    details = {"workspace": workspace_id, "user": invited, "email": "ivo@acme.example", "inviter": owner}
    details |= {"id": invitation_id, "state": PENDING, "created_at": clock.now(), "delivery": SENT}
    copies = [Invitation.at(account, holder, invitation_id, **details) for holder in (owner, invited)]
    store_rows([*founded, *stack, member, membership, *copies])
    add_member(account, workspace_id, world.users["member"])
    upper = store_items(account, owner, workspace_id, stack_id, on_stack)
    lower = store_items(account, owner, workspace_id, workspace_id + 1, on_inbox)
    address = f"/api/workspaces/{workspace_id}/stacks/{stack_id}"
    assert len(world.invited.get("/api/workspaces/invited").json()) == 2
    return WorkspaceToDelete(world, workspace_id, address, upper, lower)


def forget_items() -> None:
    """Takes all items from the table, past the API: moto takes the longer the more there is."""
    rows = stored_rows("activity", "placement", "user_activity")
    delete_rows(Ref(row["pk"]["S"], row["sk"]["S"], Row) for row in rows)


def cut_off(
    world: World,
    outage: Outage,
    address: Callable[[WorkspaceToDelete], str],
    check: Callable[[WorkspaceToDelete], None],
) -> int:
    """Delete one workspace or stack after another, each interrupted a few requests later than the one before.

    Return after how many requests the last interruption came.
    """
    for after in failure_points():
        one = build_workspace(world)
        outage.begins(after)
        answer = world.owner.delete(address(one))
        outage.ends()
        if not outage.struck:
            assert answer.status_code == 204
            return after - 1
        assert answer.status_code == 503, f"after {after} requests: {answer.text}"
        check(one)
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    ("kept", "lost", "step", "least"),
    [
        pytest.param(True, False, 2, 8, id="archived"),
        pytest.param(True, True, 2, 8, id="archived, answer lost", marks=pytest.mark.nightly),
        pytest.param(False, False, 33, 0, id="dropped"),
        pytest.param(False, True, 33, 0, id="dropped, answer lost"),
        pytest.param(True, True, 33, 4, id="small, archived, answer lost"),
    ],
)
def test_a_workspace_whose_deletion_is_interrupted_is_hidden_until_it_is_deleted(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch, kept: bool, lost: bool, step: int, least: int
) -> None:
    outage = Outage(on, lost)
    monkeypatch.setattr(deletion, "BATCH_SIZE", step)
    query = f"?archive_items={kept}"

    def check(one: WorkspaceToDelete) -> None:
        known = check_places()
        assert not kept or set(one.items) <= known.keys(), "nothing is lost on the way"
        if _is_begun(one):
            _assert_hidden(one)
        else:
            assert list_item_ids(world.member, f"{one.here}/items") == one.items
        _assert_ends(one, one.here + query, outage)
        _assert_is_purged(one)
        archive = list_item_ids(world.owner, f"{world.personal_url}/archive")
        assert archive == (one.items if kept else [])
        assert check_places().keys() == set(archive)
        forget_items()

    assert cut_off(world, outage, lambda one: one.here + query, check) >= least


def _assert_ends(one: WorkspaceToDelete, address: str, outage: Outage) -> None:
    """Check that the same request finishes the deletion. 404 is right if only the answer had been lost."""
    again = one.world.owner.delete(address).status_code
    assert again == 204 or (again == 404 and outage.lost)


def _assert_is_purged(one: WorkspaceToDelete) -> None:
    """Check that the workspace is hidden until it is purged, and that nothing is left of it then."""
    _assert_hidden(one)
    purge_deleted()
    _assert_gone(one)


def _is_begun(one: WorkspaceToDelete) -> bool:
    [row] = [row for row in stored_rows("workspace") if row["id"]["N"] == str(one.id)]
    return "deletion_state" in row


def _assert_hidden(one: WorkspaceToDelete) -> None:
    owner, member, invited = one.world.owner, one.world.member, one.world.invited
    tails = ("", "/inbox", "/stacks", "/items", "/members", "/outboxes", "/archive")
    assert {owner.get(one.here + tail).status_code for tail in tails} == {404}
    assert owner.post(f"{one.here}/items", json={"name": "late"}).status_code == 404
    assert owner.get(one.stack).status_code == 404
    if [row for row in stored_rows("activity") if row["workspace"]["N"] == str(one.id)]:
        assert put_item(member, one.world.workspace_url, one.items[0]).status_code == 404
    for client in (member, invited):
        assert [client.get(one.here).status_code, client.delete(one.here).status_code] == [404, 404]
    for client, list_of_workspaces in ((owner, ""), (member, ""), (invited, "/invited")):
        shown = client.get(f"/api/workspaces{list_of_workspaces}").json()
        assert one.id not in [workspace["id"] for workspace in shown]
    assert list_item_ids(member, "/api/workspaces/items") == list_item_ids(owner, "/api/workspaces/items") == []


def _assert_gone(one: WorkspaceToDelete) -> None:
    """Check that no row of the workspace is left."""
    assert one.world.owner.get(one.here).status_code == 404
    left = [
        (row["kind"]["S"], row["sk"]["S"])
        for row in stored_rows()
        if row["pk"]["S"].endswith(f"#WORKSPACE#{one.id:016}") or row.get("workspace", {}).get("N") == str(one.id)
    ]
    assert left == []


@pytest.mark.parametrize(
    ("lost", "step", "least"),
    [
        pytest.param(False, 2, 8, id="not done"),
        pytest.param(True, 2, 8, id="answer lost", marks=pytest.mark.nightly),
        pytest.param(False, 33, 4, id="small, not done"),
        pytest.param(True, 33, 4, id="small, answer lost"),
    ],
)
def test_a_stack_whose_deletion_is_interrupted_loses_no_item(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch, lost: bool, step: int, least: int
) -> None:
    outage = Outage(on, lost)
    monkeypatch.setattr(deletion, "BATCH_SIZE", step)

    def check(one: WorkspaceToDelete) -> None:
        known = check_places()
        assert {known[item][0] for item in one.items} == {one.id}
        answer = world.member.get(one.stack)
        left = [item["activity"]["id"] for item in answer.json()["items"]] if answer.status_code == 200 else []
        inbox = list_item_ids(world.member, f"{one.here}/stacks/{one.id + 1}/items")
        assert left + inbox == [*one.on_stack, *one.on_inbox], "the lowest have gone first, each in its order"
        if _is_ending(one):
            assert world.member.post(f"{one.stack}/items", json={"name": "late"}).status_code in (404, 409)
        _assert_ends(one, one.stack, outage)
        assert world.member.get(one.stack).status_code == 404
        assert list_item_ids(world.owner, f"{one.here}/items") == [*one.on_stack, *one.on_inbox]
        check_places()
        _assert_stack_is_purged(one)
        world.owner.delete(one.here)

    assert cut_off(world, outage, lambda one: one.stack, check) >= least


def _assert_stack_is_purged(one: WorkspaceToDelete) -> None:
    purge_deleted()
    assert one.stack.rsplit("/", 1)[1] not in [row["id"]["N"] for row in stored_rows("stack")]


def _is_ending(one: WorkspaceToDelete) -> bool:
    return any("deletion_state" in row for row in stored_rows("stack") if row["id"]["N"] == one.stack.rsplit("/", 1)[1])


def test_an_interrupted_deletion_goes_on_archiving_even_if_the_repetition_does_not_ask_for_it(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH_SIZE", 2)
    outage, one = Outage(on, lost=False), build_workspace(world)
    outage.begins(6)
    assert world.owner.delete(f"{one.here}?archive_items=true").status_code == 503
    outage.ends()
    assert world.owner.delete(f"{one.here}?archive_items=false").status_code == 204
    assert list_item_ids(world.owner, f"{world.personal_url}/archive") == one.items


@pytest.mark.slow
def test_large_stacks_and_workspaces_are_deleted_in_steps_of_the_real_size(world: World) -> None:
    one = build_workspace(world, on_stack=70, on_inbox=35)
    assert world.owner.delete(one.stack).status_code == 204
    order = [*one.on_stack, *one.on_inbox]
    assert list_item_ids(world.owner, f"{one.here}/items") == order
    assert world.owner.delete(f"{one.here}?archive_items=true").status_code == 204
    assert list_item_ids(world.owner, f"{world.personal_url}/archive") == order
    assert check_places().keys() == set(order)


def test_archived_items_stay_below_those_that_are_archived_later(world: World) -> None:
    old = create_item(world.owner, world.personal_url)
    world.owner.put(f"{world.personal_url}/archive", json={"id": old})
    one = build_workspace(world)
    world.owner.delete(f"{one.here}?archive_items=true")
    assert list_item_ids(world.owner, f"{world.personal_url}/archive") == [*one.items, old]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "query", "on_stack", "transactions", "largest"),
    [
        pytest.param("stack", "", 32, 1, 100, id="a stack that just fits into one"),
        pytest.param("stack", "", 33, 3, 99, id="a stack with an item more"),
        pytest.param("here", "", 90, 1, 3, id="a workspace"),
        pytest.param("here", "?archive_items=true", 24, 1, 99, id="an archived workspace that just fits into one"),
        pytest.param("here", "?archive_items=true", 90, 6, 96, id="a large workspace that is archived"),
    ],
)
def test_no_transaction_has_more_than_a_hundred_writes_with_tombstones_and_receipt(
    world: World, on: Hook, what: str, query: str, on_stack: int, transactions: int, largest: int
) -> None:
    one, sizes = build_workspace(world, on_stack, 0), []

    def count(model: Any, params: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems":
            sizes.append(len(json.loads(params["body"])["TransactItems"]))

    on("before-call.dynamodb", count)
    address = getattr(one, what) + query
    assert world.owner.delete(address, headers={"Idempotency-Key": "one"}).status_code == 204
    assert (len(sizes), max(sizes)) == (transactions, largest)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["stack", pytest.param("here", marks=pytest.mark.nightly)])
def test_no_step_is_larger_than_a_transaction_may_be(world: World, on: Hook, what: str) -> None:
    one, sizes = build_workspace(world, 0, 0), []
    stack = int(one.stack.rsplit("/", 1)[1])
    large = store_items(world.account, world.users["owner"], one.id, stack, 12, "x" * 380_000)

    def weigh(model: Any, params: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems":
            written = json.loads(params["body"])["TransactItems"]
            assert len(written) <= 100
            sizes.append(sum(len(str(part)) for part in written) + 380_000 * sum("Delete" in part for part in written))

    on("before-call.dynamodb", weigh)
    assert world.owner.delete(f"{getattr(one, what)}?archive_items=true").status_code == 204
    kept = f"{one.here}/items" if what == "stack" else f"{world.personal_url}/archive"
    assert len(check_places()) == len(large)
    assert list_item_ids(world.owner, kept) == large
    assert max(sizes) <= LARGEST_TRANSACTION
