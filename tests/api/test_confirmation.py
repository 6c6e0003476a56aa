"""Confirm-Token: the same request does what its dry run has said, or is refused with the reason and changes nothing."""

import base64
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from infra import operations
from infra.testing.world import World
from tests.support.clock import Clock
from tests.support.dry_runs import DRY, read_token
from tests.support.failures import Hook
from tests.support.problems import assert_problem
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]
SignIn = Callable[[Json], httpx.Client]

LIST = "/api/v2/actions.json"
CHANGED = "Something has changed since the dry run"


@pytest.fixture
def action(ada: httpx.Client) -> str:
    """Return the address of an action."""
    return str(ada.post(LIST, json={"title": "x"}).headers["location"])


def confirmed(token: str, **more: str) -> dict[str, str]:
    return {"Confirm-Token": token, **more}


def test_what_somebody_else_has_changed_is_not_changed(ada: httpx.Client, mia: httpx.Client, action: str) -> None:
    token = read_token(ada, "DELETE", action)
    mia.patch(action, json={"title": "of Mia"})
    before = stored_rows()
    assert_problem(ada.delete(action, headers=confirmed(token)), 409, CHANGED)
    assert stored_rows() == before
    assert ada.delete(action, headers=confirmed(read_token(ada, "DELETE", action))).status_code == 200


def test_what_somebody_else_changes_at_the_same_moment_is_not_changed(
    ada: httpx.Client, mia: httpx.Client, action: str, on: Hook
) -> None:
    token = read_token(ada, "DELETE", action)
    requests = iter([None])

    def change_first(**_: Any) -> None:
        if next(requests, True) is None:
            mia.patch(action, json={"title": "of Mia"})

    on("before-call.dynamodb.TransactWriteItems", change_first)
    assert_problem(ada.delete(action, headers=confirmed(token)), 409, CHANGED)
    assert ada.get(action).json()["title"] == "of Mia"


def test_something_new_in_what_is_deleted_in_steps_is_not_deleted(world: World) -> None:
    world.item()
    address = f"{world.workspace_url}?archive_items=true"
    token = read_token(world.owner, "DELETE", address)
    late = world.item()
    before = stored_rows()
    assert_problem(world.owner.delete(address, headers=confirmed(token)), 409, CHANGED)
    assert stored_rows() == before
    assert world.owner.get(f"/api/activities/{late}").status_code == 200


def test_no_mail_is_sent_that_was_not_planned(world: World, outbox: list[Json]) -> None:
    address, body = f"{world.workspace_url}/invitation", {"email": "new@acme.example"}
    token = read_token(world.owner, "POST", address, body)
    world.owner.patch(world.workspace_url, json={"name": "Another name"})
    before = stored_rows()
    assert_problem(world.owner.post(address, json=body, headers=confirmed(token)), 409, CHANGED)
    assert (stored_rows(), outbox) == (before, [])


def test_changes_of_other_objects_and_new_ids_do_not_matter(world: World, outbox: list[Json]) -> None:
    address, body = f"{world.workspace_url}/invitation", {"email": "new@acme.example"}
    token = read_token(world.owner, "POST", address, body)
    world.item()
    world.stack()
    assert world.owner.post(address, json=body, headers=confirmed(token)).status_code == 201
    assert len(outbox) == 1


def test_what_has_been_done_is_not_done_again(ada: httpx.Client, action: str) -> None:
    token = read_token(ada, "PATCH", action, {"title": "y"})
    assert ada.patch(action, json={"title": "y"}, headers=confirmed(token)).status_code == 200
    assert_problem(ada.patch(action, json={"title": "y"}, headers=confirmed(token)), 409, CHANGED)


def test_a_token_expires_after_five_minutes(ada: httpx.Client, action: str, clock: Clock) -> None:
    token = read_token(ada, "DELETE", action)
    clock.goes(300)
    assert_problem(ada.delete(action, headers=confirmed(token)), 400, "has expired: it is valid for 300 seconds")
    again = read_token(ada, "DELETE", action)
    clock.goes(299)
    assert ada.delete(action, headers=confirmed(again)).status_code == 200


def test_a_token_is_of_one_credential(
    ada: httpx.Client, acme: Json, mia: httpx.Client, stranger: httpx.Client, sign_in: SignIn, action: str
) -> None:
    token = read_token(ada, "DELETE", action)
    another = sign_in(operations.create_credential(acme["user"]["id"]))
    for client in (mia, another, stranger):
        assert_problem(client.delete(action, headers=confirmed(token)), 400, "was made for another credential")


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("PATCH", "{action}", {"title": "z"}),
        ("PATCH", "{action}", {"title": "y", "progress": 1}),
        ("PUT", "{action}", {"title": "y"}),
        ("PATCH", "{action}?x=1", {"title": "y"}),
        ("PATCH", "/api/v2/actions/2.json", {"title": "y"}),
        ("POST", LIST, {"title": "y"}),
    ],
)
def test_a_token_is_of_one_request(ada: httpx.Client, action: str, method: str, address: str, body: Json) -> None:
    ada.post(LIST, json={"title": "another"})
    token = read_token(ada, "PATCH", action, {"title": "y"})
    before = stored_rows()
    headers = confirmed(token, Prefer="handling=lenient")
    answer = ada.request(method, address.format(action=action), json=body, headers=headers)
    assert_problem(answer, 400, "was made for another request")
    assert stored_rows() == before


def test_other_spellings_of_an_address_are_the_same_request(world: World) -> None:
    address = world.workspace_url
    token = read_token(world.owner, "PATCH", f"{address}?dry_run=false", {"name": "y"})
    other = address.replace("/api/workspaces/", "/api/workspace/")
    assert world.owner.patch(f"{other}?_=1", json={"name": "y"}, headers=confirmed(token)).status_code == 200


@pytest.mark.parametrize(
    "form", ["x", ".", "{content}", "{content}.{mac}0", "{mac}.{content}", "W10.{mac}", "MQ.{mac}", "WzEsMl0.{mac}"]
)
def test_a_text_that_is_no_token_is_refused(ada: httpx.Client, action: str, form: str) -> None:
    content, _, mac = read_token(ada, "DELETE", action).partition(".")
    answer = ada.delete(action, headers=confirmed(form.format(content=content, mac=mac)))
    assert_problem(answer, 400, "is not one that this service has made for your credential")
    assert ada.get(action).status_code == 200


def test_a_token_whose_json_is_deep_is_refused(ada: httpx.Client, action: str) -> None:
    content = base64.urlsafe_b64encode(b"[" * 3_000).decode()
    answer = ada.delete(action, headers=confirmed(f"{content}.x"))
    assert_problem(answer, 400, "is not one that this service has made for your credential")


def test_a_token_ends_when_the_secret_is_rotated(ada: httpx.Client, own: str, sign_in: SignIn, action: str) -> None:
    token = read_token(ada, "DELETE", action)
    rotated = sign_in({"credential": ada.post(f"{own}/rotate", json={}).json()})
    assert_problem(rotated.delete(action, headers=confirmed(token)), 400, "is not one that this service has made")


def test_a_confirmed_request_is_repeated_with_its_key(ada: httpx.Client, action: str, clock: Clock) -> None:
    dry = ada.patch(action, json={"title": "y"}, headers=DRY | {"Idempotency-Key": "k"})
    assert stored_rows("receipt") == []
    headers = confirmed(dry.json()["confirm_token"], **{"Idempotency-Key": "k"})
    first = ada.patch(action, json={"title": "y"}, headers=headers)
    clock.goes(301)
    again = ada.patch(action, json={"title": "y"}, headers=headers)
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"


def test_a_refused_request_leaves_its_key_free(ada: httpx.Client, mia: httpx.Client, action: str) -> None:
    token = read_token(ada, "DELETE", action)
    mia.patch(action, json={"title": "of Mia"})
    refused = ada.delete(action, headers=confirmed(token, **{"Idempotency-Key": "k"}))
    assert_problem(refused, 409, CHANGED)
    assert stored_rows("receipt") == []


def test_reads_ignore_a_token(ada: httpx.Client, action: str) -> None:
    assert ada.get(action, headers=confirmed("x")).status_code == 200


def test_the_errors_of_the_request_come_first(ada: httpx.Client, mia: httpx.Client, action: str) -> None:
    token = read_token(ada, "DELETE", action)
    mia.delete(action)
    assert_problem(ada.delete(action, headers=confirmed(token)), 404, "There is no action 1.")
