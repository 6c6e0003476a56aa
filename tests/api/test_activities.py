"""/api/activities: each call as existing clients make it."""

from typing import Any

import httpx
import pytest

from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.workspaces import Workspace
from infra.testing.nouns.items import store_items
from infra.testing.rows import store_rows
from infra.testing.world import (
    World,
    add_member,
    create_item,
    create_workspace,
    list_item_ids,
    personal_workspace_id,
    put_item,
)
from tests.support.concurrent_writes import ConcurrentWriter
from tests.support.documented_examples import ACTIVITY
from tests.support.failures import Hook
from tests.support.stored_rows import check_places, save_rows

ALL = "/api/activities"
OTHER_BLOCK = "0" * 24
Json = dict[str, Any]


def mine(client: httpx.Client, query: str = "") -> list[int]:
    answer = client.get(f"{ALL}{query}", headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()]


def new(client: httpx.Client, **fields: Any) -> Json:
    answer = client.post(ALL, json={"name": "x"} | fields)
    assert answer.status_code == 200, answer.text
    activity: Json = answer.json()
    return activity


def allow(world: World, **setting: bool | str) -> None:
    assert world.owner.put(world.workspace_url, json={"setting": setting}).status_code == 200


def spread(world: World) -> int:
    """Write many activities of the owner directly to the table, each in a workspace of its own."""
    account, owner = world.account, world.users["owner"]
    number = next_id(account, "ids", by=2) - 1
    store_rows(workspaces.build_workspace(account, owner, number, workspaces.SHARED, {"name": "x"}))
    [item] = store_items(account, owner, number, number + 1, 1)
    return item


def test_the_blocks_of_an_activity_are_created_at_the_same_time(world: World) -> None:
    made = new(world.owner, name='"created_at":"never","x', description='\\"created_at":"never"')
    address = f"{ALL}/{made['id']}"
    changed = world.owner.put(f"{address}/blox/{made['size']['id']}", json={"value": "large"}).json()
    blocks = [changed[name] for name in ("priority", "progress", "target_date", "size", "alarm")]
    assert {block["created_at"] for block in blocks} == {made["created_at"]} == {changed["created_at"]}
    assert {block["updated_at"] for block in blocks if block != changed["size"]} == {made["created_at"]}
    assert (changed["name"], changed["description"]) == (made["name"], made["description"])


@pytest.mark.parametrize("name", ["target_date", "alarm"])
def test_a_block_takes_its_time_by_the_name_that_it_shows(world: World, name: str) -> None:
    made = new(world.owner)
    block = f"{ALL}/{made['id']}/blox/{made[name]['id']}"
    for field in ("time", "value"):
        assert world.owner.put(block, json={field: "2027-01-31T09:00:00Z"}).json()[name]["time"]
        assert world.owner.put(block, json={field: None}).json()[name]["time"] is None
    shown = made[name] | {"time": "2027-01-31T09:00:00Z"}
    assert world.owner.put(block, json=shown).json()[name]["time"] == shown["time"], "as it was read, with another time"
    refused = world.owner.put(block, json={"time": "soon"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/time")


def test_a_block_without_a_time_takes_none(world: World) -> None:
    made = new(world.owner)
    refused = world.owner.put(f"{ALL}/{made['id']}/blox/{made['size']['id']}", json={"time": "2027-01-31T09:00:00Z"})
    assert (refused.status_code, refused.json()["message"]) == (422, "time: is not a known name")


def test_a_new_activity_is_on_top_of_the_personal_inbox(world: World) -> None:
    below = create_item(world.member, home := f"/api/workspaces/{personal_workspace_id(world.member)}")
    answer = world.member.post(ALL, json={"name": "x"})
    assert answer.status_code == 200
    assert list(answer.json()) == list(ACTIVITY)
    assert world.member.get(answer.headers["location"]).json() == answer.json()
    inbox = world.member.get(f"{home}/inbox").json()["items"]
    assert [item["activity"]["id"] for item in inbox] == [answer.json()["id"], below]
    assert inbox[0]["activity"] == answer.json()
    check_places()


def test_a_new_activity_has_all_the_values_that_were_sent(world: World) -> None:
    said = {"target_date": "2027-01-31", "alarm": "2027-01-30T12:00:00+02:00", "priority": "High", "size": "small"}
    activity = new(world.owner, description="y", **said)
    assert (activity["description"], activity["priority"]["value"], activity["size"]["value"]) == ("y", "high", "small")
    assert activity["target_date"]["time"] == "2027-01-31T00:00:00Z"
    assert activity["alarm"]["time"] == "2027-01-30T10:00:00Z"
    unsaid = new(world.owner, **dict.fromkeys([*said, "description"]))
    assert (unsaid["priority"]["value"], unsaid["size"]["value"]) == ("normal", "medium")
    assert (unsaid["target_date"]["time"], unsaid["alarm"]["time"]) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [{}, {"name": " "}, {"name": None}, {"priority": "urgent"}, {"size": 3}, {"target_date": "soon"}, {"alarm": "x"}],
    ids=str,
)
def test_a_new_activity_with_wrong_values_is_refused(world: World, wrong: Json) -> None:
    answer = world.owner.post(ALL, json={"name": "x"} | wrong if wrong else {})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("#/")
    assert mine(world.owner) == []


def test_a_repeated_request_creates_one_activity(world: World) -> None:
    answers = [world.owner.post(ALL, json={"name": "x"}, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert mine(world.owner) == [answers[0].json()["id"]]


def test_the_list_has_the_activities_that_the_caller_created_or_is_assigned_to(world: World) -> None:
    first, archived, theirs = (
        world.item(),
        create_item(world.owner, world.personal_url),
        create_item(world.member, world.workspace_url),
    )
    own = new(world.owner)["id"]
    assert world.owner.put(f"{world.personal_url}/archive", json={"id": archived}).status_code == 200
    assert mine(world.owner) == [own, archived, first]
    assert mine(world.member) == [theirs]
    assert world.owner.put(f"{ALL}/{theirs}/take_over").status_code == 200
    assert mine(world.owner) == [own, theirs, archived, first]
    assert mine(world.member) == [theirs], "who created it"
    assert mine(world.clients["other user"]) == mine(world.clients["other account"]) == []
    shown = world.owner.get(ALL).json()
    assert shown == [world.owner.get(f"{ALL}/{one['id']}").json() for one in shown]


def test_the_list_is_paged_in_both_ways(world: World) -> None:
    made = [new(world.owner)["id"] for _ in range(7)][::-1]
    assert [mine(world.owner, f"?page={page}&per_page=3") for page in (1, 2, 3)] == [made[:3], made[3:6], made[6:]]
    address, found = f"{ALL}?limit=3", []
    while address:
        answer = world.owner.get(address)
        found.append([one["id"] for one in answer.json()])
        address = answer.links.get("next", {}).get("url", "")
    assert found == [made[:3], made[3:6], made[6:]]
    other = world.owner.get(f"{world.personal_url}/items?limit=3").links["next"]["url"].partition("cursor=")[2]
    assert world.owner.get(f"{ALL}?limit=3&cursor={other}").status_code == 422


def test_the_list_hides_activities_in_workspaces_that_the_caller_has_left(world: World) -> None:
    inside, home = create_item(world.member, world.workspace_url), new(world.member)["id"]
    assert mine(world.member) == [home, inside]
    world.member.delete(f"{world.workspace_url}/members/{world.users['member']}")
    assert mine(world.member) == mine(world.member, "?limit=1") == [home]
    assert world.member.get(f"{ALL}/{inside}").status_code == 404
    world.invite("member")
    assert mine(world.member) == [home], "not yet"
    add_member(world.account, world.workspace, world.users["member"])
    assert mine(world.member) == [home, inside]


def test_the_list_hides_activities_that_are_being_deleted_and_still_fills_its_pages(world: World) -> None:
    item, home, doomed = world.item(), new(world.owner)["id"], world.item()
    workspace = table.get(Workspace.ref(world.account, world.workspace))
    assert workspace
    workspace.deletion_state = "deleting"
    save_rows(workspace)
    assert mine(world.owner) == mine(world.owner, "?limit=1") == [home]
    assert item < doomed
    assert world.owner.delete(world.workspace_url).status_code == 204
    assert mine(world.owner) == [home]


def test_deleting_a_workspace_into_the_archive_keeps_its_activities_in_the_lists(world: World) -> None:
    own, theirs = world.item(), create_item(world.member, world.workspace_url)
    assert world.owner.put(f"{ALL}/{theirs}/take_over").status_code == 200
    assert world.owner.delete(f"{world.workspace_url}?archive_items=true").status_code == 204
    assert mine(world.owner) == [theirs, own]
    assert mine(world.member) == [], "it lies in the owner's own archive"
    check_places()


@pytest.mark.nightly
@pytest.mark.slow
def test_the_list_over_two_hundred_workspaces_takes_two_requests_in_sequence(world: World, asked: list[str]) -> None:
    made = [spread(world) for _ in range(200)][::-1]
    world.owner.get(ALL)
    asked.clear()
    assert mine(world.owner) == made
    assert sorted(asked) == ["BatchGetItem"] * 3 + ["GetItem"] + ["Query"] * 2, "more than a hundred keys are pages"


def test_name_and_description_change_alone(world: World) -> None:
    address = world.activity()
    before = world.owner.get(address).json()
    answer = world.member.put(address, json={"name": "y"})
    assert answer.json() | {"updated_at": 0} == before | {"name": "y", "updated_at": 0}
    answer = world.owner.patch(address, json=answer.json() | {"description": "z", "state": "finished"})
    assert (answer.json()["description"], answer.json()["state"]) == ("z", "draft")
    assert world.owner.put(address, json={}).json() == answer.json() == world.member.get(address).json()
    assert world.owner.put(address, json={"name": ""}).status_code == 422
    assert world.owner.put(address, json={"name": "w"}, headers={"If-Match": '"old"'}).status_code == 412
    [item] = world.owner.get(f"{world.workspace_url}/inbox").json()["items"]
    assert item["activity"] == answer.json()
    check_places()


@pytest.mark.parametrize("named", [int, str])
def test_an_activity_moves_to_the_inbox_of_another_workspace(world: World, named: type) -> None:
    stack, below = world.stack(), create_item(world.owner, world.personal_url)
    item = world.item(stack)
    here, on = world.workspace, int(stack.rsplit("/", 1)[1])
    for source, status in ((world.personal, 409), (here, 200)):
        body = {"source_id": named(source), "workspace_id": named(world.personal)}
        answer = world.owner.put(f"{ALL}/{item}/move", json=body)
        assert answer.status_code == status, answer.text
    assert answer.json() == world.owner.get(f"{ALL}/{item}").json()
    assert list_item_ids(world.owner, f"{world.personal_url}/items") == [item, below]
    put_item(world.owner, stack, item)
    assert world.owner.put(f"{ALL}/{item}/move", json={"source_id": on, "workspace_id": here}).status_code == 200
    assert list_item_ids(world.owner, f"{world.inbox_url}/items") == [item]
    assert world.owner.put(f"{ALL}/{item}/move", json={"source_id": None}).status_code == 422
    check_places()


def test_an_activity_moves_only_between_workspaces_of_the_caller(world: World) -> None:
    item, elsewhere = create_item(world.owner, world.personal_url), create_workspace(world.clients["other user"])
    for client, workspace in ((world.member, world.workspace), (world.owner, elsewhere), (world.owner, 99_999)):
        body = {"source_id": 1, "workspace_id": workspace} if client is world.member else {"workspace_id": workspace}
        assert client.put(f"{ALL}/{item}/move", json=body).status_code == 404
    assert list_item_ids(world.owner, f"{world.personal_url}/items") == [item]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("priority", "high", "high"),
        ("priority", "LOW", "low"),
        ("size", "large", "large"),
        ("progress", 55, "55"),
        ("progress", "100", "100"),
        ("target_date", "2027-01-31", "2027-01-31T00:00:00Z"),
        ("alarm", "2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z"),
    ],
)
def test_a_block_accepts_valid_values(world: World, name: str, value: object, shown: str) -> None:
    address = world.activity()
    before = world.owner.get(address).json()
    answer = world.owner.put(world.block(name, address), json={"value": value})
    field = "time" if "time" in before[name] else "value"
    block = before[name] | {field: shown, "updated_at": 0}
    assert answer.json() | {name: answer.json()[name] | {"updated_at": 0}, "updated_at": 0} == before | {
        name: block,
        "updated_at": 0,
    }
    assert world.member.get(address).json() == answer.json()
    assert world.owner.put(world.block(name, address), json={}).json() == answer.json()
    assert world.owner.put(world.block(name, address), json={"value": value}).json() == answer.json()
    if field == "time":
        cleared = world.owner.put(world.block(name, address), json={"value": None})
        assert cleared.json()[name]["time"] is None
    check_places()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("priority", "large"), ("priority", None), ("size", "high"), ("size", []), ("alarm", "high"), ("alarm", {})),
        *(("progress", 101), ("progress", "-1"), ("progress", None), ("progress", True), ("target_date", "soon")),
    ],
)
def test_a_block_refuses_invalid_values(world: World, name: str, value: object) -> None:
    address = world.activity()
    before = world.owner.get(address).json()
    answer = world.owner.put(world.block(name, address), json={"value": value})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/value")
    assert world.owner.get(address).json() == before


def test_a_block_of_another_activity_is_not_found(world: World) -> None:
    one, other = world.activity(), world.activity()
    foreign = world.block("size", other).rsplit("/", 1)[1]
    for block in (foreign, OTHER_BLOCK, "x"):
        assert world.owner.put(f"{one}/blox/{block}", json={"value": "large"}).status_code == 404


def test_blocks_are_changed_by_owner_creator_and_assignee_and_by_members_if_the_setting_allows_it(world: World) -> None:
    owners, members = world.activity(), f"{ALL}/{create_item(world.member, world.workspace_url)}"
    high = {"value": "high"}
    assert world.member.put(world.block("priority", owners), json=high).status_code == 403
    assert world.member.put(world.block("priority", members), json=high).status_code == 200
    assert world.owner.put(world.block("size", members), json={"value": "small"}).status_code == 200
    allow(world, members_can_change_blocks="true")
    assert world.member.put(world.block("priority", owners), json=high).status_code == 200
    allow(world, members_can_change_blocks="false", allow_take_over_by_members=True)
    assert world.member.put(world.block("size", owners), json={"value": "small"}).status_code == 403
    assert world.member.put(f"{owners}/take_over").status_code == 200
    assert world.member.put(world.block("size", owners), json={"value": "small"}).status_code == 200


def test_the_owner_always_takes_over_and_members_if_the_setting_allows_it(world: World) -> None:
    item = world.item()
    address = f"{ALL}/{item}"
    refused = world.member.put(f"{address}/take_over")
    assert refused.status_code == 403
    assert "take over" in refused.json()["detail"]
    allow(world, allow_take_over_by_members=True)
    answer = world.member.put(f"{address}/take_over")
    assert (answer.json()["assignee"]["id"], answer.json()["creator"]["id"]) == (
        world.users["member"],
        world.users["owner"],
    )
    assert mine(world.member) == mine(world.owner) == [item]
    assert world.member.put(f"{address}/take_over").json() == answer.json(), "a second time changes nothing"
    theirs = create_item(world.member, world.workspace_url)
    assert world.owner.put(f"{ALL}/{theirs}/take_over").json()["assignee"]["id"] == world.users["owner"]
    back = world.owner.put(f"{address}/take_over").json()
    assert back["assignee"]["id"] == world.users["owner"]
    assert mine(world.member) == [theirs], "what is no longer assigned is no longer listed"
    check_places()


def test_a_member_who_leaves_at_the_same_time_takes_nothing_over(world: World, on: Hook) -> None:
    rival, address = ConcurrentWriter(on), world.activity()
    allow(world, allow_take_over_by_members=True)
    rival.work = lambda: world.owner.delete(f"{world.workspace_url}/members/{world.users['member']}")
    assert world.member.put(f"{address}/take_over").status_code == 404
    assert world.owner.get(address).json()["assignee"]["id"] == world.users["owner"]
    check_places()


@pytest.mark.parametrize("verb", ["play", "delete", "move"])
def test_a_change_by_somebody_else_at_the_same_time_is_not_lost(world: World, on: Hook, verb: str) -> None:
    rival, item = ConcurrentWriter(on), world.item()
    body = {"workspace_id": world.personal} if verb == "move" else None
    rival.work = lambda: world.member.put(f"{ALL}/{item}", json={"name": "late"})
    answer = world.owner.put(f"{ALL}/{item}/{verb}", json=body)
    assert (answer.status_code, answer.json()["name"]) == (200, "late")
    assert check_places().keys() == (set() if verb == "delete" else {item})


def test_an_activity_that_is_deleted_while_its_stack_is_emptied_stays_deleted(world: World, on: Hook) -> None:
    stack = world.stack()
    kept, gone = world.item(stack), world.item(stack)
    struck: list[bool] = []

    def strike(model: Any, **_: Any) -> None:
        if model.name == "BatchGetItem" and deleting and not struck:
            struck.append(True)
            assert world.member.delete(f"{ALL}/{gone}").status_code == 204

    deleting = False
    on("before-call.dynamodb", strike)
    stack_reads, deleting = world.owner.get(stack).status_code, True
    assert (stack_reads, world.owner.delete(stack).status_code) == (200, 204)
    assert list_item_ids(world.owner, f"{world.workspace_url}/items") == [kept]
    assert struck
    check_places()
