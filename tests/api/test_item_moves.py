"""Moving items: an item is in exactly one place, whatever is done with it and whoever else changes it."""

import random

import httpx
import pytest

from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Member, Workspace
from infra.testing.rows import delete_rows
from infra.testing.world import World, create_item, list_item_ids, location_of, personal_workspace_id, put_item
from tests.support import counts
from tests.support.concurrent_writes import ConcurrentWriter, mark_as_being_deleted
from tests.support.failures import Hook
from tests.support.stored_rows import check_places

ARCHIVE = "archive"
STEPS = counts.choose(quick=30, full=80)
SEEDS = range(counts.choose(quick=1, full=4))


class Model:
    """A model of the stacks and the archive as lists, newest first. It is changed together with the API."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.home_inbox = f"{world.personal_url}/stacks/{world.owner.get(f'{world.personal_url}/inbox').json()['id']}"
        stacks = [
            f"{world.personal_url}/stacks/{one['id']}" for one in world.owner.get(f"{world.personal_url}/stacks").json()
        ]
        self.items: dict[str, list[int]] = {self.home_inbox: [], world.inbox_url: [], ARCHIVE: []}
        self.items |= {stack: [] for stack in stacks}

    def step(self) -> None:
        """Do one random thing."""
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
        self.lands(create_item(self.world.owner, place), place)

    def create_stack(self) -> None:
        home = self.random.choice([self.world.workspace_url, self.world.personal_url])
        self.items[location_of(self.world.owner.post(f"{home}/stacks", json={"name": "x"}))] = []

    def delete_stack(self) -> None:
        inboxes = {self.home_inbox, self.world.inbox_url}
        stacks = sorted(self.items.keys() - {ARCHIVE} - inboxes)
        if not stacks:
            return
        stack = self.random.choice(stacks)
        assert self.world.owner.delete(stack).status_code == 204
        inbox = self.home_inbox if stack.startswith(f"{self.world.personal_url}/") else self.world.inbox_url
        self.items[inbox][:0] = self.items.pop(stack)

    def move(self) -> None:
        item, place = self.any_item(), self.any_place()
        assert put_item(self.world.owner, place, item).status_code == 200
        self.lands(item, place)

    def move_to_inbox(self) -> None:
        item = self.any_item()
        answer = self.world.owner.put(f"{self.world.workspace_url}/inbox", json={"id": item})
        self.lands(item, self.world.inbox_url)
        assert [one["activity"]["id"] for one in answer.json()["items"]] == self.items[self.world.inbox_url]

    def archive(self) -> None:
        item = self.any_item()
        assert self.world.owner.put(f"{self.world.personal_url}/archive", json={"id": item}).status_code == 200
        self.lands(item, ARCHIVE)

    def everything(self) -> list[int]:
        """Return all items but the archived ones in the order of the API: by workspace and stack, inboxes first."""
        stacks = sorted(self.items.keys() - {ARCHIVE}, key=lambda stack: [int(stack.split("/")[n]) for n in (3, 5)])
        return [item for stack in stacks for item in self.items[stack]]


def shown(client: httpx.Client, world: World) -> tuple[list[int], list[int]]:
    return list_item_ids(client, "/api/workspaces/items"), list_item_ids(client, f"{world.personal_url}/archive")


@pytest.mark.parametrize("seed", SEEDS)
def test_random_work_leaves_each_item_in_exactly_one_place(world: World, seed: int) -> None:
    model = Model(world, seed)
    for number in range(STEPS):
        model.step()
        assert shown(world.owner, world) == (model.everything(), model.items[ARCHIVE]), f"after step {number}"
    for stack, items in model.items.items():
        if stack != ARCHIVE:
            assert list_item_ids(world.owner, f"{stack}/items") == items
    in_table = check_places()
    assert len(in_table) > 5
    for stack, items in model.items.items():
        place = None if stack == ARCHIVE else int(stack.rsplit("/", 1)[1])
        assert {in_table[item][1] for item in items} <= {place}


@pytest.mark.parametrize("what", ["stack", "workspace"])
@pytest.mark.parametrize("new", [True, False], ids=["created", "moved"])
def test_no_item_is_put_where_a_deletion_has_just_begun(world: World, on: Hook, what: str, new: bool) -> None:
    rival, stack = ConcurrentWriter(on), world.stack()
    item, ids = create_item(world.owner, world.personal_url), (world.account, world.workspace)
    stack_id = int(stack.rsplit("/", 1)[1])
    rival.work = {
        "stack": lambda: mark_as_being_deleted(Stack.ref(*ids, stack_id)),
        "workspace": lambda: mark_as_being_deleted(Workspace.ref(*ids)),
    }[what]
    answer = world.owner.post(f"{stack}/items", json={"name": "late"} if new else {"id": item})
    assert answer.status_code in (404, 409)
    assert check_places().keys() == {item}
    assert list_item_ids(world.owner, f"{world.personal_url}/items") == [item]


@pytest.mark.parametrize("what", ["member", "workspace"])
def test_no_item_is_taken_from_a_workspace_that_the_caller_has_just_left(world: World, on: Hook, what: str) -> None:
    rival, item = ConcurrentWriter(on), world.item()
    home = f"/api/workspaces/{personal_workspace_id(world.member)}"
    place = Member.ref(world.account, world.workspace, world.users["member"])
    rival.work = {
        "member": lambda: delete_rows([place]),
        "workspace": lambda: mark_as_being_deleted(Workspace.ref(world.account, world.workspace)),
    }[what]
    assert put_item(world.member, home, item).status_code == 404
    assert list_item_ids(world.member, f"{home}/items") == []
    assert {workspace for workspace, _ in check_places().values()} == {world.workspace}


def test_a_move_is_repeated_after_somebody_else_moved_the_item(world: World, on: Hook) -> None:
    rival, item, stack, other = ConcurrentWriter(on), world.item(), world.stack(), world.stack()
    rival.work = lambda: put_item(world.member, other, item)
    assert put_item(world.owner, stack, item).status_code == 200
    assert list_item_ids(world.owner, f"{stack}/items") == [item]
    assert list_item_ids(world.owner, f"{world.workspace_url}/items") == [item]
    check_places()
