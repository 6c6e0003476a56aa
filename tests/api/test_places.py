"""An item is in exactly one place, whatever is done with it: random work, compared with a model."""

import random
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib.storage import table, unit_of_work
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.unit_of_work import Change
from infra.testing.world import World, add, created, listed, personal_of, put
from tests.support.failures import Hook
from tests.support.stored_rows import places

ARCHIVE = "archive"
STEPS = 60


class Model:
    """Stacks and archive as lists, the newest first, beside the same done through the API."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.home_inbox = f"{world.home}/stacks/{world.owner.get(f'{world.home}/inbox').json()['id']}"
        stacks = [f"{world.home}/stacks/{one['id']}" for one in world.owner.get(f"{world.home}/stacks").json()]
        self.items: dict[str, list[int]] = {self.home_inbox: [], world.inbox: [], ARCHIVE: []}
        self.items |= {stack: [] for stack in stacks}

    def step(self) -> None:
        """Does one thing with anything."""
        known = sorted(item for items in self.items.values() for item in items)
        work = [self.create, self.create, self.create_stack, self.delete_stack]
        work += [self.move, self.move, self.archive, self.move_to_inbox] if known else [self.create]
        self.random.choice(work)()

    def any_place(self) -> str:
        return self.random.choice(sorted(self.items.keys() - {ARCHIVE}))

    def any_item(self) -> int:
        return self.random.choice(sorted(item for items in self.items.values() for item in items))

    def lands(self, item: int, place: str) -> None:
        for items in self.items.values():
            if item in items:
                items.remove(item)
        self.items[place].insert(0, item)

    def create(self) -> None:
        place = self.any_place()
        self.lands(add(self.world.owner, place), place)

    def create_stack(self) -> None:
        home = self.random.choice([self.world.here, self.world.home])
        self.items[created(self.world.owner.post(f"{home}/stacks", json={"name": "x"}))] = []

    def delete_stack(self) -> None:
        inboxes = {self.home_inbox, self.world.inbox}
        stacks = sorted(self.items.keys() - {ARCHIVE} - inboxes)
        if not stacks:
            return
        stack = self.random.choice(stacks)
        assert self.world.owner.delete(stack).status_code == 204
        inbox = self.home_inbox if stack.startswith(f"{self.world.home}/") else self.world.inbox
        self.items[inbox][:0] = self.items.pop(stack)

    def move(self) -> None:
        item, place = self.any_item(), self.any_place()
        assert put(self.world.owner, place, item).status_code == 200
        self.lands(item, place)

    def move_to_inbox(self) -> None:
        item = self.any_item()
        answer = self.world.owner.put(f"{self.world.here}/inbox", json={"id": item})
        self.lands(item, self.world.inbox)
        assert [one["activity"]["id"] for one in answer.json()["items"]] == self.items[self.world.inbox]

    def archive(self) -> None:
        item = self.any_item()
        assert self.world.owner.put(f"{self.world.home}/archive", json={"id": item}).status_code == 200
        self.lands(item, ARCHIVE)

    def everything(self) -> list[int]:
        """All items but the archived, as the API lists them: by workspace, the inbox first, then stack by stack."""
        stacks = sorted(self.items.keys() - {ARCHIVE}, key=lambda stack: [int(stack.split("/")[n]) for n in (3, 5)])
        return [item for stack in stacks for item in self.items[stack]]


def shown(client: httpx.Client, world: World) -> tuple[list[int], list[int]]:
    return listed(client, "/api/workspaces/items"), listed(client, f"{world.home}/archive")


@pytest.mark.parametrize("seed", range(2))
def test_any_work_leaves_each_item_in_exactly_one_place(world: World, seed: int) -> None:
    model = Model(world, seed)
    for number in range(STEPS):
        model.step()
        assert shown(world.owner, world) == (model.everything(), model.items[ARCHIVE]), f"after step {number}"
    for stack, items in model.items.items():
        if stack != ARCHIVE:
            assert listed(world.owner, f"{stack}/items") == items
    in_table = places()
    assert len(in_table) > 5
    for stack, items in model.items.items():
        place = None if stack == ARCHIVE else int(stack.rsplit("/", 1)[1])
        assert {in_table[item][1] for item in items} <= {place}


class Rival:
    """Somebody who is faster: does something between what a request reads and what it writes, once."""

    def __init__(self, on: Hook) -> None:
        self.work: Callable[[], object] | None = None
        on("before-call.dynamodb.TransactWriteItems", self.strike)

    def strike(self, **_: Any) -> None:
        if self.work:
            work, self.work = self.work, None
            work()


def end(kind: type[Stack | Workspace], *ids: Any) -> None:
    """Marks a stack or workspace as one that is being deleted."""
    item = table.get(kind, *ids)
    assert item
    item.deletion_state = "deleting"
    unit_of_work.commit(Change(None, save=[item]))


@pytest.mark.parametrize("what", ["stack", "workspace"])
@pytest.mark.parametrize("new", [True, False], ids=["created", "moved"])
def test_nothing_lands_in_what_begins_to_be_deleted_meanwhile(world: World, on: Hook, what: str, new: bool) -> None:
    rival, stack = Rival(on), world.stack()
    item, ids = add(world.owner, world.home), (world.account, world.workspace)
    stack_id = int(stack.rsplit("/", 1)[1])
    rival.work = {"stack": lambda: end(Stack, *ids, stack_id), "workspace": lambda: end(Workspace, *ids)}[what]
    answer = world.owner.post(f"{stack}/items", json={"name": "late"} if new else {"id": item})
    assert answer.status_code in (404, 409)
    assert places().keys() == {item}
    assert listed(world.owner, f"{world.home}/items") == [item]


@pytest.mark.parametrize("what", ["member", "workspace"])
def test_nothing_is_taken_from_where_the_caller_is_no_longer(world: World, on: Hook, what: str) -> None:
    rival, item = Rival(on), world.item()
    home = f"/api/workspaces/{personal_of(world.member)}"
    place = Member.key(world.account, world.workspace, world.users["member"])
    rival.work = {
        "member": lambda: Member(*place).delete(add_version_condition=False),
        "workspace": lambda: end(Workspace, world.account, world.workspace),
    }[what]
    assert put(world.member, home, item).status_code == 404
    assert listed(world.member, f"{home}/items") == []
    assert {workspace for workspace, _ in places().values()} == {world.workspace}


def test_an_item_that_somebody_else_moves_meanwhile_is_moved_after_all(world: World, on: Hook) -> None:
    rival, item, stack, other = Rival(on), world.item(), world.stack(), world.stack()
    rival.work = lambda: put(world.member, other, item)
    assert put(world.owner, stack, item).status_code == 200
    assert listed(world.owner, f"{stack}/items") == [item]
    assert listed(world.owner, f"{world.here}/items") == [item]
    places()
