"""/api/workspaces/{id}/items and archive: each call as the Workspaces document shows it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from infra.testing.documents import example
from infra.testing.world import (
    World,
    create_item,
    create_workspace,
    documented_client,
    item_ids,
    list_item_ids,
    list_pages,
    location_of,
    personal_workspace_id,
    put_item,
)
from tests.support.documented_examples import ACTIVITY, assert_as_documented, hrefs
from tests.support.stored_rows import check_places

ALL = "/api/workspaces/items"
KEY = {"Idempotency-Key": "one"}
Json = dict[str, Any]


@pytest.fixture
def tester(url: str) -> Iterator[httpx.Client]:
    with documented_client(url) as client:
        yield client


def test_the_documents_items_come_back_key_for_key(tester: httpx.Client) -> None:
    for _ in range(2):
        create_item(tester, f"/api/workspaces/{personal_workspace_id(tester)}", "console")
    assert_as_documented(tester.get("/api/workspace/items").json(), example("items"))


def test_the_documents_item_is_created_key_for_key(tester: httpx.Client) -> None:
    golden = example("created_item")
    fields = {name: golden["activity"][name] for name in ("name", "description")}
    answer = tester.post(f"/api/workspaces/{personal_workspace_id(tester)}/items", json={"type": "Activity"} | fields)
    assert answer.status_code == 201
    assert_as_documented(answer.json(), golden)
    assert_as_documented(tester.get(location_of(answer)).json(), ACTIVITY | fields)
    assert tester.get(location_of(answer)).json() == answer.json()["activity"]


def test_a_created_item_lies_on_the_inbox_and_says_the_way_there(world: World) -> None:
    answer = world.member.post(f"{world.workspace_url}/items", json={"type": "Activity", "name": "x"})
    links = {link["rel"]: link["href"] for link in answer.json()["links"]}
    assert links == {"container": world.workspace_url, "inbox": world.inbox_url}
    [on_it] = world.owner.get(links["inbox"]).json()["items"]
    assert on_it == {"activity": answer.json()["activity"]}
    assert world.owner.get(location_of(answer)).headers["etag"] == world.member.get(location_of(answer)).headers["etag"]


def test_a_new_item_has_the_documents_blocks_with_ids_of_their_own(world: World) -> None:
    blocks = [
        world.owner.get(f"/api/activities/{world.item()}").json()[name]["id"]
        for _ in range(2)
        for name in ("priority", "progress", "target_date", "size", "alarm")
    ]
    assert len(set(blocks)) == 10


@pytest.mark.parametrize("named", [str, int])
@pytest.mark.parametrize("names", [("type", "id"), ("item_type", "item_id")])
def test_an_existing_item_is_named_in_every_documented_way(
    world: World, named: Callable[[int], object], names: tuple[str, str]
) -> None:
    item, stack = create_item(world.owner, world.personal_url), world.stack()
    body = dict(zip(names, ("Activity", named(item)), strict=True))
    answers = [
        world.owner.post(f"{world.workspace_url}/items", json=body),
        world.owner.post(f"{stack}/items", json=body),
        world.owner.put(f"{world.workspace_url}/inbox", json=body),
        world.owner.put(f"{world.personal_url}/archive", json=body),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert list_item_ids(world.owner, f"{world.personal_url}/archive") == [item]
    check_places()


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"type": "Activity"},
        {"type": "Activity", "id": 1, "name": "x"},
        {"type": "Activity", "item_id": 1, "name": "x"},
        {"type": "Meeting", "name": "x"},
        {"item_type": "Meeting", "id": 1},
        {"type": None, "name": "x"},
        {"id": "x1"},
        {"id": 0},
        {"id": None},
        {"name": " "},
        {"name": "x" * 256},
        {"name": "x", "description": 1},
        {"naem": "x", "name": "x"},
    ],
    ids=str,
)
def test_what_is_wrong_with_an_item_is_said(world: World, wrong: Json) -> None:
    stack = world.stack()
    answers = [
        world.owner.post(f"{world.workspace_url}/items", json=wrong),
        world.owner.post(f"{stack}/items", json=wrong),
        world.owner.put(f"{world.workspace_url}/inbox", json=wrong),
        world.owner.put(f"{world.personal_url}/archive", json=wrong),
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert all(answer.json()["errors"][0]["pointer"].startswith("#/") for answer in answers)
    assert check_places() == {}


def test_a_new_item_cannot_begin_in_the_archive(world: World) -> None:
    assert world.owner.put(f"{world.personal_url}/archive", json={"name": "x"}).status_code == 422
    assert list_item_ids(world.owner, f"{world.personal_url}/archive") == []


@pytest.mark.parametrize("item", [999, 2**53 - 1])
def test_an_item_that_is_not_there_cannot_be_put_anywhere(world: World, item: int) -> None:
    stack = world.stack()
    answers = [
        put_item(world.owner, world.workspace_url, item),
        put_item(world.owner, stack, item),
        world.owner.put(f"{world.workspace_url}/inbox", json={"id": item}),
        world.owner.put(f"{world.personal_url}/archive", json={"id": item}),
        world.owner.get(f"/api/activities/{item}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5


@pytest.mark.parametrize("thief", ["other user", "other account", "invited"])
def test_an_item_of_a_workspace_that_the_caller_is_not_in_cannot_be_taken(world: World, thief: str) -> None:
    item, client = world.item(), world.clients[thief]
    home = f"/api/workspaces/{personal_workspace_id(client)}"
    answers = [
        put_item(client, home, item),
        client.put(f"{home}/inbox", json={"id": item}),
        client.put(f"{home}/archive", json={"id": item}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert client.get(f"/api/activities/{item}").status_code == (403 if thief == "invited" else 404)
    assert list_item_ids(client, f"{home}/items") == []
    assert list_item_ids(world.owner, f"{world.workspace_url}/items") == [item]


def test_a_member_takes_an_item_home_and_brings_it_back(world: World) -> None:
    item = world.item()
    home = f"/api/workspaces/{personal_workspace_id(world.member)}"
    taken = put_item(world.member, home, item)
    assert {link["href"] for link in taken.json()["links"]} == {
        home,
        f"{home}/stacks/{personal_workspace_id(world.member) + 1}",
    }
    assert taken.json()["activity"]["creator"]["id"] == world.users["owner"]
    assert world.owner.get(f"/api/activities/{item}").status_code == 404
    assert put_item(world.member, world.workspace_url, item).status_code == 200
    assert list_item_ids(world.owner, f"{world.workspace_url}/items") == [item]


def test_a_move_changes_nothing_of_the_item(world: World) -> None:
    item = world.item()
    before = world.owner.get(f"/api/activities/{item}").json()
    assert put_item(world.owner, world.stack(), item).json()["activity"] == before
    assert world.owner.get(f"/api/activities/{item}").json() == before


def test_the_items_of_a_workspace_are_the_inboxs_and_then_stack_by_stack(world: World) -> None:
    stacks = [world.stack(name) for name in "ab"]
    on_b, on_a, on_inbox, newer = (
        create_item(world.owner, place) for place in (stacks[1], stacks[0], world.workspace_url, world.workspace_url)
    )
    archived = create_item(world.owner, world.personal_url)
    world.owner.put(f"{world.personal_url}/archive", json={"id": archived})
    order = [newer, on_inbox, on_a, on_b]
    assert list_item_ids(world.member, f"{world.workspace_url}/items") == order
    assert list_item_ids(world.member, f"{ALL}?workspace_id={world.workspace}") == order
    assert list_item_ids(world.owner, f"{world.personal_url}/items") == []


def test_all_items_are_those_of_all_my_workspaces(world: World) -> None:
    home, here = create_item(world.owner, world.personal_url), world.item()
    other = create_item(world.owner, f"/api/workspaces/{create_workspace(world.owner)}")
    assert list_item_ids(world.owner, ALL) == [home, here, other]
    assert list_item_ids(world.member, ALL) == [here]
    assert list_item_ids(world.invited, ALL) == list_item_ids(world.clients["other account"], ALL) == []
    world.owner.delete(world.workspace_url)
    assert list_item_ids(world.owner, ALL) == [home, other]


def test_a_list_over_many_workspaces_is_in_order_whatever_its_pages_and_asks_few_for_a_short_one(
    world: World, asked: list[str]
) -> None:
    order = [create_item(world.owner, place) for place in (world.personal_url, world.personal_url, world.workspace_url)]
    order[:2] = reversed(order[:2])  # the newest on top
    order += [create_item(world.owner, f"/api/workspaces/{create_workspace(world.owner)}") for _ in range(12)]
    assert list_item_ids(world.owner, ALL) == order
    assert list_pages(world.owner, f"{ALL}?limit=4") == [order[start : start + 4] for start in range(0, 15, 4)]
    for limit, queries in ((1, 1), (2, 1 + 2), (3, 1 + 2)):
        asked.clear()
        assert list_item_ids(world.owner, f"{ALL}?limit={limit}") == order[:limit]
        assert asked == ["GetItem", "Query", *["Query"] * queries, "BatchGetItem"]


def test_a_workspace_id_narrows_to_what_the_caller_may_enter(world: World) -> None:
    def status(person: str, number: object = world.workspace) -> int:
        return world.clients[person].get(f"{ALL}?workspace_id={number}").status_code

    assert [status(person) for person in ("member", "invited", "other user", "other account")] == [200, 403, 404, 404]
    assert [status("owner", number) for number in (999, 0, "x", "")] == [404, 422, 422, 422]
    assert world.owner.get(f"{ALL}?workspace={world.workspace}").status_code == 422


@pytest.mark.parametrize("place", ["all", "workspace", "stack", "archive"])
def test_lists_of_items_come_in_pages(world: World, place: str) -> None:
    stack = world.stack()
    for number in range(5):
        create_item(world.owner, [world.workspace_url, stack][number % 2])
        item = create_item(world.owner, world.personal_url)
        world.owner.put(f"{world.personal_url}/{'inbox' if place == 'all' else 'archive'}", json={"id": item})
    address = {"all": ALL, "stack": f"{stack}/items", "archive": f"{world.personal_url}/archive"}.get(place)
    address = address or f"{world.workspace_url}/items"
    whole = list_item_ids(world.owner, address)
    assert len(whole) >= 2
    for query in ("limit=1", "limit=2", "limit=3", "per_page=1", "per_page=2", "page=1&per_page=4"):
        size = int(query[-1])
        expected = [whole[start : start + size] for start in range(0, len(whole), size)]
        assert list_pages(world.owner, f"{address}?{query}") == expected


@pytest.mark.parametrize("query", ["limit=0", "limit=251", "page=0", "limit=1&page=1", "sort=id", "cursor=x"])
def test_an_unclear_page_is_refused(world: World, query: str) -> None:
    for address in (ALL, f"{world.workspace_url}/items", f"{world.inbox_url}/items", f"{world.personal_url}/archive"):
        assert world.owner.get(f"{address}?{query}").status_code == 422


def test_a_cursor_belongs_to_its_list(world: World) -> None:
    for _ in range(3):
        world.item()
    cursor = world.owner.get(f"{world.workspace_url}/items?limit=1").links["next"]["url"].partition("?")[2]
    assert world.owner.get(f"{ALL}?{cursor}").status_code == 422
    everywhere = world.owner.get(f"{ALL}?limit=1").links["next"]["url"].partition("?")[2]
    assert world.owner.get(f"{world.workspace_url}/items?{everywhere}").status_code == 422


def test_an_archived_item_is_in_the_archive_until_it_is_put_back(world: World) -> None:
    first, second = (create_item(world.owner, world.personal_url) for _ in range(2))
    answer = world.owner.put(f"{world.personal_url}/archive", json={"type": "Activity", "id": first})
    assert (answer.status_code, list(answer.json())) == (200, ["activity", "links"])
    world.owner.put(f"{world.personal_url}/archive", json={"id": second})
    assert list_item_ids(world.owner, f"{world.personal_url}/archive") == [second, first]
    assert list_item_ids(world.owner, f"{world.personal_url}/items") == list_item_ids(world.owner, ALL) == []
    assert world.owner.get(f"/api/activities/{first}").status_code == 200
    put_item(world.owner, world.workspace_url, first)
    world.owner.put(f"{world.personal_url}/inbox", json={"id": second})
    assert list_item_ids(world.owner, f"{world.personal_url}/archive") == []
    assert list_item_ids(world.owner, ALL) == [second, first]


def test_only_a_personal_workspace_has_an_archive(world: World) -> None:
    item = world.item()
    assert world.owner.put(f"{world.workspace_url}/archive", json={"id": item}).status_code == 409
    assert list_item_ids(world.owner, f"{world.workspace_url}/archive") == []
    assert list_item_ids(world.owner, f"{world.workspace_url}/items") == [item]


def test_every_address_in_every_answer_is_alive(world: World) -> None:
    stack, item = world.stack(), world.item()
    put_item(world.owner, stack, item)
    create_item(world.owner, world.personal_url)
    asked: set[str] = set()
    for client in (world.owner, world.member, world.clients["read credential"]):
        todo = {"/api/workspaces", f"{world.workspace_url}/members", ALL, f"/api/activities/{item}"}
        while todo - asked:
            address = (todo - asked).pop()
            answer = client.get(address)
            assert answer.status_code == 200, address
            asked.add(address)
            if answer.headers["content-type"] == "application/json":
                todo |= set(hrefs(answer.json()))
        assert {
            f"{world.workspace_url}/outboxes",
            f"{world.workspace_url}/inbox",
            f"{world.workspace_url}/stacks",
        } <= asked
        assert any(address.endswith("/assets/app/no-profile.svg") for address in asked)
        asked.clear()


def test_the_addresses_that_writes_answer_are_alive(world: World) -> None:
    item = create_item(world.owner, world.personal_url)
    answers = [
        world.owner.post("/api/workspace/7", json={"name": "x"}),
        world.owner.post(f"{world.workspace_url}/stacks", json={"name": "x"}),
        world.owner.post(f"{world.workspace_url}/items", json={"name": "x"}),
        world.owner.put(f"{world.personal_url}/archive", json={"id": item}),
        world.owner.put(f"{world.workspace_url}/inbox", json={"id": item}),
    ]
    for answer in answers:
        found = [*hrefs(answer.json()), *filter(None, [answer.headers.get("location")])]
        assert found
        assert {world.owner.get(address).status_code for address in found} == {200}


def test_those_invited_are_given_no_address_that_turns_them_away(world: World) -> None:
    found = hrefs(world.invited.get(world.workspace_url).json())
    assert found
    assert {world.invited.get(address).status_code for address in found} == {200}


def test_a_list_of_items_is_not_sent_again_until_it_changes(world: World) -> None:
    item = world.item()
    for address in (
        ALL,
        f"{world.workspace_url}/items",
        f"{world.inbox_url}/items",
        f"/api/activities/{item}",
        f"{world.workspace_url}/inbox",
    ):
        tag = {"If-None-Match": world.owner.get(address).headers["etag"]}
        assert world.owner.get(address, headers=tag).status_code == 304
    tag = {"If-None-Match": world.owner.get(ALL).headers["etag"]}
    world.item()
    assert world.owner.get(ALL, headers=tag).status_code == 200


def test_a_repeated_create_or_move_under_one_key_is_done_once(world: World) -> None:
    body = {"type": "Activity", "name": "x"}
    first, again = (world.owner.post(f"{world.workspace_url}/items", json=body, headers=KEY) for _ in range(2))
    assert (again.status_code, again.content) == (201, first.content)
    item, stack, key = first.json()["activity"]["id"], world.stack(), {"Idempotency-Key": "two"}
    moved = world.owner.post(f"{stack}/items", json={"id": item}, headers=key)
    put_item(world.owner, world.workspace_url, item)
    assert world.owner.post(f"{stack}/items", json={"id": item}, headers=key).content == moved.content
    assert check_places() == {item: (world.workspace, int(world.inbox_url.rsplit("/", 1)[1]))}


def test_a_key_works_on_an_inbox_however_full_it_is(world: World) -> None:
    for _ in range(4):
        world.owner.post(f"{world.workspace_url}/items", json={"name": "x", "description": "x" * 120_000})
    item = create_item(world.owner, world.personal_url)
    answers = [world.owner.put(f"{world.workspace_url}/inbox", json={"id": item}, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert item_ids(answers[0].json()["items"])[0] == item


def test_what_does_not_fit_into_the_store_is_said(world: World) -> None:
    answer = world.owner.post(f"{world.workspace_url}/items", json={"name": "x", "description": "x" * 420_000})
    assert answer.status_code == 413
    assert answer.json()["detail"].endswith("Its largest field is description.")
    assert check_places() == {}


def test_text_survives_byte_for_byte(world: World) -> None:
    text = 'a "quote" \\ back\u2028 \U0001f600 \u0627\u0644 e\u0301 </script> "\\u0000abcdef012"'
    answer = world.owner.post(f"{world.workspace_url}/items", json={"name": text, "description": text})
    assert (answer.json()["activity"]["name"], answer.json()["activity"]["description"]) == (text, text)
    [item] = world.owner.get(f"{world.workspace_url}/items").json()
    assert item["activity"] == answer.json()["activity"]
