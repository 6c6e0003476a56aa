"""Undo: who may do it, and other requests at the same time."""

from typing import Any

import pytest

from chalicelib.storage import table
from chalicelib.storage.models.actions import Action
from infra.testing.world import World, create_item
from tests.support.change_stream import ChangeStream
from tests.support.failures import Hook
from tests.support.undo import History, create, explain

ACTIONS = "/api/v2/actions.json"


@pytest.fixture
def history(world: World, stream: ChangeStream) -> History:
    return History(world, stream)


def test_a_block_is_set_back_by_those_who_may_change_it(history: History) -> None:
    world = history.world
    activity = world.activity()
    world.owner.put(world.block("priority", activity), json={"value": "high"})
    assert history.undo_newest(role="member").status_code == 403
    world.owner.patch(world.workspace_url, json={"setting": {"members_can_change_blocks": True}})
    assert history.undo_newest("activity", role="member").status_code == 200
    assert world.owner.get(activity).json()["priority"]["value"] == "normal"


def test_the_assignee_is_set_back_by_those_who_may_take_over(history: History) -> None:
    world = history.world
    activity = world.activity()
    world.owner.patch(world.workspace_url, json={"setting": {"allow_take_over_by_members": True}})
    world.member.put(f"{activity}/take_over")
    world.owner.patch(world.workspace_url, json={"setting": {"allow_take_over_by_members": False}})
    assert history.undo_newest("activity", role="member").status_code == 403
    assert history.undo_newest("activity").status_code == 200
    assert world.owner.get(activity).json()["assignee"]["id"] == world.users["owner"]
    assert [one["id"] for one in world.member.get("/api/activities").json()] == []


def test_an_activity_does_not_go_back_to_somebody_who_has_left_the_workspace(history: History) -> None:
    world = history.world
    activity = f"/api/activities/{create_item(world.member, world.workspace_url)}"
    world.owner.put(f"{activity}/take_over")
    seq = history.newest("activity")["seq"]
    world.owner.delete(f"{world.workspace_url}/members/{world.users['member']}")
    assert explain(history.undo(seq)) == "409 The former assignee has left the workspace."


def test_an_activity_of_somebody_who_has_left_the_account_does_not_come_back(history: History) -> None:
    world = history.world
    world.owner.delete(f"/api/activities/{create_item(world.member, world.workspace_url)}")
    seq = history.newest("activity")["seq"]
    assert world.owner.delete(f"/api/users/{world.users['member']}").status_code == 204
    assert explain(history.undo(seq)) == "409 Somebody in this activity has left the account."


def test_an_undo_with_an_idempotency_key_takes_place_once(history: History) -> None:
    create(history, ACTIONS, title="x")
    first, second = (history.undo(1, key="one") for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()


@pytest.mark.parametrize("is_new", [False, True])
def test_an_undo_that_loses_a_race_sees_the_other_change(history: History, on: Hook, *, is_new: bool) -> None:
    world = history.world
    action = create(history, ACTIONS, title="y" if is_new else "x")
    world.owner.patch(action, json={"title": "y"})
    seq = history.newest()["seq"]
    done: list[int] = []
    key = Action.ref(world.account, world.owner.get(action).json()["id"]).sk

    def interfere(model: Any, params: Any, **_: Any) -> None:
        """Change the action when the undo has compared it, and reads or writes it next."""
        if model.name == ("GetItem" if is_new else "PutItem") and key in str(params) and not done:
            done.append(1)
            world.owner.patch(action, json={"title": "z"})

    on("before-call.dynamodb", interfere)
    assert ": title." in explain(history.undo(seq))
    assert world.owner.get(action).json()["title"] == "z"


def test_an_object_that_is_restored_and_deleted_meanwhile_gets_no_version_twice(history: History, on: Hook) -> None:
    world = history.world
    action = create(history, ACTIONS, title="x")
    number = world.owner.get(action).json()["id"]
    world.owner.delete(action)
    seq = history.newest()["seq"]
    done: list[int] = []

    def interfere(model: Any, **_: Any) -> None:
        """Restore and delete the action when the undo is about to restore it."""
        if model.name == "TransactWriteItems" and not done:
            done.append(1)
            assert history.undo(seq).status_code == 200
            assert world.owner.delete(action).status_code == 200

    on("before-call.dynamodb", interfere)
    assert history.undo(seq).status_code == 200
    row = table.get(Action.ref(world.account, number))
    assert row
    assert row.version == 3
