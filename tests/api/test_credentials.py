"""/api/credentials: listing, creating, rotating and revoking credentials."""

import hmac
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib import clock, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import credential_management
from infra.testing.world import World, create_user
from tests.support.concurrent_writes import ConcurrentWriter
from tests.support.credentials import ACTIONS, CREDENTIALS, address_of, create_credential, in_days, works
from tests.support.failures import Hook
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]
SignIn = Callable[[Json], httpx.Client]


def keys(client: httpx.Client) -> list[str]:
    return [one["key"] for one in client.get(CREDENTIALS).json()]


def test_a_new_credential_works_and_shows_its_secret_this_once(ada: httpx.Client, acme: Json, sign_in: SignIn) -> None:
    answer = ada.post(CREDENTIALS, json={"label": "Power BI", "scope": "read", "expires_at": "2099-01-01"})
    credential = answer.json()
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["location"] == f"{CREDENTIALS}/{credential['key']}"
    assert list(credential) == [
        *("key", "id", "account", "user", "label", "scope", "created_at", "expires_at", "last_used_at", "revoked_at"),
        *("old_secret_until", "secret"),
    ]
    assert credential["user"] == acme["user"]["id"]
    assert (credential["label"], credential["scope"]) == ("Power BI", "read")
    assert credential["expires_at"] == "2099-01-01T00:00:00Z"
    client = sign_in({"credential": credential})
    assert (client.get(ACTIONS).status_code, client.post(ACTIONS, json={"title": "x"}).status_code) == (200, 403)
    shown = ada.get(answer.headers["location"]).json()
    assert shown == {name: value for name, value in credential.items() if name != "secret"} | {
        "last_used_at": f"{clock.today()}T00:00:00Z"
    }
    assert credential["secret"] not in ada.get(CREDENTIALS).text


def test_a_credential_is_by_default_the_callers_for_writing_and_without_end(mia: httpx.Client, mia_user: Json) -> None:
    for body in ({}, {"user": None, "expires_at": None}):
        credential = create_credential(mia, **body)
        assert (credential["user"], credential["label"]) == (mia_user["user"]["id"], "")
        assert (credential["scope"], credential["expires_at"]) == ("write", None)


def test_an_admin_creates_credentials_for_others_by_slug_or_id(ada: httpx.Client, mia_user: Json) -> None:
    for who in (mia_user["user"]["slug"], mia_user["user"]["id"]):
        assert create_credential(ada, user=who)["user"] == mia_user["user"]["id"]


def test_a_member_cannot_create_credentials_for_others(mia: httpx.Client, acme: Json, mia_user: Json) -> None:
    assert mia.post(CREDENTIALS, json={"user": acme["user"]["id"]}).status_code == 403
    assert create_credential(mia, user="mia-mel")["user"] == mia_user["user"]["id"]


def test_credentials_are_created_only_for_users_of_the_account(ada: httpx.Client, stranger: httpx.Client) -> None:
    theirs = stranger.get(f"{CREDENTIALS}/self").json()["user"]
    for who in ("nobody", "0123456ff", theirs, "Not A Slug"):
        assert ada.post(CREDENTIALS, json={"user": who}).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"expires_at": "2020-01-01"}, "#/expires_at"),
        ({"expires_at": "soon"}, "#/expires_at"),
        ({"scope": "admin"}, "#/scope"),
        ({"scope": None}, "#/scope"),
        ({"label": "x" * 101}, "#/label"),
        ({"user": 5}, "#/user"),
        ({"secret": "of my own"}, "#/secret"),
        ({"expires": "2099-01-01"}, "#/expires"),
    ],
)
def test_a_credential_with_wrong_fields_is_refused(ada: httpx.Client, body: Json, pointer: str) -> None:
    answer = ada.post(CREDENTIALS, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert len(keys(ada)) == 1


def test_members_see_their_own_and_admins_all_of_the_account(
    ada: httpx.Client, mia: httpx.Client, stranger: httpx.Client, acme: Json, mia_user: Json
) -> None:
    everything = {acme["credential"]["key"], mia_user["credential"]["key"]}
    assert set(keys(ada)) == everything
    assert keys(mia) == [mia_user["credential"]["key"]]
    assert not everything & set(keys(stranger))
    for answer in (ada.get(address_of(mia_user)), mia.get(address_of(mia_user))):
        assert answer.status_code == 200


def test_a_credential_that_the_caller_may_not_see_is_not_found(
    ada: httpx.Client, mia: httpx.Client, stranger: httpx.Client, own: str, acme: Json
) -> None:
    for client in (mia, stranger):
        for method, path in (
            ("GET", own),
            ("PATCH", own),
            ("PUT", own),
            ("POST", f"{own}/rotate"),
            ("DELETE", own),
            ("GET", f"{CREDENTIALS}/nonsense"),
            ("GET", f"{CREDENTIALS}/1-0123456789abcdef"),
        ):
            assert client.request(method, path, json={}).status_code == 404
    assert ada.get(own).json()["revoked_at"] is None


def test_self_is_the_credential_that_the_request_is_signed_with(
    ada: httpx.Client, reader: httpx.Client, acme: Json
) -> None:
    assert ada.get(f"{CREDENTIALS}/self").json() == ada.get(address_of(acme)).json()
    assert reader.get(f"{CREDENTIALS}/self").json()["scope"] == "read"


def test_the_list_comes_in_pages(ada: httpx.Client) -> None:
    for number in range(4):
        create_credential(ada, label=f"{number}")
    whole = ada.get(CREDENTIALS).json()
    found, address = [], f"{CREDENTIALS}?limit=2"
    while address:
        answer = ada.get(address)
        found += answer.json()
        address = answer.links.get("next", {}).get("url", "")
    assert found == whole
    assert len(whole) == 5
    assert ada.get(f"{CREDENTIALS}?page=2&per_page=3").json() == whole[3:]
    assert ada.get(f"{CREDENTIALS}?cursor=x").status_code == 422


def test_label_and_expiry_can_be_changed_and_nothing_else(ada: httpx.Client, mia: httpx.Client, mia_user: Json) -> None:
    later = in_days(1)
    changed = mia.patch(address_of(mia_user), json={"label": "laptop", "expires_at": later})
    assert (changed.status_code, changed.json()["label"], changed.json()["expires_at"]) == (200, "laptop", later)
    assert mia.put(address_of(mia_user), json={"expires_at": None}).status_code == 422, "It would prolong itself."
    assert ada.put(address_of(mia_user), json={"expires_at": None}).json()["expires_at"] is None
    same = ada.get(address_of(mia_user)).json()
    assert ada.patch(address_of(mia_user), json=same | {"secret": "x", "revoked_at": "2020-01-01"}).json() == same
    refused = ada.patch(address_of(mia_user), json={"scope": "read"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/scope")
    assert mia.patch(address_of(mia_user), json={"expires_at": "2020-01-01"}).status_code == 422


def test_an_expired_credential_may_be_sent_back_or_given_a_new_end(
    ada: httpx.Client, acme: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = create_credential(ada, expires_at=in_days(1))
    monkeypatch.setattr(clock, "now", lambda: in_days(2))
    assert not works(ada, old)
    address = f"{CREDENTIALS}/{old['key']}"
    assert ada.patch(address, json=ada.get(address).json() | {"label": "x"}).json()["label"] == "x"
    assert ada.patch(address, json={"expires_at": in_days(3)}).status_code == 200
    assert works(ada, old)


@pytest.mark.parametrize("body", [{"json": {}}, {}], ids=["an empty object", "no body"])
def test_rotating_ends_the_old_secret_at_once(ada: httpx.Client, body: Json) -> None:
    old = create_credential(ada)
    answer = ada.post(f"{CREDENTIALS}/{old['key']}/rotate", **body)
    new = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert new["key"] == old["key"]
    assert new["old_secret_until"] is None
    assert works(ada, new)
    assert not works(ada, old)


def test_with_an_overlap_both_secrets_work_until_it_ends(ada: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    old = create_credential(ada)
    new = ada.post(f"{CREDENTIALS}/{old['key']}/rotate", json={"overlap": 3600}).json()
    assert works(ada, old)
    assert works(ada, new)
    assert not works(ada, new, secret="0" * 43)
    ended = new["old_secret_until"]
    monkeypatch.setattr(clock, "now", lambda: ended)
    assert not works(ada, old)
    assert works(ada, new)


def test_a_rotation_that_another_one_overtakes_is_refused_and_the_other_secret_works(
    ada: httpx.Client, on: Hook
) -> None:
    old = create_credential(ada)
    address = f"{CREDENTIALS}/{old['key']}/rotate"
    faster: list[Json] = []
    writer = ConcurrentWriter(on)
    writer.work = lambda: faster.append(ada.post(address, json={}).json())
    answer = ada.post(address, json={})
    assert (answer.status_code, "secret" in answer.json()) == (409, False)
    assert works(ada, faster[0])


def test_rotating_again_ends_the_older_overlap(ada: httpx.Client) -> None:
    first = create_credential(ada)
    address = f"{CREDENTIALS}/{first['key']}/rotate"
    second = ada.post(address, json={"overlap": 604_800}).json()
    third = ada.post(address, json={"overlap": 60}).json()
    assert [works(ada, one) for one in (first, second, third)] == [False, True, True]
    fourth = ada.post(address, json={"overlap": 0}).json()
    assert [works(ada, one) for one in (second, third, fourth)] == [False, False, True]


@pytest.mark.parametrize("overlap", [-1, 604_801, "long", None])
def test_an_overlap_is_at_most_a_week(ada: httpx.Client, own: str, overlap: Any) -> None:
    assert ada.post(f"{own}/rotate", json={"overlap": overlap}).status_code == 422


def test_ones_own_credential_can_be_rotated_and_goes_on_with_the_new_secret(ada: httpx.Client, own: str) -> None:
    new = ada.post(f"{own}/rotate", json={}).json()
    assert ada.get(own).status_code == 401
    assert works(ada, new)


def test_an_overlap_ends_with_the_credential(ada: httpx.Client) -> None:
    old = create_credential(ada)
    new = ada.post(f"{CREDENTIALS}/{old['key']}/rotate", json={"overlap": 3600}).json()
    ada.delete(f"{CREDENTIALS}/{old['key']}")
    assert not works(ada, old)
    assert not works(ada, new)


def test_a_revoked_credential_stays_in_the_list_and_can_only_be_revoked_again(
    ada: httpx.Client, mia: httpx.Client, mia_user: Json
) -> None:
    address = address_of(mia_user)
    assert (ada.delete(address).status_code, ada.delete(address).status_code) == (204, 204)
    shown = ada.get(address).json()
    assert shown["revoked_at"]
    assert shown in ada.get(CREDENTIALS).json()
    assert mia.get(CREDENTIALS).status_code == 401
    assert ada.patch(address, json={"label": "x"}).status_code == 409
    assert ada.post(f"{address}/rotate", json={}).status_code == 409
    assert ada.get(address).json() == shown


def test_members_may_revoke_their_last_credential(mia: httpx.Client, mia_user: Json) -> None:
    assert mia.delete(address_of(mia_user)).status_code == 204
    assert mia.get(CREDENTIALS).status_code == 401


def test_a_secret_is_not_kept_for_an_idempotency_key(ada: httpx.Client) -> None:
    headers = {"Idempotency-Key": "once"}
    first, again = (ada.post(CREDENTIALS, json={"label": "x"}, headers=headers) for _ in range(2))
    assert first.json()["secret"]
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.headers["location"]) == (201, first.headers["location"])
    assert again.json() == {name: value for name, value in first.json().items() if name != "secret"}
    assert first.json()["secret"] not in str(stored_rows())
    assert len(keys(ada)) == 2


def test_no_hash_and_no_secret_is_ever_shown_or_kept(ada: httpx.Client) -> None:
    old = create_credential(ada)
    new = ada.post(f"{CREDENTIALS}/{old['key']}/rotate", json={"overlap": 60}).json()
    shown = ada.get(CREDENTIALS).text + ada.get(f"{CREDENTIALS}/{old['key']}").text + ada.get("/api/audit").text
    for secret in (old["secret"], new["secret"]):
        assert secret not in shown + str(stored_rows())
    assert "hash" not in shown


def test_a_change_with_an_old_tag_is_refused(ada: httpx.Client, own: str) -> None:
    tag = ada.get(own).headers["etag"]
    assert ada.patch(own, json={"label": "x"}, headers={"If-Match": tag}).status_code == 200
    assert ada.patch(own, json={"label": "y"}, headers={"If-Match": tag}).status_code == 412


def test_old_and_new_secrets_are_compared_in_the_same_way_for_everybody(
    ada: httpx.Client, acme: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of comparisons and their lengths are the same for an unknown key, with an old secret and without."""
    compared: list[list[int]] = []
    plain = hmac.compare_digest

    def counted(one: str, other: str) -> bool:
        compared[-1] += [len(one), len(other)]
        return plain(one, other)

    rotating = create_credential(ada)
    ada.post(f"{CREDENTIALS}/{rotating['key']}/rotate", json={"overlap": 60})
    monkeypatch.setattr(hmac, "compare_digest", counted)
    for key in (acme["credential"]["key"], rotating["key"], "1-0123456789abcdef", "nonsense"):
        compared.append([])
        assert ada.get(ACTIONS, auth=(key, "wrong")).status_code == 401
    assert compared == [[64, 64, 64, 64]] * 4


def test_a_removed_user_whom_the_gateway_still_accepts_gets_nothing(world: World) -> None:
    """API Gateway keeps the authorizer's answer for a minute."""
    answer = create_user(world.account, "Lea")
    lea = Caller(world.account, answer["user"]["id"], answer["credential"]["key"], "write")
    assert world.owner.delete(f"/api/users/{lea.user}").status_code == 204
    for attempt in (
        lambda: credential_management.list_credentials(lea),
        lambda: credential_management.create_credential(lea, {}),
        lambda: credential_management.get_own_credential(lea),
    ):
        with pytest.raises(errors.Forbidden):
            attempt()


def test_an_access_token_cannot_create_change_or_rotate_credentials(ada: httpx.Client, own: str, url: str) -> None:
    granted = ada.post("/oauth/token", json={"grant_type": "client_credentials"}).json()
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {granted['access_token']}"}) as client:
        answers = [
            client.post(CREDENTIALS, json={"label": "more"}),
            client.patch(own, json={"expires_at": "2099-01-01"}),
            client.post(f"{own}/rotate", json={}),
        ]
        assert [answer.status_code for answer in answers] == [403] * 3
        assert all("access token" in answer.json()["detail"] for answer in answers)
        assert client.get(own).status_code == 200
    assert len(keys(ada)) == 1


def test_a_credential_gives_no_rights_that_last_longer_than_its_own(
    ada: httpx.Client, own: str, sign_in: SignIn
) -> None:
    limit = in_days(2)
    short_lived = sign_in({"credential": create_credential(ada, expires_at=limit)})
    for later in (None, in_days(3)):
        answer = short_lived.post(CREDENTIALS, json={"expires_at": later})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/expires_at")
        assert limit in answer.json()["detail"]
    made = short_lived.post(CREDENTIALS, json={}).json()
    assert made["expires_at"] == limit
    address = f"{CREDENTIALS}/{made['key']}"
    assert short_lived.patch(address, json={"expires_at": in_days(3)}).status_code == 422
    assert short_lived.patch(address, json={"expires_at": None}).status_code == 422
    assert short_lived.patch(address, json={"expires_at": in_days(1)}).status_code == 200
    assert short_lived.post(f"{address}/rotate", json={}).status_code == 200
    assert short_lived.post(f"{own}/rotate", json={}).status_code == 403, "It would learn a secret that never expires."
    assert ada.patch(address, json={"expires_at": None}).status_code == 200
