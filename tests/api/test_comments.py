"""/api/comments: who may read and change comments, and their deletion with the activity."""

import re
from typing import Any

import httpx
import pytest

from chalicelib.http import paging
from infra.testing.world import World, create_item, create_workspace, location_of, put_item
from tests.support.documented_examples import USER, hrefs
from tests.support.failures import Hook, Outage
from tests.support.purges import purge_deleted
from tests.support.stored_rows import check_places, stored_rows

Json = dict[str, Any]
JSON = {"Content-Type": "application/json"}
TEXT = 'a "quote" \\ back\u2028 \U0001f600 \u0627\u0644 e\u0301 </script> "\\u0000abcdef012"'


@pytest.fixture
def item(world: World) -> str:
    """Return the address of an activity of the owner in the workspace."""
    return f"/api/activities/{world.item()}"


def say(client: httpx.Client, item: str, body: str = "x") -> Json:
    answer = client.post(f"{item}/comments", json={"body": body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def one(comment: Json) -> str:
    return f"/api/comments/{comment['id']}"


def bodies(client: httpx.Client, address: str) -> list[str]:
    answer = client.get(address, headers=JSON)
    assert answer.status_code == 200, answer.text
    return [comment["body"] for comment in answer.json()]


def test_a_comment_has_its_author_text_times_and_activity(world: World, item: str) -> None:
    answer = world.member.post(f"{item}/comments", json={"body": TEXT})
    comment = answer.json()
    assert tuple(comment) == ("id", "activity_id", "body", "author", "created_at", "updated_at", "links")
    assert (comment["activity_id"], comment["body"]) == (int(item.rpartition("/")[2]), TEXT)
    assert tuple(comment["author"]) == (*USER, "slug")
    assert comment["author"]["id"] == world.users["member"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", comment["created_at"])
    assert comment["updated_at"] == comment["created_at"]
    assert comment["links"] == [{"rel": "self", "href": one(comment)}, {"rel": "activity", "href": item}]
    assert location_of(answer) == one(comment)
    found = world.owner.get(one(comment), headers=JSON)
    assert (found.json(), found.headers["etag"]) == (comment, answer.headers["etag"])
    assert {world.owner.get(address).status_code for address in hrefs(comment)} == {200}


def test_the_oldest_comment_comes_first_and_everybody_inside_reads_all(world: World, item: str) -> None:
    said = [say(client, item, body) for client, body in ((world.owner, "a"), (world.member, "b"), (world.owner, "c"))]
    for person in ("owner", "member", "read credential"):
        assert world.clients[person].get(f"{item}/comments", headers=JSON).json() == said
    assert bodies(world.owner, f"/api/activities/{world.item()}/comments") == []
    assert [world.clients[person].get(f"{item}/comments").status_code for person in ("invited", "other user")] == [
        403,
        404,
    ]


def test_comments_come_in_pages(world: World, item: str) -> None:
    for body in "abcde":
        say(world.owner, item, body)
    for query in ("limit=2", "page=1&per_page=2"):
        found, address = [], f"{item}/comments?{query}"
        while address:
            answer = world.owner.get(address)
            found.append([comment["body"] for comment in answer.json()])
            address = answer.links.get("next", {}).get("url", "")
        assert found == [["a", "b"], ["c", "d"], ["e"]]
    assert bodies(world.owner, f"{item}/comments?page=1&per_page=250") == list("abcde")
    assert [world.owner.get(f"{item}/comments?{query}").status_code for query in ("limit=0", "q=x")] == [422, 422]


def test_a_list_that_would_exceed_a_response_links_to_the_rest(
    world: World, item: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for body in "abc":
        say(world.owner, item, body)
    monkeypatch.setattr(paging, "MAX_ANSWER_BYTES", 1)
    monkeypatch.setattr(paging.take_page, "__kwdefaults__", {"extra": 0, "room": 5_000})
    first = world.owner.get(f"{item}/comments")
    rest = world.owner.get(first.links["next"]["url"])
    assert [comment["body"] for comment in [*first.json(), *rest.json()]] == list("abc")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_authors_change_their_comments(world: World, item: str, method: str) -> None:
    comment = say(world.member, item)
    answer = world.member.request(method, one(comment), json={"body": "y"})
    assert (answer.status_code, answer.json()) == (
        200,
        comment | {"body": "y", "updated_at": answer.json()["updated_at"]},
    )
    assert answer.json()["updated_at"] >= comment["updated_at"]
    assert world.owner.get(one(comment)).json() == answer.json()
    unchanging: list[Json] = [{}, answer.json()]
    for body in unchanging:
        assert world.member.request(method, one(comment), json=body).json() == answer.json()


def test_nobody_else_changes_or_removes_a_comment_not_even_the_owner(world: World, item: str) -> None:
    comment = say(world.member, item)
    assert world.owner.put(one(comment), json={"body": "y"}).status_code == 403
    assert world.owner.put(one(comment), json={}).status_code == 403
    assert world.owner.delete(one(comment)).status_code == 403
    assert world.owner.get(one(comment)).json() == comment


@pytest.mark.parametrize("query", ["", "?archive_items=true"])
def test_a_deleted_comment_is_not_found(world: World, item: str, query: str) -> None:
    kept, comment = say(world.member, item, "kept"), say(world.member, item)
    answer = world.member.delete(f"{one(comment)}{query}", headers=JSON)
    assert (answer.status_code, answer.content) == (204, b"")
    assert world.owner.get(f"{item}/comments").json() == [kept]
    for method in ("GET", "PUT", "DELETE"):
        body = {"body": "y"} if method == "PUT" else None
        assert world.member.request(method, one(comment), json=body).status_code == 404
    assert len(stored_rows("comment", "comment_lookup")) == 2


@pytest.mark.parametrize(
    "wrong", [{}, {"body": ""}, {"body": " "}, {"body": None}, {"body": 1}, {"body": "x" * 10_001}]
)
def test_a_comment_needs_a_body_that_is_not_too_long(world: World, item: str, wrong: Json) -> None:
    answer = world.owner.post(f"{item}/comments", json=wrong)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/body")
    if wrong:
        assert world.owner.put(one(say(world.owner, item)), json=wrong).status_code == 422
    assert world.owner.post(f"{item}/comments", json={"boby": "x", "body": "x"}).status_code == 422
    assert say(world.owner, item, "x" * 10_000)["body"] == "x" * 10_000


def test_an_activity_that_is_not_found_has_no_comments(world: World) -> None:
    answers = [
        world.owner.get("/api/activities/99999/comments"),
        world.owner.post("/api/activities/99999/comments", json={"body": "x"}),
        world.owner.get("/api/comments/99999"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_comments_stay_with_an_activity_that_is_moved(world: World, item: str) -> None:
    mine, theirs = say(world.owner, item), say(world.member, item)
    put_item(world.owner, world.personal_url, int(item.rpartition("/")[2]))
    assert world.owner.get(f"{item}/comments").json() == [mine, theirs]
    assert [world.owner.get(one(said)).json() for said in (mine, theirs)] == [mine, theirs]
    assert [world.member.get(address).status_code for address in (f"{item}/comments", one(theirs))] == [404, 404]
    assert world.member.delete(one(theirs)).status_code == 404
    check_places()


def test_a_comment_shows_its_author_under_today_s_name_even_after_leaving(world: World, item: str) -> None:
    comment = say(world.member, item)
    world.member.put("/api/me", json={"user": {"first_name": "Maria"}})
    assert world.owner.get(one(comment)).json()["author"]["first_name"] == "Maria"
    assert world.owner.delete("/api/users/mia-member").status_code == 204
    assert world.owner.get(f"{item}/comments").json()[0]["author"]["name_or_email"] == "Maria Member"


def test_writes_honour_idempotency_keys_and_if_match(world: World, item: str) -> None:
    key = {"Idempotency-Key": "one"}
    first, again = (world.owner.post(f"{item}/comments", json={"body": "x"}, headers=key) for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    assert bodies(world.owner, f"{item}/comments") == ["x"]
    comment, tag = first.headers["location"], {"If-Match": first.headers["etag"]}
    assert world.owner.put(comment, json={"body": "y"}, headers=tag).status_code == 200
    assert world.owner.put(comment, json={"body": "z"}, headers=tag).status_code == 412
    assert world.owner.delete(comment, headers=tag).status_code == 412


def test_an_activity_that_is_moved_at_the_same_time_is_found_again(world: World, item: str, on: Hook) -> None:
    activity, moves = int(item.rpartition("/")[2]), iter([world.personal_url])
    say(world.member, item)

    def move(**_: Any) -> None:
        for place in moves:
            put_item(world.owner, place, activity)

    on("before-call.dynamodb.TransactWriteItems", move)
    assert world.member.post(f"{item}/comments", json={"body": "y"}).status_code == 404
    assert bodies(world.owner, f"{item}/comments") == ["x"]


@pytest.mark.parametrize("kept", [True, False], ids=["archived", "dropped"])
def test_comments_are_kept_or_deleted_with_their_activity(world: World, kept: bool) -> None:
    place = create_workspace(world.owner)
    talked, silent = (create_item(world.owner, f"/api/workspaces/{place}") for _ in range(2))
    other = say(world.owner, f"/api/activities/{create_item(world.owner, world.workspace_url)}")
    comments = [say(world.owner, f"/api/activities/{talked}", body) for body in "ab"]
    assert world.owner.delete(f"/api/workspaces/{place}?archive_items={str(kept).lower()}").status_code == 204
    assert [world.owner.get(one(comment)).status_code for comment in comments] == ([200, 200] if kept else [404, 404])
    purge_deleted()
    assert len(stored_rows("comment", "comment_lookup")) == (6 if kept else 2)
    assert world.owner.get(one(other)).json() == other
    assert world.owner.get(f"/api/activities/{silent}/comments").status_code == (200 if kept else 404)


def test_comments_are_deleted_with_the_workspace_that_their_activity_was_moved_to(world: World) -> None:
    place = create_workspace(world.owner)
    activity = create_item(world.owner, world.workspace_url)
    say(world.owner, f"/api/activities/{activity}")
    check_places()
    assert world.owner.patch(f"/api/activities/{activity}", json={"name": "y"}).status_code == 200
    for there in (world.personal_url, f"/api/workspaces/{place}"):
        put_item(world.owner, there, activity)
        check_places()
    say(world.owner, f"/api/activities/{activity}")
    assert world.owner.delete(f"/api/workspaces/{place}").status_code == 204
    purge_deleted()
    assert stored_rows("comment", "comment_lookup") == []


@pytest.mark.parametrize(("method", "suffix"), [("DELETE", ""), ("PUT", "/delete")])
def test_comments_are_deleted_with_their_activity(world: World, item: str, method: str, suffix: str) -> None:
    said = [say(client, item) for client in (world.owner, world.member)]
    refused = world.owner.request(method, f"{item}{suffix}", headers={"If-Match": '"of something else"'})
    assert refused.status_code == 412
    assert [world.owner.get(one(comment)).status_code for comment in said] == [200, 200]
    assert world.owner.request(method, f"{item}{suffix}").is_success
    assert [world.owner.get(one(comment)).status_code for comment in said] == [404, 404]
    assert stored_rows("comment", "comment_lookup") == []


def test_an_activity_whose_deletion_is_interrupted_is_hidden_and_its_deletion_is_finished_by_the_same_user(
    world: World, item: str, on: Hook
) -> None:
    comment = say(world.member, item)
    outage = Outage(on, lost=False)
    outage.begins(4)
    assert world.member.delete(item).status_code == 503
    outage.ends()
    assert "deleted_by" in stored_rows("activity")[0]
    check_places()
    number = int(item.rpartition("/")[2])
    seen = [world.owner.get(address).status_code for address in (item, f"{item}/comments", one(comment))]
    moved = [world.owner.put(f"{item}/move", json={"workspace_id": world.personal})]
    moved.append(world.owner.put(f"{world.personal_url}/inbox", json={"id": number}))
    moved.append(world.owner.post(f"{world.workspace_url}/items", json={"id": number}))
    moved.append(world.owner.post(f"{item}/comments", json={"body": "late"}))
    assert {*seen, *(answer.status_code for answer in moved)} == {404}
    assert world.member.delete(f"{world.workspace_url}/members/{world.users['member']}").status_code == 204
    assert world.member.delete(item).status_code == 204
    assert stored_rows("activity", "comment", "comment_lookup") == []
