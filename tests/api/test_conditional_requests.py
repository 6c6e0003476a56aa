"""Conditional requests: what has not changed is not sent again, and lost updates are refused."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib.domain.activities import deletion
from infra.testing.world import World, item_ids
from tests.support.concurrent_writes import ConcurrentWriter
from tests.support.failures import Hook, Outage

LIST = "/api/v2/actions.json"


@pytest.fixture
def made(ada: httpx.Client) -> httpx.Response:
    return ada.post(LIST, json={"title": "x"})


def test_creating_reading_and_updating_give_the_same_tag_for_the_same_object(
    ada: httpx.Client, made: httpx.Response
) -> None:
    address, tag = made.headers["location"], made.headers["etag"]
    assert tag.startswith('"')
    assert ada.get(address).headers["etag"] == ada.patch(address, json={}).headers["etag"] == tag
    assert ada.patch(address, json={"title": "y"}).headers["etag"] == ada.get(address).headers["etag"] != tag


@pytest.mark.parametrize("form", ["{}", 'W/{}, "other"', '"other",{}', "*"])
def test_a_representation_that_the_client_has_is_not_sent_again(
    ada: httpx.Client, made: httpx.Response, form: str
) -> None:
    for address in (made.headers["location"], LIST, f"{LIST}?limit=1"):
        tag = ada.get(address).headers["etag"]
        answer = ada.get(address, headers={"If-None-Match": form.format(tag)})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag


def test_if_match_is_ignored_when_a_workspace_is_created_under_an_id(ada: httpx.Client) -> None:
    answer = ada.post("/api/workspaces/7", json={"name": "x"}, headers={"If-Match": '"x"'})
    assert answer.status_code == 201


def test_a_changed_list_is_sent_again(ada: httpx.Client, made: httpx.Response) -> None:
    tag = ada.get(LIST).headers["etag"]
    ada.patch(made.headers["location"], json={"progress": 1})
    assert ada.get(LIST, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_a_write_with_an_old_tag_is_refused_and_changes_nothing(
    ada: httpx.Client, made: httpx.Response, method: str
) -> None:
    address, old = made.headers["location"], made.headers["etag"]
    ada.patch(address, json={"title": "of somebody else"})
    body = None if method == "DELETE" else {"title": "late"}
    answer = ada.request(method, address, json=body, headers={"If-Match": old})
    assert answer.status_code == 412
    assert ada.get(address).json()["title"] == "of somebody else"


@pytest.mark.parametrize("form", ["{}", '"other", {}', "*"])
def test_a_write_with_the_current_tag_is_carried_out(ada: httpx.Client, made: httpx.Response, form: str) -> None:
    if_match = {"If-Match": form.format(made.headers["etag"])}
    assert ada.patch(made.headers["location"], json={"title": "y"}, headers=if_match).status_code == 200


def test_if_match_compares_strongly(ada: httpx.Client, made: httpx.Response) -> None:
    weak = {"If-Match": f"W/{made.headers['etag']}"}
    assert ada.patch(made.headers["location"], json={"title": "y"}, headers=weak).status_code == 412


PLACES: dict[str, Callable[[World], tuple[str, str]]] = {
    "inbox": lambda world: ("PUT", f"{world.workspace_url}/inbox"),
    "items": lambda world: ("POST", f"{world.workspace_url}/items"),
    "stack": lambda world: ("POST", f"{world.stack()}/items"),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_an_item_that_arrives_just_before_the_commit_fails_a_write_with_the_tag_of_its_place(
    world: World, on: Hook, place: Callable[[World], tuple[str, str]]
) -> None:
    method, address = place(world)
    tag = world.owner.get(address).headers["etag"]
    writer = ConcurrentWriter(on)
    writer.work = lambda: world.member.request(method, address, json={"name": "faster"})
    late = world.owner.request(method, address, json={"name": "late"}, headers={"If-Match": tag})
    assert late.status_code == 412
    names = [item["activity"]["name"] for item in world.owner.get(f"{world.workspace_url}/items").json()]
    assert names == ["faster"]
    current = {"If-Match": world.owner.get(address).headers["etag"]}
    assert world.owner.request(method, address, json={"name": "second"}, headers=current).status_code < 300


def test_an_item_is_put_on_the_inbox_only_if_the_inbox_is_as_the_client_saw_it(world: World, on: Hook) -> None:
    item, inbox = world.item(world.stack()), f"{world.workspace_url}/inbox"
    tag = {"If-Match": world.owner.get(inbox).headers["etag"]}
    writer = ConcurrentWriter(on)
    writer.work = world.item
    assert world.owner.put(inbox, json={"id": item}, headers=tag).status_code == 412
    assert item not in item_ids(world.owner.get(inbox).json()["items"])


def test_if_match_is_checked_before_the_first_commit_of_several(world: World, outbox: list[dict[str, Any]]) -> None:
    activity = world.activity()
    assert world.owner.post(f"{activity}/comments", json={"body": "x"}).status_code == 201
    old = {"If-Match": '"old"'}
    assert world.owner.delete(activity, headers=old).status_code == 412
    assert len(world.owner.get(f"{activity}/comments").json()) == 1
    assert world.owner.put(f"{activity}/delegate", json={"email": "x@y.z"}, headers=old).status_code == 412
    invitation = f"{world.workspace_url}/invitation"
    assert world.owner.post(invitation, json={"email": "x@y.z"}, headers=old).status_code == 412
    assert outbox == []


def test_a_deletion_that_has_begun_is_finished_whatever_if_match_says(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH_SIZE", 2)
    for _ in range(3):
        world.item()
    tag = {"If-Match": world.owner.get(world.workspace_url).headers["etag"]}
    outage = Outage(on, lost=False)
    outage.begins(6)
    here = f"{world.workspace_url}?archive_items=true"
    assert world.owner.delete(here, headers=tag).status_code == 503
    outage.ends()
    assert world.owner.get(world.workspace_url).status_code == 404, "The deletion has begun."
    assert world.owner.delete(here, headers=tag).status_code == 204
