"""/api/me: users read and change themselves, and see the people whom they work with."""

from typing import Any

import httpx
import pytest

from infra.testing.world import World, create_workspace
from tests.support.invitations import change_address
from tests.support.stored_rows import stored_rows

ME = "/api/me"
JSON = {"Content-Type": "application/json"}
Json = dict[str, Any]


def slugs(client: httpx.Client, query: str = "") -> list[str]:
    answer = client.get(f"{ME}/connections{query}", headers=JSON)
    assert answer.status_code == 200, answer.text
    return [one["slug"] for one in answer.json()]


def test_me_is_the_user_that_others_see(world: World) -> None:
    for person in ("owner", "member"):
        mine = world.clients[person].get(ME, headers=JSON)
        theirs = world.clients[person].get(f"/api/users/{world.users[person]}")
        assert (mine.status_code, mine.json(), mine.headers["etag"]) == (200, theirs.json(), theirs.headers["etag"])
    assert "role" not in world.member.get(ME).json()


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("wrapped", [True, False], ids=["within user", "plain"])
def test_an_update_changes_only_the_fields_that_it_names(world: World, method: str, wrapped: bool) -> None:
    before = world.member.get(ME).json()
    body = {"first_name": "Maria"}
    answer = world.member.request(method, ME, json={"user": body} if wrapped else body)
    assert answer.status_code == 200
    assert answer.json() == before | {"first_name": "Maria", "name_or_email": "Maria Member"}
    assert world.owner.get(f"/api/users/{before['id']}").json()["first_name"] == "Maria"


def test_a_changed_email_address_frees_the_old_one(world: World, outbox: list[Json]) -> None:
    change_address(world.member, "new@acme.example", outbox)
    mine = world.member.get(ME).json()
    assert mine["email"] == "new@acme.example"
    change_address(world.clients["other user"], "mia@acme.example", outbox)
    assert world.member.put(ME, json={"email": "MIA@acme.example"}).status_code == 409
    assert world.member.get(ME).json() == mine
    change_address(world.clients["other account"], "new@acme.example", outbox)


def test_the_own_email_address_may_be_sent_in_another_case(world: World) -> None:
    assert world.member.put(ME, json={"email": "Mia@Acme.example"}).json()["email"] == "Mia@Acme.example"


def test_an_update_of_oneself_is_in_the_audit(world: World) -> None:
    world.member.put(ME, json={"user": {"last_name": "Moon"}})
    event = world.owner.get("/api/audit").json()[0]
    assert (event["verb"], event["actor"]["user"]) == ("update", world.users["member"])
    assert event["subject"] == {"kind": "user", "id": world.users["member"]}
    assert event["details"] == {"last_name": {"from": "Member", "to": "Moon"}}


def test_an_update_of_nothing_changes_nothing(world: World) -> None:
    before, events = stored_rows("user"), len(stored_rows("audit_event"))
    mine = world.member.get(ME).json()
    bodies: list[Json] = [{}, {"user": {}}, mine, {"user": mine}]
    for body in bodies:
        answer = world.member.put(ME, json=body)
        assert (answer.status_code, answer.json()) == (200, mine)
    assert (stored_rows("user"), len(stored_rows("audit_event"))) == (before, events)


def test_users_cannot_give_themselves_a_role(world: World) -> None:
    for body in ({"role": "admin"}, {"user": {"role": "admin", "id": world.users["owner"]}}):
        assert world.member.put(ME, json=body).status_code == 200
    assert world.owner.get("/api/users/mia-member").json()["role"] == "member"
    assert world.owner.put(ME, json={"user": {"role": "member"}}).json()["role"] == "admin"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"user": {"email": "no address"}}, "#/user/email"),
        ({"user": {"first_name": " "}}, "#/user/first_name"),
        ({"user": {"frist_name": "x"}}, "#/user/frist_name"),
        ({"user": "x"}, "#/user"),
        ({"last_name": None}, "#/last_name"),
        ({"nickname": "x"}, "#/nickname"),
    ],
)
def test_wrong_fields_are_refused(world: World, body: Json, pointer: str) -> None:
    answer = world.member.put(ME, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_an_update_honours_if_match(world: World) -> None:
    tag = world.member.get(ME).headers["etag"]
    assert world.member.put(ME, json={"first_name": "a"}, headers={"If-Match": tag}).status_code == 200
    assert world.member.put(ME, json={"first_name": "b"}, headers={"If-Match": tag}).status_code == 412
    key = {"Idempotency-Key": "one"}
    first, again = (world.member.put(ME, json={"first_name": "c"}, headers=key) for _ in range(2))
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")


def test_connections_are_the_users_in_shared_workspaces_by_name(world: World) -> None:
    assert slugs(world.owner) == ["mia-member"]
    assert slugs(world.member) == ["ada-admin"]
    assert slugs(world.invited) == slugs(world.clients["other user"]) == slugs(world.clients["other account"]) == []
    world.join("other user")
    assert slugs(world.owner) == ["mia-member", "udo-member"]
    assert slugs(world.clients["other user"]) == ["ada-admin", "mia-member"]
    assert slugs(world.owner, "?page=2&per_page=1") == ["udo-member"]


def test_connections_include_followers_and_followed_users(world: World) -> None:
    udo = world.clients["other user"]
    assert udo.put("/api/users/ivo-member/collaborate").status_code == 200
    assert udo.put("/api/users/ada-admin/collaborate").status_code == 200
    assert slugs(udo) == ["ada-admin", "ivo-member"]
    assert slugs(world.invited) == ["udo-member"]
    assert slugs(world.owner) == ["mia-member", "udo-member"]


def test_somebody_known_in_several_ways_is_one_connection(world: World) -> None:
    world.owner.put("/api/users/mia-member/collaborate")
    world.member.put("/api/users/ada-admin/collaborate")
    create_workspace(world.owner)
    assert slugs(world.owner) == ["mia-member"]


def test_a_deleted_workspace_connects_nobody(world: World) -> None:
    assert world.owner.delete(world.workspace_url).status_code == 204
    assert slugs(world.owner) == slugs(world.member) == []
