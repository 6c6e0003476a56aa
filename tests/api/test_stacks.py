"""/api/workspaces/{id}/inbox and stacks: each call as the Workspaces document shows it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chalicelib.domain.workspaces import stacks
from infra.testing.documents import example
from infra.testing.world import (
    World,
    create_item,
    documented_client,
    item_ids,
    list_item_ids,
    location_of,
    personal_workspace_id,
    put_item,
)
from tests.support.documented_examples import assert_as_documented
from tests.support.purges import purge_deleted
from tests.support.stored_rows import stored_rows

KEY = {"Idempotency-Key": "one"}
Json = dict[str, Any]


@pytest.fixture
def tester(url: str) -> Iterator[httpx.Client]:
    with documented_client(url) as client:
        yield client


@pytest.fixture
def stack(world: World) -> str:
    """Return the address of a stack with a description and two items."""
    made = location_of(
        world.owner.post(f"{world.workspace_url}/stacks", json={"name": "TODO", "description": "Our list"})
    )
    for name in ("lower", "upper"):
        create_item(world.owner, made, name)
    return made


def names(world: World) -> list[str]:
    return [one["name"] for one in world.owner.get(f"{world.workspace_url}/stacks").json()]


def number(address: str) -> int:
    return int(address.rsplit("/", 1)[1])


def test_an_inbox_has_the_keys_of_the_document(tester: httpx.Client) -> None:
    here = f"/api/workspaces/{personal_workspace_id(tester)}"
    item = create_item(tester, here, "console")
    assert_as_documented(tester.get(f"{here}/inbox").json(), example("inbox"))
    put_there = tester.put(f"{here}/inbox", json={"type": "Activity", "id": item})
    assert_as_documented(put_there.json(), example("inbox"))


def test_stacks_have_the_keys_of_the_document(tester: httpx.Client) -> None:
    here = f"/api/workspaces/{personal_workspace_id(tester)}"
    action, _ = tester.get(f"{here}/stacks").json()
    create_item(tester, f"{here}/stacks/{action['id']}", "console")
    assert_as_documented(tester.get(f"{here}/stacks").json(), example("stacks"))


def test_the_documents_stack_is_created_read_and_updated_key_for_key(tester: httpx.Client) -> None:
    stacks = f"/api/workspaces/{personal_workspace_id(tester)}/stacks"
    made = tester.post(stacks, json={"name": "TODO", "description": "Our common todo list"})
    assert_as_documented(made.json(), example("created_stack"))
    changed = tester.put(location_of(made), json={"name": "DONE", "description": None})
    assert_as_documented(changed.json(), example("updated_stack"))
    waiting = location_of(tester.post(stacks, json={"name": "Waiting"}))
    create_item(tester, waiting, "console")
    assert_as_documented(tester.get(waiting).json(), example("stack"))


def test_a_created_stack_is_where_its_location_says(world: World) -> None:
    answer = world.member.post(f"{world.workspace_url}/stacks", json={"name": "x"})
    made = location_of(answer)
    assert made == f"{world.workspace_url}/stacks/{answer.json()['id']}"
    assert answer.json()["links"] == [{"rel": "container", "href": world.workspace_url}]
    assert world.owner.get(made).json() == answer.json()
    assert world.owner.get(made).headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize("body", [{}, {"name": None}, {"name": ""}, {"name": " "}, {"name": "x" * 256}])
def test_a_stack_needs_a_name(world: World, body: Json) -> None:
    answer = world.owner.post(f"{world.workspace_url}/stacks", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/name"]
    assert names(world) == []


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_update_changes_what_it_names_and_nothing_else(world: World, stack: str, method: str) -> None:
    before = world.owner.get(stack).json()
    assert len(before["items"]) == 2
    assert world.member.request(method, stack, json={"name": "DONE"}).json() == before | {"name": "DONE"}
    cleared = world.owner.request(method, stack, json={"description": None})
    assert cleared.json() == before | {"name": "DONE", "description": None} == world.owner.get(stack).json()
    assert world.owner.request(method, stack, json={}).json() == cleared.json()


def test_the_whole_stack_may_be_sent_back(world: World, stack: str) -> None:
    whole = world.owner.get(stack).json()
    assert world.owner.put(stack, json=whole).json() == whole
    assert world.owner.put(stack, json=whole | {"id": 1, "items": [], "links": None}).json() == whole


def test_an_unknown_field_is_refused_with_the_nearest_known_one(world: World, stack: str) -> None:
    for answer in (
        world.owner.put(stack, json={"nam": "y"}),
        world.owner.post(f"{world.workspace_url}/stacks", json={"name": "x", "descripton": "y"}),
    ):
        assert answer.status_code == 422
        assert "did you mean" in answer.json()["errors"][0]["detail"]


def test_the_inbox_cannot_be_changed_or_deleted_as_a_stack(world: World) -> None:
    item = world.item()
    inbox = world.owner.get(f"{world.workspace_url}/inbox").json()
    as_stack = world.owner.get(world.inbox_url)
    assert (as_stack.status_code, as_stack.json()["id"]) == (200, inbox["id"])
    assert (
        item_ids(as_stack.json()["items"])
        == item_ids(inbox["items"])
        == list_item_ids(world.owner, f"{world.inbox_url}/items")
        == [item]
    )
    refused = [
        world.owner.put(world.inbox_url, json={"name": "x"}),
        world.owner.patch(world.inbox_url, json={}),
        world.owner.delete(world.inbox_url),
        world.owner.put(f"{world.inbox_url}/reorder", json={"position": 0}),
    ]
    assert [answer.status_code for answer in refused] == [409] * 4
    assert world.owner.get(f"{world.workspace_url}/inbox").json() == inbox
    assert inbox["id"] not in [one["id"] for one in world.owner.get(f"{world.workspace_url}/stacks").json()]


def test_the_inbox_and_a_stack_show_the_newest_on_top(world: World, stack: str) -> None:
    for place in (stack, world.inbox_url):
        first, second, third = (create_item(world.owner, place) for _ in range(3))
        assert list_item_ids(world.owner, f"{place}/items")[:3] == [third, second, first]
        assert item_ids(world.owner.get(place).json()["items"])[:3] == [third, second, first]
        put_item(world.owner, place, first)
        assert list_item_ids(world.owner, f"{place}/items")[:3] == [first, third, second]


def test_putting_on_the_inbox_answers_the_inbox_as_it_is_then(world: World, stack: str) -> None:
    below = world.item()
    for item in (list_item_ids(world.owner, f"{stack}/items")[1], below):
        answer = world.member.put(f"{world.workspace_url}/inbox", json={"type": "Activity", "id": item})
        assert answer.status_code == 200
        assert answer.json() == world.owner.get(f"{world.workspace_url}/inbox").json()
        assert item_ids(answer.json()["items"])[0] == item
    assert len(answer.json()["items"]) == 2


def test_putting_a_name_on_the_inbox_makes_an_item(world: World) -> None:
    below = world.item()
    answer = world.member.put(
        f"{world.workspace_url}/inbox", json={"type": "Activity", "name": "new", "description": "x"}
    )
    assert (answer.status_code, answer.json()) == (200, world.owner.get(f"{world.workspace_url}/inbox").json())
    made, second = (item["activity"] for item in answer.json()["items"])
    assert (made["name"], made["description"], second["id"]) == ("new", "x", below)
    assert made["creator"]["id"] == made["assignee"]["id"] == world.users["member"]


def test_a_deleted_stack_puts_its_items_on_the_inbox_in_order(world: World, stack: str) -> None:
    below = world.item()
    on_it = list_item_ids(world.owner, f"{stack}/items")
    answer = world.member.delete(stack)
    assert (answer.status_code, answer.content) == (204, b"")
    assert list_item_ids(world.owner, f"{world.inbox_url}/items") == [*on_it, below]
    assert [world.owner.get(stack).status_code, world.owner.delete(stack).status_code] == [404, 404]
    assert names(world) == []
    purge_deleted()
    assert {row["name"]["S"] for row in stored_rows("stack")} == {"Action", "Waiting"}, (
        "those of the personal workspaces"
    )


@pytest.mark.parametrize("query", ["?archive_items=true", "?archive_items=false"])
def test_a_stack_is_deleted_by_clients_that_always_say_archive_items(world: World, stack: str, query: str) -> None:
    on_it = list_item_ids(world.owner, f"{stack}/items")
    assert world.owner.delete(stack + query).status_code == 204
    assert list_item_ids(world.owner, f"{world.inbox_url}/items") == on_it


def test_a_new_stack_goes_below_the_others_and_is_reordered_from_the_bottom(world: World) -> None:
    made = {name: world.stack(name) for name in "abcd"}
    assert names(world) == ["a", "b", "c", "d"]
    for name, position, order in [
        ("a", 0, "bcda"),
        ("d", 3, "dbca"),
        ("b", 1, "dcba"),
        ("c", 99, "cdba"),
        ("c", "2", "dcba"),
        ("a", None, "adcb"),
        ("a", 3, "adcb"),
    ]:
        answer = world.member.put(f"{made[name]}/reorder", json={"position": position})
        assert (answer.status_code, answer.json()) == (200, world.owner.get(made[name]).json())
        assert "".join(names(world)) == order
    assert world.owner.put(f"{made['b']}/reorder").status_code == 200  # without a body
    assert "".join(names(world)) == "badc"
    world.owner.delete(made["d"])
    assert "".join(names(world)) == "bac"


@pytest.mark.parametrize("body", [{"position": -1}, {"position": "top"}, {"position": 1.5}, {"positon": 1}])
def test_a_position_is_a_whole_number(world: World, stack: str, body: Json) -> None:
    answer = world.owner.put(f"{stack}/reorder", json=body)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 1


def test_reordering_keeps_what_lies_on_the_stack(world: World, stack: str) -> None:
    on_it = list_item_ids(world.owner, f"{stack}/items")
    other = world.stack()
    answer = world.owner.put(f"{other}/reorder", json={})
    assert answer.json()["items"] == []
    assert item_ids(world.owner.put(f"{stack}/reorder", json={}).json()["items"]) == on_it


def test_a_workspace_has_a_hundred_stacks_at_most(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "MAX_STACKS", 2)
    world.stack("a"), world.stack("b")
    assert world.owner.post(f"{world.workspace_url}/stacks", json={"name": "c"}).status_code == 409
    assert names(world) == ["a", "b"]


def requests(client: httpx.Client, stack: str) -> Iterator[httpx.Response]:
    """Return every request for one stack."""
    yield client.get(stack)
    yield client.put(stack, json={"name": "y"})
    yield client.delete(stack)
    yield client.put(f"{stack}/reorder", json={})
    yield client.get(f"{stack}/items")
    yield client.post(f"{stack}/items", json={"type": "Activity", "name": "x"})


@pytest.mark.parametrize("last", ["0", "abc", "01", "999"])
def test_an_address_without_a_stack_is_not_found(world: World, last: str) -> None:
    assert {answer.status_code for answer in requests(world.owner, f"{world.workspace_url}/stacks/{last}")} == {404}


def test_a_stack_is_found_in_its_own_workspace_only(world: World, stack: str) -> None:
    elsewhere = f"{world.personal_url}/stacks/{number(stack)}"
    assert {answer.status_code for answer in requests(world.owner, elsewhere)} == {404}
    inbox_elsewhere = f"{world.personal_url}/stacks/{number(world.inbox_url)}"
    assert {answer.status_code for answer in requests(world.owner, inbox_elsewhere)} == {404}
    assert len(list_item_ids(world.owner, f"{stack}/items")) == 2


def test_if_match_protects_a_stack_and_its_items(world: World, stack: str) -> None:
    tag = world.owner.get(stack).headers["etag"]
    assert world.member.get(stack, headers={"If-None-Match": tag}).status_code == 304
    create_item(world.member, stack)
    assert world.owner.get(stack, headers={"If-None-Match": tag}).status_code == 200
    assert world.owner.put(stack, json={"name": "late"}, headers={"If-Match": tag}).status_code == 412
    fresh = {"If-Match": world.owner.get(stack).headers["etag"]}
    assert world.owner.put(stack, json={"name": "y"}, headers=fresh).status_code == 200


@pytest.mark.parametrize("call", ["delete", "reorder", "put on the inbox"])
def test_a_stack_that_was_changed_is_not_written_with_the_old_tag(world: World, stack: str, call: str) -> None:
    world.stack("below")
    shown = f"{world.workspace_url}/inbox" if call == "put on the inbox" else stack
    old = {"If-Match": world.owner.get(shown).headers["etag"]}
    item = create_item(world.owner, world.inbox_url if call == "put on the inbox" else stack)
    before = world.owner.get(f"{world.workspace_url}/items").json(), names(world)
    answer = {
        "delete": lambda: world.owner.delete(stack, headers=old),
        "reorder": lambda: world.owner.put(f"{stack}/reorder", json={"position": 0}, headers=old),
        "put on the inbox": lambda: world.owner.put(shown, json={"type": "Activity", "id": item}, headers=old),
    }[call]()
    assert answer.status_code == 412
    assert (world.owner.get(f"{world.workspace_url}/items").json(), names(world)) == before


def test_a_repeated_create_under_one_key_makes_one_stack(world: World) -> None:
    answers = [world.owner.post(f"{world.workspace_url}/stacks", json={"name": "x"}, headers=KEY) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert names(world) == ["x"]


def test_a_repeated_delete_under_one_key_answers_as_the_first(world: World, stack: str) -> None:
    assert [world.owner.delete(stack, headers=KEY).status_code for _ in range(2)] == [204, 204]
    assert len(list_item_ids(world.owner, f"{world.inbox_url}/items")) == 2
