"""/api/workspaces/{id}/items and archive: each call as the Workspaces document shows it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from infra.testing.documents import example
from infra.testing.world import World, add, created, documented, ids, listed, pages, personal_of, put, share
from tests.support.documented_examples import ACTIVITY, assert_as_documented, hrefs
from tests.support.stored_rows import places

ALL = "/api/workspaces/items"
KEY = {"Idempotency-Key": "one"}
Json = dict[str, Any]


@pytest.fixture
def tester(url: str) -> Iterator[httpx.Client]:
    with documented(url) as client:
        yield client


def test_the_documents_items_come_back_key_for_key(tester: httpx.Client) -> None:
    for _ in range(2):
        add(tester, f"/api/workspaces/{personal_of(tester)}", "console")
    assert_as_documented(tester.get("/api/workspace/items").json(), example("items"))


def test_the_documents_item_is_created_key_for_key(tester: httpx.Client) -> None:
    golden = example("created_item")
    fields = {name: golden["activity"][name] for name in ("name", "description")}
    answer = tester.post(f"/api/workspaces/{personal_of(tester)}/items", json={"type": "Activity"} | fields)
    assert answer.status_code == 201
    assert_as_documented(answer.json(), golden)
    assert_as_documented(tester.get(created(answer)).json(), ACTIVITY | fields)
    assert tester.get(created(answer)).json() == answer.json()["activity"]


def test_a_created_item_lies_on_the_inbox_and_says_the_way_there(world: World) -> None:
    answer = world.member.post(f"{world.here}/items", json={"type": "Activity", "name": "x"})
    links = {link["rel"]: link["href"] for link in answer.json()["links"]}
    assert links == {"container": world.here, "inbox": world.inbox}
    [on_it] = world.owner.get(links["inbox"]).json()["items"]
    assert on_it == {"activity": answer.json()["activity"]}
    assert world.owner.get(created(answer)).headers["etag"] == world.member.get(created(answer)).headers["etag"]


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
    item, stack = add(world.owner, world.home), world.stack()
    body = dict(zip(names, ("Activity", named(item)), strict=True))
    answers = [
        world.owner.post(f"{world.here}/items", json=body),
        world.owner.post(f"{stack}/items", json=body),
        world.owner.put(f"{world.here}/inbox", json=body),
        world.owner.put(f"{world.home}/archive", json=body),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert listed(world.owner, f"{world.home}/archive") == [item]
    places()


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
        world.owner.post(f"{world.here}/items", json=wrong),
        world.owner.post(f"{stack}/items", json=wrong),
        world.owner.put(f"{world.here}/inbox", json=wrong),
        world.owner.put(f"{world.home}/archive", json=wrong),
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert all(answer.json()["errors"][0]["pointer"].startswith("#/") for answer in answers)
    assert places() == {}


def test_a_new_item_cannot_begin_in_the_archive(world: World) -> None:
    assert world.owner.put(f"{world.home}/archive", json={"name": "x"}).status_code == 422
    assert listed(world.owner, f"{world.home}/archive") == []


@pytest.mark.parametrize("item", [999, 2**53 - 1])
def test_an_item_that_is_not_there_cannot_be_put_anywhere(world: World, item: int) -> None:
    stack = world.stack()
    answers = [
        put(world.owner, world.here, item),
        put(world.owner, stack, item),
        world.owner.put(f"{world.here}/inbox", json={"id": item}),
        world.owner.put(f"{world.home}/archive", json={"id": item}),
        world.owner.get(f"/api/activities/{item}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5


@pytest.mark.parametrize("thief", ["other user", "other account", "invited"])
def test_an_item_of_a_workspace_that_the_caller_is_not_in_cannot_be_taken(world: World, thief: str) -> None:
    item, client = world.item(), world.clients[thief]
    home = f"/api/workspaces/{personal_of(client)}"
    answers = [
        put(client, home, item),
        client.put(f"{home}/inbox", json={"id": item}),
        client.put(f"{home}/archive", json={"id": item}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert client.get(f"/api/activities/{item}").status_code == (403 if thief == "invited" else 404)
    assert listed(client, f"{home}/items") == []
    assert listed(world.owner, f"{world.here}/items") == [item]


def test_a_member_takes_an_item_home_and_brings_it_back(world: World) -> None:
    item = world.item()
    home = f"/api/workspaces/{personal_of(world.member)}"
    taken = put(world.member, home, item)
    assert {link["href"] for link in taken.json()["links"]} == {home, f"{home}/stacks/{personal_of(world.member) + 1}"}
    assert taken.json()["activity"]["creator"]["id"] == world.users["owner"]
    assert world.owner.get(f"/api/activities/{item}").status_code == 404
    assert put(world.member, world.here, item).status_code == 200
    assert listed(world.owner, f"{world.here}/items") == [item]


def test_a_move_changes_nothing_of_the_item(world: World) -> None:
    item = world.item()
    before = world.owner.get(f"/api/activities/{item}").json()
    assert put(world.owner, world.stack(), item).json()["activity"] == before
    assert world.owner.get(f"/api/activities/{item}").json() == before


def test_the_items_of_a_workspace_are_the_inboxs_and_then_stack_by_stack(world: World) -> None:
    stacks = [world.stack(name) for name in "ab"]
    on_b, on_a, on_inbox, newer = (add(world.owner, place) for place in (stacks[1], stacks[0], world.here, world.here))
    archived = add(world.owner, world.home)
    world.owner.put(f"{world.home}/archive", json={"id": archived})
    order = [newer, on_inbox, on_a, on_b]
    assert listed(world.member, f"{world.here}/items") == order
    assert listed(world.member, f"{ALL}?workspace_id={world.workspace}") == order
    assert listed(world.owner, f"{world.home}/items") == []


def test_all_items_are_those_of_all_my_workspaces(world: World) -> None:
    home, here = add(world.owner, world.home), world.item()
    other = add(world.owner, f"/api/workspaces/{share(world.owner)}")
    assert listed(world.owner, ALL) == [home, here, other]
    assert listed(world.member, ALL) == [here]
    assert listed(world.invited, ALL) == listed(world.clients["other account"], ALL) == []
    world.owner.delete(world.here)
    assert listed(world.owner, ALL) == [home, other]


def test_a_list_over_many_workspaces_is_in_order_whatever_its_pages_and_asks_few_for_a_short_one(
    world: World, asked: list[str]
) -> None:
    order = [add(world.owner, place) for place in (world.home, world.home, world.here)]
    order[:2] = reversed(order[:2])  # the newest on top
    order += [add(world.owner, f"/api/workspaces/{share(world.owner)}") for _ in range(12)]
    assert listed(world.owner, ALL) == order
    assert pages(world.owner, f"{ALL}?limit=4") == [order[start : start + 4] for start in range(0, 15, 4)]
    for limit, queries in ((1, 1), (2, 1 + 2), (3, 1 + 2)):
        asked.clear()
        assert listed(world.owner, f"{ALL}?limit={limit}") == order[:limit]
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
        add(world.owner, [world.here, stack][number % 2])
        item = add(world.owner, world.home)
        world.owner.put(f"{world.home}/{'inbox' if place == 'all' else 'archive'}", json={"id": item})
    address = {"all": ALL, "stack": f"{stack}/items", "archive": f"{world.home}/archive"}.get(place)
    address = address or f"{world.here}/items"
    whole = listed(world.owner, address)
    assert len(whole) >= 2
    for query in ("limit=1", "limit=2", "limit=3", "per_page=1", "per_page=2", "page=1&per_page=4"):
        size = int(query[-1])
        expected = [whole[start : start + size] for start in range(0, len(whole), size)]
        assert pages(world.owner, f"{address}?{query}") == expected


@pytest.mark.parametrize("query", ["limit=0", "limit=251", "page=0", "limit=1&page=1", "sort=id", "cursor=x"])
def test_an_unclear_page_is_refused(world: World, query: str) -> None:
    for address in (ALL, f"{world.here}/items", f"{world.inbox}/items", f"{world.home}/archive"):
        assert world.owner.get(f"{address}?{query}").status_code == 422


def test_a_cursor_belongs_to_its_list(world: World) -> None:
    for _ in range(3):
        world.item()
    cursor = world.owner.get(f"{world.here}/items?limit=1").links["next"]["url"].partition("?")[2]
    assert world.owner.get(f"{ALL}?{cursor}").status_code == 422
    everywhere = world.owner.get(f"{ALL}?limit=1").links["next"]["url"].partition("?")[2]
    assert world.owner.get(f"{world.here}/items?{everywhere}").status_code == 422


def test_an_archived_item_is_in_the_archive_until_it_is_put_back(world: World) -> None:
    first, second = (add(world.owner, world.home) for _ in range(2))
    answer = world.owner.put(f"{world.home}/archive", json={"type": "Activity", "id": first})
    assert (answer.status_code, list(answer.json())) == (200, ["activity", "links"])
    world.owner.put(f"{world.home}/archive", json={"id": second})
    assert listed(world.owner, f"{world.home}/archive") == [second, first]
    assert listed(world.owner, f"{world.home}/items") == listed(world.owner, ALL) == []
    assert world.owner.get(f"/api/activities/{first}").status_code == 200
    put(world.owner, world.here, first)
    world.owner.put(f"{world.home}/inbox", json={"id": second})
    assert listed(world.owner, f"{world.home}/archive") == []
    assert listed(world.owner, ALL) == [second, first]


def test_only_a_personal_workspace_has_an_archive(world: World) -> None:
    item = world.item()
    assert world.owner.put(f"{world.here}/archive", json={"id": item}).status_code == 409
    assert listed(world.owner, f"{world.here}/archive") == []
    assert listed(world.owner, f"{world.here}/items") == [item]


def test_every_address_in_every_answer_is_alive(world: World) -> None:
    stack, item = world.stack(), world.item()
    put(world.owner, stack, item)
    add(world.owner, world.home)
    asked: set[str] = set()
    for client in (world.owner, world.member, world.clients["read credential"]):
        todo = {"/api/workspaces", f"{world.here}/members", ALL, f"/api/activities/{item}"}
        while todo - asked:
            address = (todo - asked).pop()
            answer = client.get(address)
            assert answer.status_code == 200, address
            asked.add(address)
            if answer.headers["content-type"] == "application/json":
                todo |= set(hrefs(answer.json()))
        assert {f"{world.here}/outboxes", f"{world.here}/inbox", f"{world.here}/stacks"} <= asked
        assert any(address.endswith("/assets/app/no-profile.svg") for address in asked)
        asked.clear()


def test_the_addresses_that_writes_answer_are_alive(world: World) -> None:
    item = add(world.owner, world.home)
    answers = [
        world.owner.post("/api/workspace/7", json={"name": "x"}),
        world.owner.post(f"{world.here}/stacks", json={"name": "x"}),
        world.owner.post(f"{world.here}/items", json={"name": "x"}),
        world.owner.put(f"{world.home}/archive", json={"id": item}),
        world.owner.put(f"{world.here}/inbox", json={"id": item}),
    ]
    for answer in answers:
        found = [*hrefs(answer.json()), *filter(None, [answer.headers.get("location")])]
        assert found
        assert {world.owner.get(address).status_code for address in found} == {200}


def test_those_invited_are_given_no_address_that_turns_them_away(world: World) -> None:
    found = hrefs(world.invited.get(world.here).json())
    assert found
    assert {world.invited.get(address).status_code for address in found} == {200}


def test_a_list_of_items_is_not_sent_again_until_it_changes(world: World) -> None:
    item = world.item()
    for address in (
        ALL,
        f"{world.here}/items",
        f"{world.inbox}/items",
        f"/api/activities/{item}",
        f"{world.here}/inbox",
    ):
        tag = {"If-None-Match": world.owner.get(address).headers["etag"]}
        assert world.owner.get(address, headers=tag).status_code == 304
    tag = {"If-None-Match": world.owner.get(ALL).headers["etag"]}
    world.item()
    assert world.owner.get(ALL, headers=tag).status_code == 200


def test_a_repeated_create_or_move_under_one_key_is_done_once(world: World) -> None:
    body = {"type": "Activity", "name": "x"}
    first, again = (world.owner.post(f"{world.here}/items", json=body, headers=KEY) for _ in range(2))
    assert (again.status_code, again.content) == (201, first.content)
    item, stack, key = first.json()["activity"]["id"], world.stack(), {"Idempotency-Key": "two"}
    moved = world.owner.post(f"{stack}/items", json={"id": item}, headers=key)
    put(world.owner, world.here, item)
    assert world.owner.post(f"{stack}/items", json={"id": item}, headers=key).content == moved.content
    assert places() == {item: (world.workspace, int(world.inbox.rsplit("/", 1)[1]))}


def test_a_key_works_on_an_inbox_however_full_it_is(world: World) -> None:
    for _ in range(4):
        world.owner.post(f"{world.here}/items", json={"name": "x", "description": "x" * 120_000})
    item = add(world.owner, world.home)
    answers = [world.owner.put(f"{world.here}/inbox", json={"id": item}, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert ids(answers[0].json()["items"])[0] == item


def test_what_does_not_fit_into_the_store_is_said(world: World) -> None:
    answer = world.owner.post(f"{world.here}/items", json={"name": "x", "description": "x" * 420_000})
    assert answer.status_code == 413
    assert answer.json()["detail"].endswith("Its largest field is description.")
    assert places() == {}


def test_text_survives_byte_for_byte(world: World) -> None:
    text = 'a "quote" \\ back\u2028 \U0001f600 \u0627\u0644 e\u0301 </script> "\\u0000abcdef012"'
    answer = world.owner.post(f"{world.here}/items", json={"name": text, "description": text})
    assert (answer.json()["activity"]["name"], answer.json()["activity"]["description"]) == (text, text)
    [item] = world.owner.get(f"{world.here}/items").json()
    assert item["activity"] == answer.json()["activity"]
