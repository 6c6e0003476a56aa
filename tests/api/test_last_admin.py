"""An account always keeps an admin with a credential that may write."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib.storage import table
from chalicelib.storage.models.credentials import Credential
from infra import operations
from tests.support.credentials import CREDENTIALS, address_of, create_credential, in_days, works
from tests.support.failures import Hook
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]
SignIn = Callable[[Json], httpx.Client]


@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
def test_the_last_write_credential_of_the_admins_cannot_end(
    ada: httpx.Client, mia: httpx.Client, reader: httpx.Client, own: str, method: str
) -> None:
    create_credential(ada, expires_at=in_days(1))
    create_credential(ada, user="mia-mel")
    body = {"expires_at": in_days(2)} if method == "PATCH" else None
    for expiring in [one for one in ada.get(CREDENTIALS).json() if one["expires_at"]]:
        assert ada.delete(f"{CREDENTIALS}/{expiring['key']}").status_code == 204
    answer = ada.request(method, own, json=body)
    assert (answer.status_code, "admin" in answer.json()["detail"]) == (409, True)
    assert ada.get(own).json()["expires_at"] is None
    more = create_credential(ada)
    assert ada.request(method, own, json=body).is_success
    assert works(ada, more)


def test_the_last_credential_cannot_expire_after_the_others(ada: httpx.Client, own: str) -> None:
    create_credential(ada, expires_at=in_days(1))
    assert ada.patch(own, json={"expires_at": in_days(2)}).status_code == 409
    assert ada.patch(own, json={"expires_at": in_days(0.5)}).status_code == 200
    assert ada.patch(own, json={"expires_at": in_days(9)}).status_code == 422, "It would prolong itself."


def test_an_admin_revokes_the_credential_of_another_admin(ada: httpx.Client, bob_user: Json, bob: httpx.Client) -> None:
    assert ada.delete(address_of(bob_user)).status_code == 204
    assert bob.get(CREDENTIALS).status_code == 401


def test_an_admins_credential_may_get_an_end_that_another_one_outlives(
    ada: httpx.Client, acme: Json, bob_user: Json, sign_in: SignIn
) -> None:
    brief = sign_in({"credential": create_credential(ada, expires_at=in_days(1))})
    assert brief.patch(address_of(acme), json={"expires_at": in_days(2)}).status_code == 200, "Bob's has no end"
    assert brief.patch(address_of(bob_user), json={"expires_at": in_days(5)}).status_code == 409
    assert brief.patch(address_of(bob_user), json={"expires_at": in_days(1.5)}).status_code == 200


def test_an_expiring_admin_may_let_a_members_credential_expire(
    ada: httpx.Client, acme: Json, mia_user: Json, sign_in: SignIn
) -> None:
    brief = sign_in({"credential": create_credential(ada, expires_at=in_days(1))})
    assert brief.patch(address_of(mia_user), json={"expires_at": in_days(2)}).status_code == 200


def test_a_credential_that_is_revoked_while_it_revokes_another_changes_nothing(
    ada: httpx.Client, acme: Json, bob_user: Json, on: Hook
) -> None:
    """The authorizer has let Ada pass; before she commits, Bob has ended her credential."""
    address = address_of(bob_user)
    done: list[bool] = []

    def strike(model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems" and not done:
            done.append(True)
            operations.revoke_credential(acme["credential"]["key"])

    on("before-call.dynamodb", strike)
    assert ada.delete(address).status_code == 409
    stored = table.get(Credential.ref(1, bob_user["credential"]["key"]))
    assert stored is not None
    assert stored.revoked_at is None


@pytest.mark.parametrize("change", ["create", "rotate", "update"])
def test_a_credential_that_has_just_been_revoked_changes_no_other(
    ada: httpx.Client, acme: Json, mia_user: Json, on: Hook, change: str
) -> None:
    done: list[bool] = []

    def strike(model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems" and not done:
            done.append(True)
            operations.revoke_credential(acme["credential"]["key"])

    on("before-call.dynamodb", strike)
    one = address_of(mia_user)
    request = {"create": ("POST", CREDENTIALS), "rotate": ("POST", f"{one}/rotate"), "update": ("PATCH", one)}[change]
    body = {"label": "x"} if change == "update" else {}
    assert ada.request(*request, json=body).status_code == 409
    assert len(stored_rows("credential")) == 2
