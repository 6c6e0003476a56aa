"""Deleting what holds items loses nothing, wherever it is cut off."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from chalicelib import clock
from chalicelib.domain.access import INVITED
from chalicelib.domain.activities import deletion
from chalicelib.domain.people.invitations import PENDING
from chalicelib.domain.workspaces import workspaces
from chalicelib.mail.delivery import SENT
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.invitations import Invitation
from infra.testing.nouns.items import store_items
from infra.testing.rows import store_rows
from infra.testing.world import World, add, join, listed, put
from tests.support.failures import Hook
from tests.support.stored_rows import places, rows

LARGEST_TRANSACTION = 4 * 1024 * 1024  # DynamoDB's own limit
ERROR = {"Code": "InternalServerError", "Message": "no"}
LONGEST = 60  # requests to the store that no removal here needs


class Outage:
    """A store that fails from a request on: before it has carried it out, or after."""

    def __init__(self, on: Hook, lost: bool) -> None:
        self.left: int | None = None
        self.struck = False
        self.lost = lost
        on("before-call.dynamodb", self.before)
        on("after-call.dynamodb", self.after)

    def begins(self, after: int) -> None:
        """After so many requests, of which the authorizer's is one."""
        self.left, self.struck = after, False

    def ends(self) -> None:
        self.left = None

    def before(self, **_: Any) -> Any:
        if self.left is None:
            return None
        self.left -= 1
        if self.left >= 0 or (self.lost and not self.struck):
            return None
        self.struck = True
        response = AWSResponse("http://dynamodb", 400, {}, None)
        return response, {"Error": ERROR, "ResponseMetadata": {"HTTPStatusCode": 400}}

    def after(self, http_response: Any, parsed: Any, **_: Any) -> None:
        if self.left is not None and self.left < 0 and not self.struck:
            self.struck = True
            http_response.status_code, parsed["Error"] = 400, ERROR


@dataclass(frozen=True)
class Doomed:
    """A workspace with items on its inbox and a stack, shared with a member and somebody invited."""

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


def doomed(world: World, on_stack: int = 3, on_inbox: int = 1) -> Doomed:
    """Written past the API, whose transactions moto takes long for."""
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
    join(account, workspace_id, world.users["member"])
    upper = store_items(account, owner, workspace_id, stack_id, on_stack)
    lower = store_items(account, owner, workspace_id, workspace_id + 1, on_inbox)
    address = f"/api/workspaces/{workspace_id}/stacks/{stack_id}"
    assert len(world.invited.get("/api/workspaces/invited").json()) == 2
    return Doomed(world, workspace_id, address, upper, lower)


def forget_items() -> None:
    """Takes all items from the table, past the API: moto takes the longer the more there is."""
    with Activity.batch_write() as batch:
        for row in rows("activity", "placement", "involvement"):
            batch.delete(Activity(row["pk"]["S"], row["sk"]["S"]))


def cut_off(world: World, outage: Outage, address: Callable[[Doomed], str], check: Callable[[Doomed], None]) -> int:
    """Deletes one after another, each cut off one request later, until one is not. Answers how many were."""
    for after in range(1, LONGEST):
        one = doomed(world)
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
    [(True, False, 2, 12), (False, False, 2, 12), (True, True, 2, 12), (False, False, 33, 5), (True, True, 33, 5)],
    ids=["archived", "dropped", "archived, answer lost", "small, dropped", "small, archived, answer lost"],
)
def test_a_workspace_whose_removal_is_cut_off_anywhere_is_hidden_and_then_gone(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch, kept: bool, lost: bool, step: int, least: int
) -> None:
    outage = Outage(on, lost)
    monkeypatch.setattr(deletion, "BATCH_SIZE", step)
    query = f"?archive_items={kept}"

    def check(one: Doomed) -> None:
        known = places()
        assert not kept or set(one.items) <= known.keys(), "nothing is lost on the way"
        if _is_begun(one):
            _assert_hidden(one)
        else:
            assert listed(world.member, f"{one.here}/items") == one.items
        _assert_ends(one, one.here + query, outage)
        _assert_gone(one)
        archive = listed(world.owner, f"{world.home}/archive")
        assert archive == (one.items if kept else [])
        assert places().keys() == set(archive)
        forget_items()

    assert cut_off(world, outage, lambda one: one.here + query, check) >= least


def _assert_ends(one: Doomed, address: str, outage: Outage) -> None:
    """The same request again finishes the rest; it may have been finished only where but the answer got lost."""
    again = one.world.owner.delete(address).status_code
    assert again == 204 or (again == 404 and outage.lost)


def _is_begun(one: Doomed) -> bool:
    [row] = [row for row in rows("workspace") if row["id"]["N"] == str(one.id)] or [{"deletion_state": {"S": "gone"}}]
    return "deletion_state" in row


def _assert_hidden(one: Doomed) -> None:
    owner, member, invited = one.world.owner, one.world.member, one.world.invited
    tails = ("", "/inbox", "/stacks", "/items", "/members", "/outboxes", "/archive")
    assert {owner.get(one.here + tail).status_code for tail in tails} == {404}
    assert owner.post(f"{one.here}/items", json={"name": "late"}).status_code == 404
    assert [owner.get(one.stack).status_code, put(member, one.world.here, one.items[0]).status_code] == [404, 404]
    for client in (member, invited):
        assert [client.get(one.here).status_code, client.delete(one.here).status_code] == [404, 404]
    for client, list_of_workspaces in ((owner, ""), (member, ""), (invited, "/invited")):
        shown = client.get(f"/api/workspaces{list_of_workspaces}").json()
        assert one.id not in [workspace["id"] for workspace in shown]
    assert listed(owner, "/api/workspaces/items") == listed(member, "/api/workspaces/items") == []


def _assert_gone(one: Doomed) -> None:
    """No record of the workspace is left, but what stands in history: decided invitations and the hashes of links."""
    assert one.world.owner.get(one.here).status_code == 404
    left = [
        (row["kind"]["S"], row["sk"]["S"])
        for row in rows()
        if row["pk"]["S"].endswith(f"#WORKSPACE#{one.id:016}") or row.get("workspace", {}).get("N") == str(one.id)
    ]
    assert left == []


@pytest.mark.parametrize(
    ("lost", "step", "least"),
    [(False, 2, 8), (True, 2, 8), (False, 33, 5), (True, 33, 5)],
    ids=["not done", "answer lost", "small, not done", "small, answer lost"],
)
def test_a_stack_whose_removal_is_cut_off_anywhere_loses_nothing(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch, lost: bool, step: int, least: int
) -> None:
    outage = Outage(on, lost)
    monkeypatch.setattr(deletion, "BATCH_SIZE", step)

    def check(one: Doomed) -> None:
        known = places()
        assert {known[item][0] for item in one.items} == {one.id}
        answer = world.member.get(one.stack)
        left = [item["activity"]["id"] for item in answer.json()["items"]] if answer.status_code == 200 else []
        inbox = listed(world.member, f"{one.here}/stacks/{one.id + 1}/items")
        assert left + inbox == [*one.on_stack, *one.on_inbox], "the lowest have gone first, each in its order"
        if _is_ending(one):
            assert world.member.post(f"{one.stack}/items", json={"name": "late"}).status_code in (404, 409)
        _assert_ends(one, one.stack, outage)
        assert world.member.get(one.stack).status_code == 404
        assert one.stack.rsplit("/", 1)[1] not in [row["id"]["N"] for row in rows("stack")]
        assert listed(world.owner, f"{one.here}/items") == [*one.on_stack, *one.on_inbox]
        places()
        world.owner.delete(one.here)

    assert cut_off(world, outage, lambda one: one.stack, check) >= least


def _is_ending(one: Doomed) -> bool:
    return any("deletion_state" in row for row in rows("stack") if row["id"]["N"] == one.stack.rsplit("/", 1)[1])


def test_a_removal_that_was_cut_off_goes_on_as_it_began(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH_SIZE", 2)
    outage = Outage(on, lost=False)
    for first, second in (("true", "false"), ("false", "true")):
        one = doomed(world)
        outage.begins(6)
        assert world.owner.delete(f"{one.here}?archive_items={first}").status_code == 503
        outage.ends()
        assert world.owner.delete(f"{one.here}?archive_items={second}").status_code == 204
        _assert_gone(one)
        archive = listed(world.owner, f"{world.home}/archive")
        assert archive == (one.items if first == "true" else archive)
        assert bool(set(one.items) & set(archive)) == (first == "true")


def test_large_ones_are_removed_in_their_real_steps(world: World) -> None:
    one = doomed(world, on_stack=70, on_inbox=35)
    assert world.owner.delete(one.stack).status_code == 204
    order = [*one.on_stack, *one.on_inbox]
    assert listed(world.owner, f"{one.here}/items") == order
    assert world.owner.delete(f"{one.here}?archive_items=true").status_code == 204
    _assert_gone(one)
    assert listed(world.owner, f"{world.home}/archive") == order
    assert places().keys() == set(order)


def test_what_lies_in_the_archive_stays_below_what_is_archived_later(world: World) -> None:
    old = add(world.owner, world.home)
    world.owner.put(f"{world.home}/archive", json={"id": old})
    one = doomed(world)
    world.owner.delete(f"{one.here}?archive_items=true")
    assert listed(world.owner, f"{world.home}/archive") == [*one.items, old]


@pytest.mark.parametrize("what", ["stack", "here"])
def test_no_step_is_larger_than_a_transaction_may_be(world: World, on: Hook, what: str) -> None:
    one, sizes = doomed(world, 0, 0), []
    stack = int(one.stack.rsplit("/", 1)[1])
    large = store_items(world.account, world.users["owner"], one.id, stack, 12, "x" * 380_000)

    def weigh(model: Any, params: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems":
            written = json.loads(params["body"])["TransactItems"]
            assert len(written) <= 100
            sizes.append(sum(len(str(part)) for part in written) + 380_000 * sum("Delete" in part for part in written))

    on("before-call.dynamodb", weigh)
    assert world.owner.delete(f"{getattr(one, what)}?archive_items=true").status_code == 204
    kept = f"{one.here}/items" if what == "stack" else f"{world.home}/archive"
    assert len(places()) == len(large)
    assert listed(world.owner, kept) == large
    assert max(sizes) <= LARGEST_TRANSACTION
