"""Cursors of all lists: each goes on with its own list only, and a forged one is refused."""

import base64
from typing import Any

import httpx
import pytest

import app  # noqa: F401 - registers every route
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.http.path_variables import variable_names
from chalicelib.validation.types import Cursor
from infra.testing.world import World, put_item
from tests.support import counts
from tests.support.failures import Hook

ACTIONS = "/api/v2/actions.json"
IDS = {"workspace_id", "stack_id", "activity_id"}  # all histories share one implementation, so these suffice
ALL = sorted(one.paths[0] for one in ENDPOINTS if one.query and "cursor" in one.query.fields)
LISTS = [path for path in ALL if set(variable_names(path)) <= IDS]

# Positions that no list has. The strings would lead DynamoDB out of the list, or to an error.
FORGED: list[Any] = [
    *(None, True, 0, -1, 10**400, 1.5, "", "x", "~", [], {}, [None], [True], [0], [-1], [10**30], ["1"], [None, 1]),
    *([1, 2], ["x", "y"], [True, "x"], [1, "x", 3], [1, "ITEM#~"], [10**30, "ITEM#1"], [[False, "x"], 1], [[[]], [[]]]),
    *("ACTIVITY#\ud800", "ACTIVITY#" + "5" * 3_000, "ITEM#0\x00", "EVENT#", "ARCHIVE#é", "DELEGATION#OPEN#~"),
]
MALFORMED = [
    "",
    "x",
    "=",
    "é",
    "eyJzb3J0IjpbXX0",
    "W10",
    "bnVsbA",
    "W" * 6_001,
    "W1tb" * 1_400,
    "A" * 9_000,
    "W10=",
    "-_",
]


@pytest.fixture
def addresses(world: World) -> dict[str, str]:
    """Return the address of each list. Most of them have elements."""
    stack = world.stack()
    put_item(world.owner, stack, world.item())
    activity = world.item()
    world.owner.post(f"/api/activities/{activity}/comments", json={"body": "x"})
    ids = {"workspace_id": world.workspace, "stack_id": stack.rpartition("/")[2], "activity_id": activity}
    found = {path: path.format(**ids) for path in LISTS}
    archive = "/api/workspaces/{workspace_id}/archive"
    return found | {archive: archive.format(workspace_id=world.personal)}


@pytest.fixture
def writes(on: Hook) -> list[str]:
    """Return the list of operations that write."""
    names: list[str] = []

    def note(model: Any, **_: Any) -> None:
        if model.name not in ("GetItem", "BatchGetItem", "Query"):
            names.append(model.name)

    on("before-call.dynamodb", note)
    return names


def assert_refused(answer: httpx.Response) -> None:
    assert answer.status_code == 422, f"{answer.request.url}: {answer.text}"
    assert [error["pointer"] for error in answer.json()["errors"]] == ["?cursor"]


def forged(account: int, path: str, position: object, sort: list[str] | None = None) -> str:
    return Cursor.write([account, path, sort or [], position]) if "\ud800" not in str(position) else escaped(path)


def escaped(path: str) -> str:
    """Return a cursor with a lone surrogate, which JSON can only escape."""
    text = f'[1,"{path}",[],"ACTIVITY#\\ud800"]'
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_there_are_lists() -> None:
    assert len(LISTS) >= 20


@pytest.mark.parametrize("number", range(counts.choose(quick=6, full=len(FORGED))))
def test_a_forged_position_is_refused_by_every_list(
    world: World, addresses: dict[str, str], writes: list[str], number: int
) -> None:
    writes.clear()
    some = FORGED[number :: counts.choose(quick=6, full=len(FORGED))]
    for index, address in enumerate(addresses.values()):
        position = some[index % len(some)]
        assert_refused(world.owner.get(address, params={"cursor": forged(world.account, address, position)}))
    assert writes == []


@pytest.mark.parametrize("cursor", MALFORMED)
def test_what_is_no_cursor_is_refused_before_anything_is_read(
    world: World, addresses: dict[str, str], asked: list[str], cursor: str
) -> None:
    some = list(addresses.values())[:: counts.choose(quick=8, full=1)]
    asked.clear()
    for address in some:
        assert_refused(world.owner.get(address, params={"cursor": cursor}))
    assert asked == ["GetItem"] * len(some), "Only the authorizer reads anything."


def test_a_cursor_is_valid_for_its_list_account_and_order_only(
    world: World, addresses: dict[str, str], stranger: httpx.Client, asked: list[str]
) -> None:
    for client in (world.owner, stranger):
        for title in "abc":
            assert client.post(ACTIONS, json={"title": title}).status_code == 201
    cursor = world.owner.get(f"{ACTIONS}?limit=1").links["next"]["url"].partition("cursor=")[2]
    asked.clear()
    for path, address in addresses.items():
        if path != ACTIONS:
            assert_refused(world.owner.get(f"{address}?cursor={cursor}"))
    assert set(asked) == {"GetItem"}, "Only the authorizer reads anything."
    assert_refused(stranger.get(f"{ACTIONS}?cursor={cursor}"))
    assert_refused(world.owner.get(f"{ACTIONS}?sort=title&cursor={cursor}"))
    for client in (world.owner, world.member):
        following = client.get(f"/api/v2/actions?limit=1&cursor={cursor}").json()
        assert [action["title"] for action in following] == ["b"], (
            "Another user and another spelling have the same list."
        )


@pytest.mark.parametrize("sort", ["title", "-progress", "archived", "due", "assignee,id"])
def test_a_cursor_of_a_sorted_list_has_values_that_the_list_compares(world: World, sort: str) -> None:
    for title in "ab":
        world.owner.post(ACTIONS, json={"title": title, "due": "2027-01-01", "assignee": title})
    words = sort.split(",")
    following = world.owner.get(f"{ACTIONS}?limit=1&sort={sort}").links["next"]["url"]
    assert len(world.owner.get(following).json()) == 1
    pairs: list[Any] = [None, [], [False], [True, 1], [False, None], [False, []], [False, 1.5], [0, "x"], [None, None]]
    pairs.append([False, 1] if words[0] in ("title", "due", "assignee", "archived") else [False, "x"])
    for pair in pairs:
        cursor = forged(world.account, ACTIONS, [*[pair] * len(words), 1], words)
        assert_refused(world.owner.get(ACTIONS, params={"sort": sort, "cursor": cursor}))


def test_a_cursor_of_the_items_of_a_workspace_is_not_one_of_another_workspace(world: World) -> None:
    for place in (world.workspace_url, world.personal_url):
        for _ in range(2):
            world.item(place)
    everywhere = "/api/workspaces/items"
    following = world.owner.get(f"{everywhere}?limit=1&workspace_id={world.workspace}").links["next"]["url"]
    cursor = following.partition("cursor=")[2]
    assert len(world.owner.get(following).json()) == 1
    for other in (f"{everywhere}?", f"{everywhere}?workspace_id={world.personal}&", f"{world.workspace_url}/items?"):
        assert_refused(world.owner.get(f"{other}cursor={cursor}"))


def test_the_longest_names_fit_into_a_cursor(ada: httpx.Client) -> None:
    longest = "\N{GREEK SMALL LETTER IOTA WITH DIALYTIKA AND TONOS}" * 255  # three characters each, ignoring case
    for number in range(2):
        action = {"title": longest[:254] + str(number), "assignee": longest}
        assert ada.post(ACTIONS, json=action).status_code == 201
    sort = "title,assignee,start,due,status,traffic_light,progress,archived,id"
    following = ada.get(f"{ACTIONS}?limit=1&sort={sort}").links["next"]["url"]
    assert len(ada.get(following).json()) == 1
