"""/oauth/token: access tokens for key and secret, the errors, and what a token allows."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from chalicelib import clock
from chalicelib.http.authorizer import REALM
from infra import operations
from infra.testing.world import World
from tests.support.gateway_events import invoke
from tests.support.problems import assert_unauthorized
from tests.support.stored_rows import stored_rows

LIST, TOKEN = "/api/v2/actions.json", "/oauth/token"
GRANT = {"grant_type": "client_credentials"}
ACTION = {"title": "x"}
Json = dict[str, Any]


def pair(answer: Json) -> Json:
    credential = answer["credential"]
    return {"client_id": credential["key"], "client_secret": credential["secret"]}


def basic(key: str, secret: str) -> Json:
    return {"Authorization": f"Basic {base64.b64encode(f'{key}:{secret}'.encode()).decode()}"}


def bearer(token: str) -> Json:
    return {"Authorization": f"Bearer {token}"}


def granted(answer: httpx.Response) -> Json:
    assert answer.status_code == 200, answer.text
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert answer.headers["content-type"] == "application/json"
    found: Json = answer.json()
    assert list(found) == ["access_token", "token_type", "expires_in", "scope"]
    assert found["token_type"] == "bearer"
    return found


def refused(answer: httpx.Response, error: str, status: int = 400) -> httpx.Response:
    told = answer.json()
    assert (answer.status_code, told["error"]) == (status, error), answer.text
    assert told.keys() == {"error", "error_description", "message"}
    assert told["message"] == told["error_description"]
    assert told["message"].isascii()
    assert not {'"', "\\"} & {*told["message"]}
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")
    assert answer.headers["content-type"] == "application/json"
    assert ("www-authenticate" in answer.headers) == (status == 401)
    return answer


@pytest.fixture
def token(acme: Json, anybody: httpx.Client) -> str:
    return str(granted(anybody.post(TOKEN, json=GRANT | pair(acme)))["access_token"])


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Move the clock on by that many seconds."""

    def move(seconds: int) -> None:
        then = datetime.now(UTC) + timedelta(seconds=seconds)
        monkeypatch.setattr(clock, "now", lambda: clock.format_timestamp(then))

    return move


@pytest.mark.parametrize("way", ["json", "form", "basic", "basic and form", "basic, encoded", "basic and client_id"])
def test_a_token_is_issued_for_key_and_secret_in_each_way_to_send_them(
    acme: Json, anybody: httpx.Client, way: str
) -> None:
    known = pair(acme)
    key, secret = known.values()
    encoded = quote(key, safe="").replace("-", "%2D"), quote(secret, safe="").replace("_", "%5F")
    sent: dict[str, Json] = {
        "json": {"json": GRANT | known},
        "form": {"data": GRANT | known},
        "basic": {"json": GRANT, "headers": basic(key, secret)},
        "basic and form": {"data": GRANT, "headers": basic(key, secret)},
        "basic, encoded": {"data": GRANT, "headers": basic(*encoded)},
        "basic and client_id": {"data": GRANT | {"client_id": key}, "headers": basic(key, secret)},
    }
    answer = granted(anybody.post(TOKEN, params={"scope": "read write"}, **sent[way]))
    assert (answer["expires_in"], answer["scope"]) == (10800, "read write")
    assert anybody.get(LIST, headers=bearer(answer["access_token"])).status_code == 200


@pytest.mark.parametrize("place", ["params", "json"])
@pytest.mark.parametrize(
    ("scope", "given"),
    [
        ("read write", "read write"),
        ("write+read", "read write"),
        ("write", "read write"),
        ("read", "read"),
        ("", "read write"),
        (None, "read write"),
    ],
)
def test_the_requested_scope_narrows_the_scope_of_the_credential(
    acme: Json, anybody: httpx.Client, place: str, scope: str | None, given: str
) -> None:
    asked: Json = {"scope": scope} if scope is not None or place == "json" else {}
    sent = {"params": asked, "json": GRANT | pair(acme)} if place == "params" else {"json": GRANT | pair(acme) | asked}
    assert granted(anybody.post(TOKEN, **sent))["scope"] == given


def test_the_query_parameters_of_existing_clients_are_understood(acme: Json, anybody: httpx.Client) -> None:
    for query in ("scope=read+write", "scope=read%20write", "scope=read%2Bwrite", "scope=read+write&state=x"):
        assert granted(anybody.post(f"{TOKEN}?{query}", json=GRANT | pair(acme)))["scope"] == "read write"
    sent = GRANT | pair(acme) | {"scope": "read", "audience": "unknown"}
    assert granted(anybody.post(f"{TOKEN}?scope=read", json=sent))["scope"] == "read"


def test_a_scope_beyond_that_of_the_credential_is_refused(acme: Json, anybody: httpx.Client) -> None:
    known = pair(operations.create_credential(acme["user"]["id"], scope="read"))
    assert granted(anybody.post(TOKEN, json=GRANT | known))["scope"] == "read"
    assert granted(anybody.post(TOKEN, json=GRANT | known | {"scope": "read"}))["scope"] == "read"
    for scope in ("write", "read write", "admin", "READ", "read,write"):
        refused(anybody.post(TOKEN, json=GRANT | known | {"scope": scope}), "invalid_scope")
    refused(anybody.post(TOKEN, json=GRANT | pair(acme) | {"scope": "read admin"}), "invalid_scope")
    assert len(stored_rows("access_token")) == 2


@pytest.mark.parametrize(
    "sent",
    [
        {"content": "{", "headers": {"Content-Type": "application/json"}},
        {"content": "[]"},
        {"content": ""},
        {"content": b"\xff"},
        {"content": "grant_type", "headers": {"Content-Type": "text/plain"}},
        {"content": "grant_type=a&grant_type=a", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"content": "größe[=1", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"json": {}},
        {"json": {"grant_type": None}},
        {"json": GRANT | {"client_id": 7}},
        {"json": GRANT, "params": [("scope", "read"), ("scope", "read")]},
        {"json": GRANT | {"scope": "read"}, "params": {"scope": "write"}},
    ],
)
def test_an_invalid_token_request_is_refused(anybody: httpx.Client, sent: Json) -> None:
    refused(anybody.post(TOKEN, **sent), "invalid_request")


def test_too_large_a_body_is_an_invalid_request_on_lambda() -> None:
    answer = invoke("POST", TOKEN, body={"scope": "x" * 1_000_001})  # the local server would refuse it itself
    assert (answer["statusCode"], answer["json"]["error"]) == (400, "invalid_request")


def test_signing_in_in_two_ways_at_once_is_refused(acme: Json, anybody: httpx.Client) -> None:
    known = pair(acme)
    headers = basic(*known.values())
    refused(anybody.post(TOKEN, json=GRANT | known, headers=headers), "invalid_request")
    refused(anybody.post(TOKEN, data=GRANT | {"client_secret": "x"}, headers=headers), "invalid_request")
    refused(anybody.post(TOKEN, data=GRANT | {"client_id": "1-0"}, headers=headers), "invalid_request")


@pytest.mark.parametrize("kind", ["password", "authorization_code", "refresh_token", "CLIENT_CREDENTIALS", "x"])
def test_other_grant_types_are_refused(acme: Json, anybody: httpx.Client, kind: str) -> None:
    refused(anybody.post(TOKEN, json=pair(acme) | {"grant_type": kind}), "unsupported_grant_type")


def test_a_request_without_a_valid_credential_is_refused(acme: Json, anybody: httpx.Client) -> None:
    known = pair(acme)
    key, secret = known.values()
    ended = pair(operations.create_credential(acme["user"]["id"]))
    operations.revoke_credential(ended["client_id"])
    wrong: list[Json] = [
        known | {"client_secret": "wrong"},
        known | {"client_id": f"{key[:-1]}x"},
        ended,
        {},
        {"client_id": key},
    ]
    answers = [refused(anybody.post(TOKEN, json=GRANT | one), "invalid_client", 401) for one in wrong]
    headers = [basic(key, "wrong"), basic("", ""), {"Authorization": "Basic !"}, {"Authorization": f"Digest {key}"}]
    answers += [refused(anybody.post(TOKEN, json=GRANT, headers=one), "invalid_client", 401) for one in headers]
    assert {answer.headers["www-authenticate"] for answer in answers} == {REALM}
    assert len({answer.text for answer in answers}) == 1, "nothing tells whether a key exists"
    assert stored_rows("access_token") == []
    assert secret not in str(stored_rows())


def test_what_is_wrong_for_every_route_is_a_problem_here_too(acme: Json, anybody: httpx.Client) -> None:
    for method, headers, status in (
        ("GET", {}, 405),
        ("POST", {"Accept": "text/html"}, 406),
        ("POST", {"Sec-Fetch-Site": "cross-site"}, 403),
    ):
        answer = anybody.request(method, TOKEN, json=GRANT | pair(acme), headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_token_reads_and_writes(anybody: httpx.Client, token: str) -> None:
    made = anybody.post(LIST, json=ACTION, headers=bearer(token))
    assert made.status_code == 201
    assert anybody.get(made.headers["location"], headers={"Authorization": f"bearer  {token}"}).json()["title"] == "x"


def test_a_token_allows_no_more_than_its_scope(acme: Json, anybody: httpx.Client) -> None:
    token = granted(anybody.post(f"{TOKEN}?scope=read", json=GRANT | pair(acme)))["access_token"]
    assert anybody.get(LIST, headers=bearer(token)).status_code == 200
    for address in (LIST, "/api/credentials"):
        assert anybody.post(address, json={}, headers=bearer(token)).status_code == 403


def test_tokens_are_long_random_and_kept_only_as_a_hash(acme: Json, anybody: httpx.Client) -> None:
    tokens = {granted(anybody.post(TOKEN, json=GRANT | pair(acme)))["access_token"] for _ in range(5)}
    assert len(tokens) == 5
    stored = stored_rows("access_token")
    assert len(stored) == 5
    for token in tokens:
        assert len(token.rpartition(".")[2]) == 43, "256 bits"
        assert token.rpartition(".")[2] not in str(stored_rows())
    left = [int(row["ttl"]["N"]) - datetime.now(UTC).timestamp() for row in stored]
    assert all(10_700 < seconds <= 10_801 for seconds in left)


def test_an_invalid_token_is_refused(acme: Json, anybody: httpx.Client, token: str) -> None:
    key, _, random = token.rpartition(".")
    other = operations.create_credential(acme["user"]["id"])["credential"]["key"]
    elsewhere = f"2{key.removeprefix('1')}"
    wrong = ["x", random, f"{key}.", f"{key}.{'A' * 43}", f"{key}.{random}=", f"{other}.{random}", "A" * 5_000]
    wrong += [f"{elsewhere}.{random}", f"9-{'0' * 16}.{random}", f"{token} {token}", acme["credential"]["secret"]]
    assert len({assert_unauthorized(anybody.get(LIST, headers=bearer(one))) for one in wrong}) == 1
    assert_unauthorized(anybody.get(LIST, headers={"Authorization": f"Basic {token}"}))
    assert_unauthorized(anybody.get(LIST, headers=basic(key, token)))


def test_a_token_ends_after_three_hours_even_while_the_store_still_has_it(
    anybody: httpx.Client, token: str, ends: Callable[[int], None]
) -> None:
    ends(10_790)
    assert anybody.get(LIST, headers=bearer(token)).status_code == 200
    ends(10_801)
    assert_unauthorized(anybody.get(LIST, headers=bearer(token)))
    assert len(stored_rows("access_token")) == 1


def test_a_token_ends_with_its_credential(
    acme: Json, anybody: httpx.Client, token: str, ends: Callable[[int], None]
) -> None:
    soon = operations.create_credential(acme["user"]["id"], expires_at=clock.in_seconds(600))
    answer = granted(anybody.post(TOKEN, json=GRANT | pair(soon)))
    assert 500 < answer["expires_in"] <= 600
    assert anybody.get(LIST, headers=bearer(answer["access_token"])).status_code == 200
    operations.revoke_credential(acme["credential"]["key"])
    assert_unauthorized(anybody.get(LIST, headers=bearer(token)))
    assert anybody.get(LIST, headers=bearer(answer["access_token"])).status_code == 200
    ends(601)
    assert_unauthorized(anybody.get(LIST, headers=bearer(answer["access_token"])))


def test_a_token_ends_when_its_credential_gets_an_earlier_end(
    acme: Json, ada: httpx.Client, anybody: httpx.Client, ends: Callable[[int], None]
) -> None:
    other = operations.create_credential(acme["user"]["id"])
    token = granted(anybody.post(TOKEN, json=GRANT | pair(other)))["access_token"]
    address = f"/api/credentials/{other['credential']['key']}"
    assert ada.patch(address, json={"expires_at": clock.in_seconds(60)}).status_code == 200
    ends(61)
    assert_unauthorized(anybody.get(LIST, headers=bearer(token)))


def test_a_token_ends_with_the_secret_that_it_was_given_for(
    acme: Json, ada: httpx.Client, anybody: httpx.Client, ends: Callable[[int], None]
) -> None:
    other = operations.create_credential(acme["user"]["id"])
    rotate = f"/api/credentials/{other['credential']['key']}/rotate"
    first = granted(anybody.post(TOKEN, json=GRANT | pair(other)))["access_token"]
    issued = {"credential": ada.post(rotate, json={"overlap": 600}).json()}
    second = granted(anybody.post(TOKEN, json=GRANT | pair(issued)))["access_token"]
    assert [anybody.get(LIST, headers=bearer(one)).status_code for one in (first, second)] == [200, 200]
    ends(601)
    assert [anybody.get(LIST, headers=bearer(one)).status_code for one in (first, second)] == [401, 200]
    assert ada.post(rotate).status_code == 200
    assert_unauthorized(anybody.get(LIST, headers=bearer(second)))


def test_the_tokens_of_a_removed_user_are_refused(world: World) -> None:
    token = granted(world.member.post(TOKEN, json=GRANT))["access_token"]
    headers, nobody = bearer(token), world.clients["nobody"]
    assert nobody.get("/api/workspaces", headers=headers).status_code == 200
    assert world.owner.delete(f"/api/users/{world.users['member']}").status_code == 204
    assert_unauthorized(nobody.get("/api/workspaces", headers=headers))


def test_a_token_reaches_its_own_account_only(world: World) -> None:
    token = granted(world.clients["other account"].post(TOKEN, json=GRANT))["access_token"]
    nobody = world.clients["nobody"]
    assert nobody.get(world.workspace_url, headers=bearer(token)).status_code == 404
    assert nobody.get("/api/session/context", headers=bearer(token)).json()["account"]["id"] == world.account + 1


def test_a_token_is_read_with_its_credential_in_one_request_and_its_use_is_noted_once_a_day(
    acme: Json, anybody: httpx.Client, token: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    anybody.get(LIST, headers=bearer(token))
    assert asked == ["BatchGetItem", "Query"]
    asked.clear()
    anybody.get(LIST, headers=bearer("9-x"))
    assert asked == []
    monkeypatch.setattr(clock, "today", lambda: "2099-01-01")
    anybody.get(LIST, headers=bearer(token))
    assert asked == ["BatchGetItem", "PutItem", "Query"]
    [known] = operations.list_credentials(acme["account"]["id"])["credentials"]
    assert known["last_used_at"] == "2099-01-01T00:00:00Z"


def test_no_receipt_contains_a_token(acme: Json, anybody: httpx.Client) -> None:
    headers = {"Idempotency-Key": "one"}
    given = [granted(anybody.post(TOKEN, json=GRANT | pair(acme), headers=headers)) for _ in range(2)]
    assert given[0]["access_token"] != given[1]["access_token"]
    assert stored_rows("receipt") == []


def test_neither_secret_nor_token_is_ever_logged(
    acme: Json, anybody: httpx.Client, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    known = pair(acme)
    token = granted(anybody.post(TOKEN, data=GRANT | known))["access_token"]
    anybody.post(TOKEN, json=GRANT, headers=basic(*known.values()))
    anybody.post(TOKEN, params=known, json=GRANT | known | {"scope": "admin"})
    for address in (LIST, "/nowhere", "/api/session/context"):
        anybody.get(address, headers=bearer(token))
        anybody.get(address, headers=bearer(f"{token}x"))
    out, err = capfd.readouterr()
    for word in (known["client_secret"], token.rpartition(".")[2]):
        assert word not in out + err + caplog.text
