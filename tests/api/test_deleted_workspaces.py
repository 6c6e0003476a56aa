"""Deleted workspaces are hidden from everybody, and everything in them is as before when they are restored."""

from typing import Any

import httpx
import pytest

from chalicelib import errors
from chalicelib.routes.alarms import ring_alarms
from chalicelib.storage import table
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Workspace
from infra import schedule
from infra.testing.world import World, create_item, create_workspace, location_of, put_item
from tests.support.clock import Clock
from tests.support.deleted_objects import LISTS, PEOPLE, restore_workspace, seen_by_everybody
from tests.support.failures import Hook
from tests.support.invitations import links
from tests.support.purges import purge_deleted
from tests.support.stored_rows import check_places, save_rows, stored_rows

Json = dict[str, Any]


def fill(world: World) -> tuple[str, ...]:
    """Put a stack, items, a comment and a delegation into the workspace. Return the addresses of everything."""
    stack, item = world.stack(), world.item()
    on_stack = create_item(world.member, stack)
    comment = location_of(world.owner.post(f"/api/activities/{item}/comments", json={"body": "x"}))
    [invitation] = world.invited.get("/api/invitations").json()
    here, flat = world.workspace_url, f"/api/stacks/{stack.rpartition('/')[2]}"
    contents = [
        here,
        *(f"{here}/{tail}" for tail in ("inbox", "stacks", "items", "members", "outboxes", "invitations")),
    ]
    activities = [f"/api/activities/{one}" for one in (item, on_stack)]
    discussion = [f"{activities[0]}/comments", comment]
    others = [world.delegate(), f"/api/invitations/{invitation['id']}"]
    return (*contents, stack, f"{stack}/items", flat, f"{flat}/items", *activities, *discussion, *others)


def test_nobody_sees_anything_of_a_deleted_workspace_and_everybody_sees_it_again_when_it_is_restored(
    world: World,
) -> None:
    empty = {f"{role} {address}": world.clients[role].get(address).json() for role in PEOPLE for address in LISTS[2:6]}
    assert not any(empty.values())
    addresses = fill(world)
    before, places = seen_by_everybody(world, addresses), check_places()
    assert world.owner.delete(world.workspace_url).status_code == 204
    hidden = seen_by_everybody(world, addresses)
    assert {hidden[f"{role} {address}"][0] for role in PEOPLE for address in addresses} == {404}
    assert not any(hidden[f"{role} {address}"][1] for role in PEOPLE for address in LISTS[1:])
    named = [one["id"] for role in PEOPLE for one in hidden[f"{role} {LISTS[0]}"][1]]
    assert world.workspace not in named
    assert len(named) == len(PEOPLE)
    restore_workspace(world)
    assert seen_by_everybody(world, addresses) == before
    assert check_places() == places


def test_nothing_of_a_deleted_workspace_can_be_changed_moved_or_answered(world: World, outbox: list[Json]) -> None:
    fill(world)
    item, late = world.item(), {"name": "late"}
    [delegation] = world.clients["other user"].get("/api/delegations").json()
    [invitation] = world.invited.get("/api/invitations").json()
    assert world.owner.delete(world.workspace_url).status_code == 204
    before, mails = stored_rows("activity", "workspace", "invitation", "delegation", "member"), len(outbox)
    owner, udo, here = world.owner, world.clients["other user"], world.workspace_url
    answers = [
        owner.delete(here),
        owner.delete(f"{here}?archive_items=true"),
        owner.patch(here, json=late),
        owner.post(f"{here}/items", json=late),
        owner.post(f"{here}/stacks", json=late),
        owner.post(f"{here}/invitation", json={"email": "new@acme.example"}),
        owner.patch(f"/api/activities/{item}", json=late),
        owner.put(f"/api/activities/{item}/play"),
        owner.delete(f"/api/activities/{item}"),
        owner.put(f"/api/activities/{item}/delegate", json={"email": "new@acme.example"}),
        owner.post(f"/api/activities/{item}/comments", json={"body": "late"}),
        put_item(owner, world.personal_url, item),
        world.member.delete(f"{here}/members/{world.users['member']}"),
        udo.put(f"/api/delegations/{delegation['id']}/accept"),
        owner.post(f"/api/delegations/{delegation['id']}/redelegate", json={"email": "new@acme.example"}),
        world.invited.put(f"/api/invitations/{invitation['id']}/accept"),
        owner.delete(f"/api/invitations/{invitation['id']}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert stored_rows("activity", "workspace", "invitation", "delegation", "member") == before
    assert len(outbox) == mails


def test_the_links_in_mails_lead_to_nothing_until_the_workspace_is_restored(world: World, outbox: list[Json]) -> None:
    world.owner.post(f"{world.workspace_url}/invitation", json={"email": "new@acme.example"})
    world.delegate(to="other user")
    before = [httpx.get(link) for link in links(outbox)]
    assert [answer.status_code for answer in before] == [200, 200]
    world.owner.delete(world.workspace_url)
    assert [httpx.get(link).status_code for link in links(outbox)] == [404, 404]
    restore_workspace(world)
    assert [httpx.get(link).text for link in links(outbox)] == [answer.text for answer in before]


def test_deleting_a_workspace_writes_its_row_and_a_note_of_the_purge_whatever_is_in_it(
    world: World, asked: list[str]
) -> None:
    fill(world)
    before = {(row["pk"]["S"], row["sk"]["S"]): row for row in stored_rows()}
    asked.clear()
    assert world.owner.delete(world.workspace_url).status_code == 204
    assert asked[-2:] == ["BatchGetItem", "TransactWriteItems"]
    changed = [row["kind"]["S"] for row in stored_rows() if before.get((row["pk"]["S"], row["sk"]["S"])) != row]
    assert sorted(kind for kind in changed if kind != "credential") == ["purge", "workspace"]


def test_a_list_is_read_twice_however_many_workspaces_were_deleted(world: World, asked: list[str]) -> None:
    kept = world.item()
    for _ in range(5):
        place = f"/api/workspaces/{create_workspace(world.owner)}"
        create_item(world.owner, place)
        assert world.owner.delete(place).status_code == 204
    for address in ("/api/workspaces/items?per_page=1", "/api/activities?limit=1"):
        asked.clear()
        shown = world.owner.get(address).json()
        assert [one.get("activity", one)["id"] for one in shown] == [kept]
        assert asked.count("BatchGetItem") <= 3, "the people of a page twice, and once the caller's workspaces"


def test_only_the_owner_restores_a_workspace(world: World) -> None:
    world.owner.delete(world.workspace_url)
    for role in ("member", "invited", "other user"):
        with pytest.raises(errors.NotFound):
            restore_workspace(world, role)
    assert world.owner.get(world.workspace_url).status_code == 404
    restore_workspace(world)
    assert world.member.get(world.workspace_url).status_code == 200
    with pytest.raises(errors.Conflict, match="has not been deleted"):
        restore_workspace(world)
    with pytest.raises(errors.Forbidden):
        restore_workspace(world, "member")
    with pytest.raises(errors.NotFound):
        restore_workspace(world, "other user")


def test_a_workspace_is_restored_by_one_commit_and_can_be_deleted_again(world: World, asked: list[str]) -> None:
    for _ in range(2):
        assert world.owner.delete(world.workspace_url).status_code == 204
        assert len(stored_rows("purge")) == 1
        asked.clear()
        restore_workspace(world)
        assert asked == ["BatchGetItem", "TransactWriteItems"]
        assert stored_rows("purge") == []


@pytest.mark.parametrize("state", ["archiving", "purging"])
def test_a_workspace_whose_items_are_leaving_is_not_restored(world: World, state: str) -> None:
    workspace = table.get(Workspace.ref(world.account, world.workspace))
    assert workspace
    workspace.deletion_state = state
    save_rows(workspace)
    error = {"archiving": errors.Conflict, "purging": errors.NotFound}[state]
    with pytest.raises(error):
        restore_workspace(world)


def test_a_deletion_that_an_earlier_release_has_begun_is_finished_when_it_is_repeated(world: World) -> None:
    fill(world)
    workspace = table.get(Workspace.ref(world.account, world.workspace))
    assert workspace
    workspace.deletion_state = "deleting"
    save_rows(workspace)
    answers = [world.owner.get(world.workspace_url), *(world.owner.delete(world.workspace_url) for _ in range(2))]
    assert [answer.status_code for answer in answers] == [404, 204, 404]
    with pytest.raises(errors.NotFound):
        restore_workspace(world)
    ring_alarms(schedule.EVENT, schedule.Context())
    assert not [row for row in stored_rows("activity", "stack") if str(world.workspace) in row["pk"]["S"]]
    assert str(world.workspace) not in [row["id"]["N"] for row in stored_rows("workspace")]
    assert stored_rows("purge") == []


def test_an_alarm_in_a_deleted_workspace_is_silent_and_rings_if_the_workspace_is_back_in_time(
    world: World, clock: Clock, outbox: list[Json]
) -> None:
    activities = [f"/api/activities/{world.item()}" for _ in range(2)]
    for activity, seconds in zip(activities, (60, 180), strict=True):
        block = world.owner.get(activity).json()["alarm"]["id"]
        answer = world.owner.put(f"{activity}/blox/{block}", json={"value": clock.later(seconds)})
        assert answer.status_code == 200
    mails = len(outbox)
    world.owner.delete(world.workspace_url)
    clock.goes(120)
    ring_alarms(schedule.EVENT, schedule.Context())
    assert len(outbox) == mails
    restore_workspace(world)
    clock.goes(60)
    ring_alarms(schedule.EVENT, schedule.Context())
    assert len(outbox) == mails + 1, "the first one was missed"


def test_a_user_who_leaves_has_no_part_any_more_in_a_workspace_that_is_restored_later(world: World) -> None:
    delegation = world.delegate()
    world.owner.delete(world.workspace_url)
    for role in ("other user", "invited", "member"):
        assert world.owner.delete(f"/api/users/{world.users[role]}").status_code == 204
    restore_workspace(world)
    assert world.owner.get(delegation).json()["state"] == "taken_back"
    assert [user["id"] for user in world.owner.get(f"{world.workspace_url}/members").json()] == [world.users["owner"]]
    assert world.owner.get(f"{world.workspace_url}/invitations").json() == []
    check_places()


def test_an_accepted_activity_stays_in_the_deleted_workspace_when_its_delegee_leaves(world: World) -> None:
    activity = world.activity()
    delegation = world.delegate(activity, to="member")
    assert world.member.put(f"{delegation}/accept").status_code == 200
    world.owner.delete(world.workspace_url)
    assert world.owner.delete(f"/api/users/{world.users['member']}").status_code == 204
    restore_workspace(world)
    shown = world.owner.get(activity).json()
    assert (shown["assignee"]["id"], world.owner.get(delegation).json()["state"]) == (
        world.users["owner"],
        "taken_back",
    )
    check_places()


def test_the_owner_of_a_deleted_workspace_can_be_removed_and_then_it_is_only_purged(world: World) -> None:
    place = create_workspace(world.member)
    create_item(world.member, f"/api/workspaces/{place}")
    address = f"/api/users/{world.users['member']}"
    assert world.owner.delete(address).status_code == 409
    assert world.member.delete(f"/api/workspaces/{place}").status_code == 204
    assert world.owner.delete(address).status_code == 204
    purge_deleted()
    assert str(place) not in [row["id"]["N"] for row in stored_rows("workspace")]


def test_a_workspace_is_not_restored_for_an_owner_who_has_just_left(world: World, on: Hook) -> None:
    world.owner.delete(world.workspace_url)

    def leave(**_: Any) -> None:
        user = table.get(User.ref(world.account, world.users["owner"]))
        if user and not user.deletion_state:
            user.deletion_state = "leaving"
            save_rows(user)

    on("before-call.dynamodb.TransactWriteItems", leave)
    with pytest.raises(errors.Forbidden):
        restore_workspace(world)
