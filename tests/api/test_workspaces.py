"""/api/workspaces: each call as the Workspaces document shows it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import app  # noqa: F401 - registers every route
from chalicelib.http.endpoint import ENDPOINTS
from infra.testing.documents import example
from infra.testing.world import (
    World,
    add_member,
    create_user,
    create_workspace,
    documented_client,
    list_item_ids,
    location_of,
    sign_in_client,
)
from tests.support.documented_examples import assert_as_documented

LIST = "/api/workspaces"
KEY = {"Idempotency-Key": "one"}
DEFAULTS = {
    "allow_take_over_by_members": False,
    "can_change_background": True,
    "allow_invitations": True,
    "members_can_change_blocks": False,
}
SETTING = {"allow_take_over_by_members": True, "can_change_background": False}

Json = dict[str, Any]


@pytest.fixture
def tester(url: str) -> Iterator[httpx.Client]:
    with documented_client(url) as client:
        yield client


def names(client: httpx.Client, address: str = LIST) -> list[str]:
    return [one["name"] for one in client.get(address).json()]


def test_the_list_has_the_keys_of_the_document(tester: httpx.Client) -> None:
    tester.post(LIST, json={"name": "Workspace with others", "description": "roger that"})
    assert_as_documented(tester.get(LIST).json(), example("workspaces"))


def test_a_workspace_has_the_keys_of_the_document(tester: httpx.Client) -> None:
    made = location_of(tester.post(LIST, json={"name": "Workspace with others", "description": "roger that"}))
    assert_as_documented(tester.get(made).json(), example("workspace"))


def test_the_documents_create_answers_the_documents_workspace(tester: httpx.Client) -> None:
    golden = example("created_workspace")
    body = {"name": golden["name"], "description": golden["description"], "setting": SETTING}
    answer = tester.post(f"{LIST}/7", json=body)
    assert answer.status_code == 201
    assert_as_documented(answer.json(), golden)
    assert answer.json()["setting"] == DEFAULTS | SETTING


def test_there_are_no_invitations_at_first(tester: httpx.Client) -> None:
    assert tester.get(f"{LIST}/invited").json() == []


@pytest.mark.parametrize("path", [LIST, f"{LIST}/999", "/api/workspace", "/api/workspace/1"])
def test_a_create_answers_a_new_workspace_whatever_id_its_path_has(ada: httpx.Client, path: str) -> None:
    answer = ada.post(path, json={"name": "x"})
    assert (answer.status_code, answer.json()["type"]) == (201, "SharedWorkspace")
    assert answer.headers["location"] == f"{LIST}/{answer.json()['id']}"
    assert ada.get(answer.headers["location"]).json() == answer.json()
    assert answer.json()["setting"] == DEFAULTS
    assert names(ada) == ["Personal workspace", "x"]


@pytest.mark.parametrize("body", [{}, {"name": None}, {"name": " "}, {"name": "x" * 256}, {"description": "x"}])
@pytest.mark.parametrize("path", [LIST, f"{LIST}/7"])
def test_a_workspace_needs_a_name(ada: httpx.Client, path: str, body: Json) -> None:
    answer = ada.post(path, json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/name"]
    assert names(ada) == ["Personal workspace"]


def test_every_workspace_route_has_both_spellings() -> None:
    routes = [endpoint for endpoint in ENDPOINTS if endpoint.paths[0].startswith("/api/workspaces")]
    assert len(routes) > 20
    for endpoint in routes:
        assert endpoint.paths[1:] == (endpoint.paths[0].replace("/api/workspaces", "/api/workspace", 1),)


def test_the_other_spelling_answers_the_same_and_names_the_canonical_one(world: World) -> None:
    stack = world.stack()
    for endpoint in ENDPOINTS:
        path, *others = endpoint.paths
        if "GET" not in endpoint.methods or not path.startswith(LIST):
            continue
        ids = {"workspace_id": world.workspace, "stack_id": stack.rsplit("/", 1)[1]}
        canonical = world.owner.get(path.format(**ids))
        assert (canonical.status_code, canonical.headers.get("link")) == (200, None), path
        for other in others:
            alias = world.owner.get(other.format(**ids))
            assert (alias.status_code, alias.text) == (200, canonical.text), other
            assert alias.links["canonical"]["url"] == str(canonical.url)


def test_writes_in_the_other_spelling_answer_canonical_addresses(world: World) -> None:
    alias = world.workspace_url.replace("workspaces", "workspace")
    answer = world.owner.post(f"{alias}/stacks", json={"name": "x"})
    assert location_of(answer).startswith(f"{world.workspace_url}/stacks/")
    assert answer.links["canonical"]["url"] == str(world.owner.base_url.join(f"{world.workspace_url}/stacks"))
    changed = world.owner.put(alias, json={"name": "y"})
    assert {link["rel"]: link["href"] for link in changed.json()["links"]}["inbox"] == f"{world.workspace_url}/inbox"
    assert world.owner.delete(alias).status_code == 204
    assert world.owner.get(world.workspace_url).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("field", ["setting", "settings"])
def test_an_update_merges_one_level_into_the_setting(world: World, method: str, field: str) -> None:
    before = world.owner.get(world.workspace_url).json()
    world.owner.put(world.workspace_url, json={"setting": {"allow_take_over_by_members": "true"}})
    answer = world.owner.request(method, world.workspace_url, json={field: {"allow_invitations": False}})
    changed = DEFAULTS | {"allow_take_over_by_members": True, "allow_invitations": False}
    assert answer.status_code == 200
    assert answer.json() == before | {"setting": changed} == world.owner.get(world.workspace_url).json()


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_update_changes_what_it_names_and_nothing_else(world: World, method: str) -> None:
    before = world.owner.get(world.workspace_url).json()
    answer = world.owner.request(method, world.workspace_url, json={"description": "new"})
    assert answer.json() == before | {"description": "new"}
    cleared = world.owner.request(method, world.workspace_url, json={"name": "y", "description": None})
    assert cleared.json() == before | {"name": "y"}
    assert world.owner.request(method, world.workspace_url, json={}).json() == cleared.json()


def test_a_personal_workspace_can_be_renamed(world: World) -> None:
    assert world.owner.put(world.personal_url, json={"name": "Mine"}).json()["name"] == "Mine"


def test_the_whole_workspace_may_be_sent_back(world: World) -> None:
    whole = world.owner.get(world.workspace_url).json()
    assert world.owner.put(world.workspace_url, json=whole).json() == whole
    other = whole | {"id": 1, "owner": None, "type": "PersonalWorkspace", "created_at": "", "links": [], "name": "y"}
    assert world.owner.put(world.workspace_url, json=other).json() == whole | {"name": "y"}
    assert location_of(world.owner.post(LIST, json=whole)) != world.workspace_url


@pytest.mark.parametrize(
    ("body", "pointer", "near"),
    [
        ({"nam": "x"}, "#/nam", "name"),
        ({"Description": "x"}, "#/Description", "description"),
        ({"setting": {"allow_invitation": True}}, "#/setting/allow_invitation", "allow_invitations"),
        ({"settings": {"can_change_backgrounds": True}}, "#/settings/can_change_backgrounds", "can_change_background"),
    ],
)
def test_an_unknown_field_is_refused_with_the_nearest_known_one(
    world: World, body: Json, pointer: str, near: str
) -> None:
    for answer in (world.owner.put(world.workspace_url, json=body), world.owner.post(LIST, json={"name": "x"} | body)):
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert error["pointer"] == pointer
        assert f"did you mean {near}?" in error["detail"]
    lenient = world.owner.put(world.workspace_url, json=body, headers={"Prefer": "handling=lenient"})
    assert lenient.status_code == 200


def test_one_lenient_request_makes_no_later_one_lenient(world: World) -> None:
    body = {"setting": {"allow_invitation": True}}
    statuses = [
        world.owner.put(world.workspace_url, json=body, headers=headers).status_code
        for headers in ({}, {"Prefer": "handling=lenient"}, {})
    ]
    assert statuses == [422, 200, 422]


@pytest.mark.parametrize("setting", [None, [], "x", {"allow_invitations": None}, {"allow_invitations": 1}])
def test_a_setting_is_an_object_of_flags(world: World, setting: object) -> None:
    assert world.owner.put(world.workspace_url, json={"setting": setting}).status_code == 422


def test_every_user_gets_a_personal_workspace(ada: httpx.Client) -> None:
    [personal] = ada.get(LIST).json()
    assert (personal["name"], personal["type"]) == ("Personal workspace", "PersonalWorkspace")
    assert (personal["description"], personal["setting"]) == (None, DEFAULTS)
    here = f"{LIST}/{personal['id']}"
    assert ada.get(f"{here}/inbox").json()["items"] == []
    assert [stack["name"] for stack in ada.get(f"{here}/stacks").json()] == ["Action", "Waiting"]


def test_a_new_shared_workspace_has_an_inbox_and_no_stacks(world: World) -> None:
    assert world.owner.get(f"{world.workspace_url}/inbox").json()["items"] == []
    assert world.owner.get(f"{world.workspace_url}/stacks").json() == []


def test_a_personal_workspace_cannot_be_deleted(world: World) -> None:
    for query in ("", "?archive_items=true"):
        assert world.owner.delete(world.personal_url + query).status_code == 409
    assert world.owner.get(world.personal_url).status_code == 200


def test_the_personal_workspace_is_listed_first_and_then_the_oldest(world: World) -> None:
    add_member(world.account, create_workspace(world.owner, "second"), world.users["other user"])
    create_workspace(world.clients["other user"], "third")
    add_member(world.account, world.workspace, world.users["other user"])
    assert names(world.clients["other user"]) == ["Personal workspace", "Workspace with others", "second", "third"]
    assert names(world.owner) == ["Personal workspace", "Workspace with others", "second"]


def test_a_personal_workspace_comes_first_even_if_it_is_the_newest(url: str, world: World) -> None:
    newcomer = create_user(world.account, "Zoe")
    add_member(world.account, world.workspace, newcomer["user"]["id"])
    with sign_in_client(url, newcomer) as client:
        first, second = client.get(LIST).json()
    assert (first["type"], second["type"]) == ("PersonalWorkspace", "SharedWorkspace")
    assert first["id"] > second["id"]


def test_invited_users_see_the_workspace_but_not_its_items(world: World) -> None:
    stack = world.stack()
    assert names(world.invited) == ["Personal workspace"]
    assert names(world.invited, f"{LIST}/invited") == ["Workspace with others"]
    seen = world.owner.get(world.workspace_url).json()
    assert world.invited.get(world.workspace_url).json() == seen | {"links": []}, (
        "links that would turn them away are left out"
    )
    for inside in (
        "/inbox",
        "/stacks",
        "/items",
        "/members",
        "/outboxes",
        "/archive",
        stack.removeprefix(world.workspace_url),
    ):
        assert world.invited.get(world.workspace_url + inside).status_code == 403, inside
    assert list_item_ids(world.invited, f"{LIST}/items") == []


def test_a_member_sees_the_workspace_as_its_owner_does(world: World) -> None:
    assert names(world.member) == ["Personal workspace", "Workspace with others"]
    assert world.member.get(world.workspace_url).json() == world.owner.get(world.workspace_url).json()
    assert world.member.get(f"{LIST}/invited").json() == []


def test_only_the_owner_changes_or_deletes_a_workspace(world: World) -> None:
    whole = world.owner.get(world.workspace_url).json()
    for client in (world.member, world.invited):
        assert client.put(world.workspace_url, json={"name": "stolen"}).status_code == 403
        assert client.delete(world.workspace_url).status_code == 403
    assert world.owner.get(world.workspace_url).json() == whole


@pytest.mark.parametrize("outsider", ["other user", "other account"])
def test_users_outside_a_workspace_do_not_see_it(world: World, outsider: str) -> None:
    client = world.clients[outsider]
    answers = [
        client.get(world.workspace_url),
        client.put(world.workspace_url, json={"name": "y"}),
        client.delete(world.workspace_url),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert names(client) == ["Personal workspace"]


@pytest.mark.parametrize("address", ["0", "-1", "abc", "01", "9" * 17, "1%00", "%31", "1.json"])
def test_an_address_without_a_workspace_is_not_found(ada: httpx.Client, address: str) -> None:
    answers = [ada.get(f"{LIST}/{address}"), ada.put(f"{LIST}/{address}", json={}), ada.delete(f"{LIST}/{address}")]
    assert [answer.status_code for answer in answers] == [404] * 3


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        *(("", False), ("?archive_items=false", False), ("?archive_items=0", False)),
        *(
            ("?archive_items=True", True),
            ("?archive_items=1", True),
            ("?archive_items=yes", True),
            ("?archive_items", True),
        ),
    ],
)
def test_deleting_a_workspace_answers_204_and_it_is_not_found_afterwards(world: World, query: str, kept: bool) -> None:
    item = world.item()
    answer = world.owner.delete(world.workspace_url + query)
    assert (answer.status_code, answer.content) == (204, b"")
    assert [client.get(world.workspace_url).status_code for client in world.clients.values()] == [404] * 6 + [401]
    assert world.owner.delete(world.workspace_url).status_code == 404
    assert names(world.owner) == names(world.member) == ["Personal workspace"]
    assert world.invited.get(f"{LIST}/invited").json() == []
    assert list_item_ids(world.owner, f"{world.personal_url}/archive") == ([item] if kept else [])
    assert world.owner.get(f"/api/activities/{item}").status_code == (200 if kept else 404)


@pytest.mark.parametrize("query", ["archive_items=y", "archive_items=2", "archive=true"])
def test_a_delete_whose_parameter_is_unclear_deletes_nothing(world: World, query: str) -> None:
    assert world.owner.delete(f"{world.workspace_url}?{query}").status_code == 422
    assert world.owner.get(world.workspace_url).status_code == 200


def test_if_match_protects_a_workspace(world: World) -> None:
    tag = world.owner.get(world.workspace_url).headers["etag"]
    assert world.member.get(world.workspace_url, headers={"If-None-Match": tag}).status_code == 304
    changed = world.owner.put(world.workspace_url, json={"name": "y"}, headers={"If-Match": tag})
    assert (changed.status_code, changed.headers["etag"]) == (200, world.owner.get(world.workspace_url).headers["etag"])
    assert world.owner.put(world.workspace_url, json={"name": "z"}, headers={"If-Match": tag}).status_code == 412
    assert world.owner.get(world.workspace_url).json()["name"] == "y"


def test_a_workspace_that_was_changed_is_not_deleted_with_the_old_tag(world: World) -> None:
    tag = world.owner.get(world.workspace_url).headers["etag"]
    world.owner.put(world.workspace_url, json={"name": "y"})
    assert world.owner.delete(world.workspace_url, headers={"If-Match": tag}).status_code == 412
    assert world.owner.get(world.workspace_url).status_code == 200
    fresh = {"If-Match": world.owner.get(world.workspace_url).headers["etag"]}
    assert world.owner.delete(world.workspace_url, headers=fresh).status_code == 204


def test_a_list_of_workspaces_is_not_sent_again_until_it_changes(world: World) -> None:
    tag = {"If-None-Match": world.member.get(LIST).headers["etag"]}
    assert world.member.get(LIST, headers=tag).status_code == 304
    world.owner.put(world.workspace_url, json={"name": "y"})
    assert world.member.get(LIST, headers=tag).status_code == 200


def test_a_repeated_create_under_one_key_is_done_once(world: World) -> None:
    first, again = (world.owner.post(LIST, json={"name": "x"}, headers=KEY) for _ in range(2))
    assert (again.status_code, again.content) == (201, first.content)
    assert names(world.owner).count("x") == 1


def test_a_repeated_delete_under_one_key_answers_as_the_first(world: World) -> None:
    answers = [world.owner.delete(world.workspace_url, headers=KEY) for _ in range(2)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert answers[1].headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("anything", ["7", "0", "abc", ":id", "%3Aid"])
def test_the_id_in_the_path_of_a_create_is_ignored(world: World, anything: str) -> None:
    answer = world.owner.post(f"{LIST}/{anything}", json={"name": "new"})
    assert answer.status_code == 201
    assert world.owner.get(answer.headers["location"]).json() == answer.json()
