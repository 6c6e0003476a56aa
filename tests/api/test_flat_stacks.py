"""/api/stacks: a stack under its id alone is the same as in its workspace."""

import httpx
import pytest

from chalicelib.domain.activities import deletion
from infra.testing.world import World, create_item, item_ids, list_item_ids, list_pages, location_of, put_item
from tests.support.failures import Hook, Outage, failure_points
from tests.support.purges import purge_deleted
from tests.support.stored_rows import check_places, stored_rows

JSON = {"Content-Type": "application/json"}
FIELDS = ("status", "title", "detail", "message")


def flat(address: str) -> str:
    """Return the address of a stack without its workspace."""
    return f"/api/stacks/{address.rpartition('/')[2]}"


def said(answer: httpx.Response) -> list[object]:
    return [answer.json()[name] for name in FIELDS]


def test_a_stack_is_the_same_with_and_without_its_workspace(world: World) -> None:
    stack = world.stack()
    for name in ("lower", "upper"):
        create_item(world.owner, stack, name)
    for address, other in ((flat(stack), stack), (f"{flat(stack)}/items", f"{stack}/items")):
        for client in (world.owner, world.member, world.clients["read credential"]):
            answers = [client.get(one, headers=JSON) for one in (address, other)]
            assert [answer.status_code for answer in answers] == [200, 200]
            assert answers[0].content == answers[1].content
            assert answers[0].headers["etag"] == answers[1].headers["etag"]


def test_every_stack_of_a_personal_workspace_is_found(world: World) -> None:
    for stack in world.owner.get(f"{world.personal_url}/stacks").json():
        assert world.owner.get(f"/api/stacks/{stack['id']}").json() == stack
        assert world.member.get(f"/api/stacks/{stack['id']}").status_code == 404


def test_an_inbox_cannot_be_changed_or_deleted_as_a_stack(world: World) -> None:
    item, inbox = world.item(), flat(world.inbox_url)
    assert world.owner.get(inbox).json() == world.owner.get(world.inbox_url).json()
    assert list_item_ids(world.owner, f"{inbox}/items") == [item]
    assert world.owner.put(inbox, json={"name": "x"}).status_code == 409
    assert world.owner.delete(inbox).status_code == 409
    new = create_item(world.owner, inbox)
    assert list_item_ids(world.owner, f"{world.workspace_url}/items") == [new, item]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_update_changes_what_it_names_and_nothing_else(world: World, method: str) -> None:
    stack = world.stack()
    create_item(world.owner, stack)
    before = world.owner.get(stack).json()
    answer = world.member.request(method, flat(stack), json={"name": "DONE"})
    assert (answer.status_code, answer.json()) == (200, before | {"name": "DONE"})
    assert world.owner.get(stack).json() == answer.json()
    assert world.owner.request(method, flat(stack), json={}).json() == answer.json()
    assert world.owner.request(method, flat(stack), json={"nam": "x"}).status_code == 422


def test_an_item_on_a_stack_links_the_stack_and_one_on_the_inbox_links_it_once(world: World) -> None:
    stack = world.stack()
    for address in (stack, flat(stack)):
        links = world.owner.post(f"{address}/items", json={"name": "x"}).json()["links"]
        assert [link["rel"] for link in links] == ["container", "inbox", "stack"]
        assert world.owner.get(links[2]["href"]).json()["id"] == world.owner.get(stack).json()["id"]
    for address in (world.workspace_url, world.inbox_url, flat(world.inbox_url)):
        links = world.owner.post(f"{address}/items", json={"name": "x"}).json()["links"]
        assert [link["rel"] for link in links] == ["container", "inbox"]


def test_items_get_onto_a_stack_by_its_id_alone(world: World) -> None:
    stack, item = world.stack(), create_item(world.owner, world.personal_url)
    moved = put_item(world.owner, flat(stack), item)
    links = {link["rel"]: link["href"] for link in moved.json()["links"]}
    expected = {"container": world.workspace_url, "inbox": world.inbox_url, "stack": stack}
    assert (moved.status_code, links) == (200, expected)
    new = world.member.post(f"{flat(stack)}/items", json={"name": "x"})
    assert world.owner.get(location_of(new)).json() == new.json()["activity"]
    assert list_item_ids(world.owner, f"{stack}/items") == [new.json()["activity"]["id"], item]
    assert put_item(world.owner, flat(stack), 99999).json()["detail"] == "There is no such activity."
    check_places()


def test_items_come_in_pages(world: World) -> None:
    stack = world.stack()
    whole = [create_item(world.owner, stack) for _ in range(3)][::-1]
    for query in ("limit=2", "page=1&per_page=2"):
        assert list_pages(world.owner, f"{flat(stack)}/items?{query}") == [whole[:2], whole[2:]]
    assert list_item_ids(world.owner, f"{flat(stack)}/items?page=1&per_page=250") == whole


@pytest.mark.parametrize("query", ["", "?archive_items=true", "?archive_items=false"])
def test_a_deleted_stack_leaves_its_items_on_the_inbox_and_nothing_else(world: World, query: str) -> None:
    stack = world.stack()
    items = [create_item(world.owner, stack) for _ in range(3)]
    before = stored_rows("stack_lookup")
    answer = world.owner.delete(f"{flat(stack)}{query}", headers=JSON)
    assert (answer.status_code, answer.content) == (204, b"")
    assert item_ids(world.owner.get(f"{world.workspace_url}/inbox").json()["items"]) == items[::-1]
    assert [world.owner.get(one).status_code for one in (stack, flat(stack), f"{flat(stack)}/items")] == [404] * 3
    assert world.owner.delete(flat(stack)).status_code == 404
    purge_deleted()
    assert len(before) - len(stored_rows("stack_lookup")) == 1


def test_an_interrupted_deletion_is_finished_by_the_same_request(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH_SIZE", 2)
    outage = Outage(on, lost=False)
    for after in failure_points():
        stack = world.stack()
        for _ in range(3):
            create_item(world.owner, stack)
        outage.begins(after)
        answer = world.owner.delete(flat(stack))
        outage.ends()
        if not outage.struck:
            assert answer.status_code == 204
            break
        assert answer.status_code == 503
        assert world.owner.delete(flat(stack)).status_code == 204
    assert not world.owner.get(f"{world.workspace_url}/stacks").json()
    check_places()


def test_stacks_go_with_their_workspace(world: World) -> None:
    stack, before = world.stack(), len(stored_rows("stack_lookup"))
    assert world.owner.delete(world.workspace_url).status_code == 204
    assert [world.owner.get(one).status_code for one in (flat(stack), flat(world.inbox_url))] == [404, 404]
    purge_deleted()
    assert len(stored_rows("stack_lookup")) == before - 1


def test_a_stack_of_others_is_as_unknown_as_one_that_is_not_there(world: World) -> None:
    stack = world.stack()
    for method, tail, body in [
        ("GET", "", None),
        ("GET", "/items", None),
        ("PUT", "", {"name": "x"}),
        ("DELETE", "", None),
        ("POST", "/items", {"name": "x"}),
    ]:
        answers = [
            client.request(method, f"{address}{tail}", json=body)
            for client in (world.clients["other user"], world.clients["other account"])
            for address in (flat(stack), flat(world.inbox_url), "/api/stacks/99999", "/api/stacks/1")
        ]
        assert [said(answer) for answer in answers] == [said(answers[0])] * 8
        assert answers[0].status_code == 404
    assert world.invited.get(flat(stack)).status_code == world.invited.get(stack).status_code == 403
    assert world.owner.get(f"/api/stacks/{world.workspace}").status_code == 404


def test_writes_honour_if_match_and_idempotency_keys(world: World) -> None:
    stack = flat(world.stack())
    tag = {"If-Match": world.owner.get(stack).headers["etag"]}
    assert world.owner.put(stack, json={"name": "a"}, headers=tag).status_code == 200
    assert world.owner.put(stack, json={"name": "b"}, headers=tag).status_code == 412
    assert world.owner.delete(stack, headers=tag).status_code == 412
    key = {"Idempotency-Key": "one"}
    first, again = (world.owner.post(f"{stack}/items", json={"name": "x"}, headers=key) for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    assert [world.owner.delete(stack, headers={"Idempotency-Key": "two"}).status_code for _ in range(2)] == [204, 204]
