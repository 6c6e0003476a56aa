"""Rows that an older or a newer release has stored, read and changed through the API."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from infra.testing.world import World
from tests.support.older_actions import ADDED, RENAMED_FROM
from tests.support.older_documents import (
    age_rows,
    declare_older_forms,
    store_document,
    stored_document,
    versions_of,
)
from tests.support.stored_rows import check_places, stored_rows

LIST = "/api/v2/actions.json"
ACTIVITY_KINDS = ("activity", "user_activity", "placement")
Json = dict[str, Any]
Answers = dict[str, tuple[int, str, str | None]]


@pytest.fixture(autouse=True)
def _older_forms(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare older versions when the world is built already, because other tests begin with the same world."""
    declare_older_forms(monkeypatch)


@pytest.fixture
def actions(ada: httpx.Client) -> list[str]:
    """Store an action in each of the three versions, and return their addresses, oldest first."""
    addresses = [
        ada.post(LIST, json={"title": f"{number}", "description": f"Text {number}"}).headers["location"]
        for number in (1, 2, 3)
    ]
    for row in stored_rows("action"):
        document = json.loads(row["doc"]["S"])
        if document["id"] == 3:
            continue
        document[RENAMED_FROM] = document.pop("description")
        if document["id"] == 1:
            del document[ADDED]
        store_document(row, document, {1: None, 2: "2"}[document["id"]])
    assert versions_of("action") == {None, "2", "3"}
    return addresses


def answers_to(client: httpx.Client, *paths: str) -> Answers:
    responses = {path: client.get(path) for path in paths}
    return {path: (one.status_code, one.text, one.headers.get("etag")) for path, one in responses.items()}


def test_an_action_of_any_version_is_read_in_the_current_form(ada: httpx.Client, actions: list[str]) -> None:
    documents = [ada.get(address).json() for address in actions]
    assert [document["description"] for document in documents] == ["Text 1", "Text 2", "Text 3"]
    assert {frozenset(document) for document in documents} == {frozenset(documents[2])}
    assert ada.get(LIST).json() == documents


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("traffic_light=red", []),
        ("q=text", [1, 2, 3]),
        ("q=text 1", [1]),
        ("sort=traffic_light", [1, 2, 3]),
        ("sort=-id", [3, 2, 1]),
        ("limit=2", [1, 2]),
        ("limit=1&fields=id,traffic_light", [1]),
    ],
)
def test_lists_filter_and_sort_by_fields_that_older_rows_do_not_have(
    ada: httpx.Client, actions: list[str], query: str, expected: list[int]
) -> None:
    answer = ada.get(f"{LIST}?{query}")
    assert [action["id"] for action in answer.json()] == expected
    assert all(ADDED in action and "doc_version" not in action for action in answer.json())


def test_a_change_of_an_older_row_stores_it_in_the_current_version(ada: httpx.Client, actions: list[str]) -> None:
    for address in actions:
        etag = ada.get(address).headers["etag"]
        answer = ada.patch(address, json={ADDED: "red"}, headers={"If-Match": etag})
        assert answer.status_code == 200
        assert ada.get(address).json() == answer.json()
    assert versions_of("action") == {"3"}
    assert [action["id"] for action in ada.get(f"{LIST}?traffic_light=red").json()] == [1, 2, 3]
    assert all(RENAMED_FROM not in row["doc"]["S"] for row in stored_rows("action"))


def test_a_change_that_changes_nothing_leaves_an_older_row_alone(ada: httpx.Client, actions: list[str]) -> None:
    before = stored_rows("action")
    assert ada.patch(actions[0], json={"title": "1", ADDED: None}).status_code == 200
    assert stored_rows("action") == before


def test_an_older_row_can_be_deleted(ada: httpx.Client, actions: list[str]) -> None:
    assert ada.delete(actions[0]).json()["description"] == "Text 1"
    assert ada.get(actions[0]).status_code == 404


@pytest.fixture
def newer(ada: httpx.Client, actions: list[str]) -> str:
    """Let a newer release rewrite the newest action, and return its address."""
    [row] = [row for row in stored_rows("action") if '"id":3,' in row["doc"]["S"]]
    store_document(row, json.loads(row["doc"]["S"]), "4")
    return actions[2]


def test_what_a_newer_release_stored_is_read_as_it_is(ada: httpx.Client, newer: str) -> None:
    assert ada.get(newer).json()["description"] == "Text 3"
    assert [action["id"] for action in ada.get(f"{LIST}?q=text").json()] == [1, 2, 3]


def test_what_a_newer_release_stored_is_not_overwritten(ada: httpx.Client, newer: str) -> None:
    before = stored_rows("action")
    answer = ada.patch(newer, json={"title": "y"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "newer release" in answer.json()["detail"]
    assert stored_rows("action") == before
    assert ada.delete(newer).status_code == 200


@pytest.fixture
def delegated(world: World) -> World:
    """Return a world with activities on a stack and in the archive, comments, and an open and an ended delegation."""
    world.item(name="in the inbox")
    world.item(f"{world.workspace_url}/stacks/{world.stack().rpartition('/')[2]}", "on a stack")
    discussed = world.activity("play")
    world.owner.post(f"{discussed}/comments", json={"body": "A comment"})
    world.delegate(to="member")
    declined = world.delegate(to="member")
    assert world.member.put(f"{declined}/decline").status_code == 200
    return world


def paths(world: World) -> list[str]:
    """Return what the owner can read: each list, and each activity, delegation and comment alone."""
    lists = ["activities", "delegations", "delegations/outgoing", "workspaces/items", "audit"]
    own = [f"/api/{name}" for name in lists]
    own += [f"{world.workspace_url}/{name}" for name in ("items", "stacks", "outboxes")]
    activities = [f"/api/activities/{one['id']}" for one in world.owner.get("/api/activities").json()]
    delegations = [f"/api/delegations/{one['id']}" for one in world.owner.get("/api/delegations").json()]
    return [*own, *activities, *(f"{one}/comments" for one in activities), *delegations]


def test_every_answer_is_the_same_when_all_rows_are_old(delegated: World) -> None:
    expected = answers_to(delegated.owner, *paths(delegated))
    assert {status for status, _, _ in expected.values()} == {200}
    assert age_rows() > 20
    assert versions_of("activity", "delegation", "comment", "audit_event") == {None}
    assert answers_to(delegated.owner, *expected) == expected


CHANGES: dict[str, Callable[[World, str], httpx.Response]] = {
    "rename": lambda world, address: world.owner.patch(address, json={"name": "new"}),
    "play": lambda world, address: world.owner.put(f"{address}/play"),
    "move": lambda world, address: world.owner.put(f"{address}/move", json={"workspace_id": world.personal}),
    "delegate": lambda world, address: world.owner.put(
        f"{address}/delegate", json={"slug": world.users["member"], "note": "n"}
    ),
    "comment": lambda world, address: world.owner.post(f"{address}/comments", json={"body": "b"}),
    "delete": lambda world, address: world.owner.delete(address),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_an_older_activity_writes_its_copies_in_the_current_version(world: World, change: str) -> None:
    address = world.activity()
    age_rows(*ACTIVITY_KINDS)
    answer = CHANGES[change](world, address)
    assert answer.is_success, answer.text
    assert versions_of("activity", "placement") <= {"3"}
    assert versions_of("delegation") <= {"2.3"}
    if change != "comment":  # a comment does not rewrite the copies of the people involved
        check_places()


def test_a_newer_activity_is_not_overwritten_and_neither_are_its_copies(world: World) -> None:
    address = world.activity()
    for row in stored_rows(*ACTIVITY_KINDS):
        store_document(row, stored_document(row), "4")
    before = stored_rows(*ACTIVITY_KINDS)
    assert world.owner.get(address).json()["name"] == "x"
    assert world.owner.put(f"{address}/play").status_code == 503
    assert world.owner.put(f"{address}/move", json={"workspace_id": world.personal}).status_code == 503
    assert stored_rows(*ACTIVITY_KINDS) == before
