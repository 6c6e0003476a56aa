"""Objects that hardly fit into a row of the table, or do not: they are refused when they are saved, and never fail."""

import boto3
import httpx
import pytest

from chalicelib import config
from chalicelib.storage.models.base import MAX_DOCUMENT_BYTES, MAX_ROW_BYTES
from infra.testing.capacity import item_size
from infra.testing.world import World, create_item
from tests.support.problems import assert_problem
from tests.support.stored_rows import stored_rows

ALL, ACTIONS = "/api/workspaces", "/api/v2/actions.json"
LARGEST = "Its largest field is description."
WIDE = "\N{GRINNING FACE}"  # four bytes
FULL = WIDE * (MAX_DOCUMENT_BYTES // 4)
MAX_TEXT = 400_000


@pytest.fixture
def full_workspace(world: World) -> str:
    """Return the address of a workspace with the largest possible description and name, and many stacks."""
    made = world.owner.post(ALL, json={"name": WIDE * 255, "description": FULL[:-1_000]})
    assert made.status_code == 201
    return str(made.headers["location"])


@pytest.mark.parametrize("length", [MAX_TEXT + 1, 409_296, 500_000])
def test_a_text_that_no_row_can_hold_is_refused_before_anything_is_read(
    world: World, asked: list[str], length: int
) -> None:
    places = [ALL, f"{world.workspace_url}/stacks", f"{world.workspace_url}/items", "/api/activities", ACTIONS]
    places += [world.workspace_url, world.inbox_url]
    for place in places:
        asked.clear()
        body = {"title" if place == ACTIONS else "name": "x", "description": "x" * length}
        refused = world.owner.request("PUT" if place in places[-2:] else "POST", place, json=body)
        assert_problem(refused, 413, f"a text of {length} characters, and at most {MAX_TEXT} can be stored. {LARGEST}")
        assert asked == ["GetItem"], "Only the authorizer reads anything."


def test_text_that_takes_more_bytes_than_a_row_is_refused(world: World) -> None:
    stack = world.stack()
    for place in (ALL, f"{world.workspace_url}/stacks", f"{world.workspace_url}/items", "/api/activities"):
        refused = world.owner.post(place, json={"name": "x", "description": FULL + WIDE})
        assert_problem(refused, 413, LARGEST)
    for place in (world.workspace_url, stack, world.activity()):
        before = world.owner.get(place).json()
        assert_problem(world.owner.put(place, json={"description": FULL + WIDE}), 413, LARGEST)
        assert world.owner.get(place).json() == before


def test_everything_can_still_be_done_with_a_full_workspace(world: World, full_workspace: str) -> None:
    too_much = world.owner.put(full_workspace, json={"description": FULL + WIDE})
    assert_problem(too_much, 413, LARGEST)
    for number in range(3):
        assert world.owner.post(f"{full_workspace}/stacks", json={"name": f"{number}"}).status_code == 201
    create_item(world.owner, full_workspace)
    assert world.owner.put(full_workspace, json={"setting": {"allow_invitations": False}}).status_code == 200
    assert world.owner.delete(full_workspace).status_code == 204


def test_a_full_row_has_room_for_what_comes_later(world: World, full_workspace: str) -> None:
    row = next(row for row in stored_rows("workspace") if item_size(row) > 400_000)
    later = {"stacks": {"S": str([10**15] * 100)}, "additions": {"N": "9" * 16}, "deletion_state": {"S": "x" * 50}}
    assert item_size(row | later) + 1_000 * 4 <= MAX_ROW_BYTES, "The description could be 1,000 characters longer."


def test_a_full_activity_can_be_changed_in_other_ways(world: World, owner_activity: str) -> None:
    for verb in ("play", "pause", "finish", "delete"):
        assert world.owner.put(f"{owner_activity}/{verb}").status_code == 200


@pytest.fixture
def owner_activity(world: World) -> str:
    """Return the address of an activity with a description that takes almost a row."""
    address = world.activity()
    assert world.owner.put(address, json={"description": "x" * MAX_TEXT}).status_code == 200
    return address


def test_an_activity_that_would_not_fit_with_its_delegation_is_refused(world: World, owner_activity: str) -> None:
    delegate = {"slug": world.users["other user"], "note": "\u0001" * 2_000}
    refused = world.owner.put(f"{owner_activity}/delegate", json=delegate)
    assert_problem(refused, 413, LARGEST)
    assert world.owner.get("/api/delegations").json() == []


def test_an_activity_does_not_outgrow_its_row_after_its_delegation(world: World) -> None:
    address = world.activity()
    delegation = world.delegate(address, note="\u0001" * 9_000, sign_off=True)
    udo = world.clients["other user"]
    assert udo.put(f"{delegation}/accept").status_code == 200
    for client, verb in ((udo, "play"), (udo, "finish"), (world.owner, "approve")):
        assert client.put(f"{address}/{verb}").status_code == 200
    refused = udo.put(address, json={"description": "x" * MAX_TEXT})
    assert_problem(refused, 413, LARGEST)
    assert udo.put(address, json={"description": "x" * 300_000}).status_code == 200


def test_nothing_is_added_to_a_row_that_an_older_release_has_filled(world: World) -> None:
    client = boto3.client("dynamodb")
    row = next(one for one in stored_rows("workspace") if one["id"]["N"] == str(world.workspace))
    row = {name: value for name, value in row.items() if name != "additions"} | {"stamp": {"B": b"x" * 35}}
    room = MAX_ROW_BYTES - item_size(row) - len("description")
    client.put_item(TableName=config.TABLE_NAME, Item=row | {"description": {"S": "x" * room}})
    places: list[httpx.Response] = [
        world.owner.post(f"{world.workspace_url}/items", json={"name": "x"}),
        world.owner.post(f"{world.workspace_url}/stacks", json={"name": "x"}),
        world.owner.put(world.workspace_url, json={"name": "x"}),
    ]
    for refused in places:
        assert_problem(refused, 413)
    assert world.owner.put(world.workspace_url, json={"description": "short"}).status_code == 200
    create_item(world.owner, world.workspace_url)
