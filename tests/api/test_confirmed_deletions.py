"""An account can require that its API clients confirm each deletion: `infra.admin set-account --confirm-deletes`."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib import errors
from infra import operations
from infra.testing.world import World
from tests.support.change_stream import ChangeStream
from tests.support.dry_runs import DRY, read_token
from tests.support.failures import Hook
from tests.support.invitations import links
from tests.support.problems import assert_problem
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]
SignIn = Callable[[Json], httpx.Client]

LIST = "/api/v2/actions.json"
REFUSED = "This account requires a confirmation to delete anything, also by an undo."


@pytest.fixture
def strict(acme: Json) -> int:
    """Let the account require confirmations, and return its id."""
    account: int = acme["account"]["id"]
    changed = operations.set_account(account, confirm_deletes="on")
    assert changed["account"] == acme["account"] | {"confirm_deletes": True}
    return account


def create_action(client: httpx.Client) -> str:
    return str(client.post(LIST, json={"title": "x"}).headers["location"])


def test_a_deletion_needs_no_confirmation_by_default(ada: httpx.Client) -> None:
    assert ada.delete(create_action(ada)).status_code == 200


def test_a_deletion_without_confirmation_is_refused_and_says_what_to_do(ada: httpx.Client, strict: int) -> None:
    address = create_action(ada)
    refused = ada.delete(address)
    assert_problem(refused, 428, REFUSED)
    assert refused.json()["title"] == "Precondition Required"
    assert "Prefer: dry-run" in refused.json()["detail"]
    assert ada.get(address).status_code == 200
    token = ada.delete(address, headers=DRY).json()["confirm_token"]
    assert ada.delete(address, headers={"Confirm-Token": token}).status_code == 200


def test_the_other_way_to_delete_an_activity_is_a_deletion_too(world: World) -> None:
    operations.set_account(world.account, confirm_deletes="on")
    address = f"{world.activity()}/delete"
    assert_problem(world.owner.put(address), 428, REFUSED)
    headers = {"Confirm-Token": read_token(world.owner, "PUT", address)}
    assert world.owner.put(address, headers=headers).status_code == 200


def test_an_undo_may_delete_and_is_a_deletion_too(world: World, stream: ChangeStream) -> None:
    operations.set_account(world.account, confirm_deletes="on")
    created = world.owner.post(LIST, json={"title": "x"})
    stream.catch_up()
    seq = world.owner.get("/api/changes", params={"kind": "action"}).json()[0]["seq"]
    undos: list[tuple[str, Json | None]] = [
        (f"/api/changes/{seq}/undo?force=true", None),
        ("/api/changes/undo", {"request_id": created.headers["x-request-id"]}),
    ]
    for address, body in undos:
        assert_problem(world.owner.post(address, json=body), 428, REFUSED)
    assert world.owner.get(created.headers["location"]).status_code == 200
    address = undos[0][0]
    headers = {"Confirm-Token": read_token(world.owner, "POST", address)}
    assert world.owner.post(address, headers=headers).status_code == 200
    assert world.owner.get(created.headers["location"]).status_code == 404


def test_a_wrong_token_is_no_confirmation(ada: httpx.Client, strict: int) -> None:
    address = create_action(ada)
    assert_problem(ada.delete(address, headers={"Confirm-Token": "x"}), 400, "is not one that this service has made")
    assert ada.get(address).status_code == 200


def test_other_writes_and_other_accounts_need_no_confirmation(
    ada: httpx.Client, stranger: httpx.Client, strict: int
) -> None:
    assert ada.patch(create_action(ada), json={"title": "y"}).status_code == 200
    assert stranger.delete(create_action(stranger)).status_code == 200


def test_it_holds_for_every_credential_and_token_of_the_account(
    ada: httpx.Client, mia: httpx.Client, anybody: httpx.Client, strict: int, sign_in: SignIn
) -> None:
    address = create_action(ada)
    made = ada.post("/api/credentials", json={"label": "new"}).json()
    grant = {"grant_type": "client_credentials", "client_id": made["key"], "client_secret": made["secret"]}
    token = anybody.post("/oauth/token", data=grant).json()["access_token"]
    by_operator = operations.create_credential(made["user"])
    newcomer = operations.create_user(strict, email="new@acme.example", first_name="New", last_name="User")
    clients = [ada, mia, sign_in({"credential": made}), sign_in(by_operator), sign_in(newcomer)]
    answers = [client.delete(address) for client in clients]
    answers.append(anybody.delete(address, headers={"Authorization": f"Bearer {token}"}))
    for answer in answers:
        assert_problem(answer, 428, REFUSED)


def test_it_holds_for_somebody_who_joins_by_a_link(world: World, outbox: list[Json], sign_in: SignIn) -> None:
    operations.set_account(world.account, confirm_deletes="on")
    world.owner.post(f"{world.workspace_url}/invitation", json={"email": "new@acme.example"})
    [link] = links(outbox)
    page = world.clients["nobody"].post(link, data={"first_name": "New", "last_name": "User"}).text
    key, secret = re.findall(r"<dd><code>([^<]+)</code>", page)
    newcomer = sign_in({"credential": {"key": key, "secret": secret}})
    assert_problem(newcomer.delete(create_action(newcomer)), 428, REFUSED)


def test_it_can_be_switched_off_again(ada: httpx.Client, strict: int) -> None:
    operations.set_account(strict, confirm_deletes="on")
    assert operations.set_account(strict, confirm_deletes="off")["account"]["confirm_deletes"] is False
    assert ada.delete(create_action(ada)).status_code == 200
    assert not any("confirms_deletions" in row for row in stored_rows())


def test_a_credential_that_is_created_meanwhile_is_no_exception(
    ada: httpx.Client, acme: Json, on: Hook, sign_in: SignIn
) -> None:
    made: list[Json] = []
    commits = iter(range(100))

    def create_after_the_account_was_changed(**_: Any) -> None:
        if next(commits) == 1:
            made.append(ada.post("/api/credentials", json={}).json())

    on("before-call.dynamodb.PutItem", create_after_the_account_was_changed)
    operations.set_account(acme["account"]["id"], confirm_deletes="on")
    newcomer = sign_in({"credential": made[0]})
    assert_problem(newcomer.delete(create_action(ada)), 428, REFUSED)


def test_an_account_that_does_not_exist_is_not_found(acme: Json) -> None:
    with pytest.raises(errors.NotFound, match="There is no account 9"):
        operations.set_account(9, confirm_deletes="on")
