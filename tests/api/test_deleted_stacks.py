"""Deleted stacks are hidden from everybody, do not count, and come back empty when they are restored."""

import pytest

from chalicelib import errors
from chalicelib.domain.activities import deletion
from chalicelib.domain.workspaces import stacks
from chalicelib.storage.models.stacks import Stack
from infra.testing.world import World, create_item, item_ids, list_item_ids
from tests.support.concurrent_writes import ConcurrentWriter, mark_as_being_deleted
from tests.support.deleted_objects import restore_stack
from tests.support.failures import Hook
from tests.support.stored_rows import check_places, stored_rows


def names(world: World) -> list[str]:
    return [stack["name"] for stack in world.owner.get(f"{world.workspace_url}/stacks").json()]


def test_a_deleted_stack_is_found_by_nobody_and_takes_no_item(world: World) -> None:
    stack, item = world.stack(), world.item()
    flat = f"/api/stacks/{stack.rpartition('/')[2]}"
    assert world.member.delete(stack).status_code == 204
    assert names(world) == []
    for client in (world.owner, world.member):
        for address in (stack, flat):
            answers = [
                client.get(address),
                client.get(f"{address}/items"),
                client.patch(address, json={"name": "late"}),
                client.post(f"{address}/items", json={"name": "late"}),
                client.post(f"{address}/items", json={"id": item}),
                client.delete(address),
            ]
            assert [answer.status_code for answer in answers] == [404] * len(answers)
        assert client.put(f"{stack}/reorder", json={"position": 0}).status_code == 404


def test_a_deleted_stack_does_not_count_and_is_restored_only_if_there_is_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stacks, "MAX_STACKS", 2)
    first, _ = world.stack("a"), world.stack("b")
    assert world.owner.delete(first).status_code == 204
    third = world.stack("c")
    with pytest.raises(errors.Conflict, match="at most 2 stacks"):
        restore_stack(world, first)
    assert world.owner.delete(third).status_code == 204
    restore_stack(world, first)
    assert names(world) == ["a", "b"]


@pytest.mark.parametrize(("position", "order"), [(None, "bac"), (0, "acb"), (1, "abc"), (9, "bac")])
def test_anybody_in_the_workspace_restores_a_stack_at_a_position(
    world: World, asked: list[str], position: int | None, order: str
) -> None:
    made = {name: world.stack(name) for name in "abc"}
    item = create_item(world.owner, made["b"])
    assert world.owner.delete(made["b"]).status_code == 204
    asked.clear()
    restore_stack(world, made["b"], "member", position)
    assert asked == ["BatchGetItem", "TransactWriteItems"]
    assert "".join(names(world)) == order
    assert world.owner.get(made["b"]).json()["items"] == [], "its items have moved to the inbox"
    assert item_ids(world.owner.get(f"{world.workspace_url}/inbox").json()["items"]) == [item]
    assert stored_rows("purge") == []
    create_item(world.member, made["b"])
    assert world.owner.delete(made["b"]).status_code == 204
    check_places()


def test_a_stack_is_restored_only_by_those_who_may_enter_its_workspace_and_only_if_it_was_deleted(
    world: World,
) -> None:
    stack = world.stack()
    with pytest.raises(errors.Conflict, match="has not been deleted"):
        restore_stack(world, stack)
    with pytest.raises(errors.Conflict, match="has not been deleted"):
        restore_stack(world, world.inbox_url)
    with pytest.raises(errors.NotFound):
        restore_stack(world, "99999")
    world.owner.delete(stack)
    for role, error in (("invited", errors.Forbidden), ("other user", errors.NotFound)):
        with pytest.raises(error):
            restore_stack(world, stack, role)
    world.owner.delete(world.workspace_url)
    with pytest.raises(errors.NotFound):
        restore_stack(world, stack)


def test_a_stack_whose_items_are_still_moving_is_not_restored(world: World) -> None:
    stack = world.stack()
    mark_as_being_deleted(Stack.ref(world.account, world.workspace, int(stack.rpartition("/")[2])))
    with pytest.raises(errors.Conflict, match="has not been deleted"):
        restore_stack(world, stack)
    assert world.owner.delete(stack).status_code == 204
    restore_stack(world, stack)


@pytest.mark.parametrize("what", ["stack", "workspace"])
def test_an_item_that_arrives_while_the_others_move_moves_as_well(world: World, on: Hook, what: str) -> None:
    stack = world.stack()
    place = stack if what == "stack" else world.workspace_url
    first, writer = create_item(world.owner, stack), ConcurrentWriter(on)
    arrived: list[int] = []
    writer.work = lambda: arrived.append(create_item(world.member, stack))
    assert world.owner.delete(f"{place}?archive_items=true").status_code == 204
    kept = f"{world.inbox_url}/items" if what == "stack" else f"{world.personal_url}/archive"
    assert list_item_ids(world.owner, kept) == [*arrived, first]
    check_places()


def test_no_item_arrives_on_a_stack_that_is_deleted_in_steps(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH_SIZE", 2)
    stack = world.stack()
    items = [create_item(world.owner, stack) for _ in range(3)]
    writer, statuses = ConcurrentWriter(on), []
    writer.work = lambda: statuses.append(world.member.post(f"{stack}/items", json={"name": "late"}).status_code)
    assert world.owner.delete(stack).status_code == 204
    assert statuses == [409], "it is being deleted"
    assert list_item_ids(world.owner, f"{world.inbox_url}/items") == items[::-1]
