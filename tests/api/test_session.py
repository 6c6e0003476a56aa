"""/api/session: the user and account of a request, and its rate limit."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from chalicelib import clock, config
from infra import operations

LIMIT, CONTEXT, SWITCH = (f"/api/session/{name}" for name in ("rate_limit", "context", "switch_context"))
GRANT = {"grant_type": "client_credentials"}
Json = dict[str, Any]


def test_the_limit_is_the_one_of_the_deployment(reader: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reader.get(LIMIT).json()["limit"] == 1_000_000
    monkeypatch.setattr(config, "REQUESTS_PER_DAY", 500)
    answer = reader.get(LIMIT).json()
    assert list(answer) == ["limit", "remaining", "reset"]
    assert (answer["limit"], answer["remaining"]) == (500, 500)


def test_the_limit_starts_again_at_midnight(ada: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: "2026-12-31T23:59:59Z")
    assert ada.get(LIMIT).json()["reset"] == int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
    monkeypatch.setattr(clock, "now", lambda: "2027-01-01T00:00:00Z")
    assert ada.get(LIMIT).json()["reset"] == int(datetime(2027, 1, 2, tzinfo=UTC).timestamp())


def test_the_context_says_who_is_calling(acme: Json, ada: httpx.Client) -> None:
    answer = ada.get(CONTEXT).json()
    assert list(answer) == ["user", "account", "credential", "scope"]
    assert answer["user"] == {
        name: value for name, value in ada.get("/api/users/ada-admin").json().items() if name != "role"
    }
    assert answer["account"] == {"id": acme["account"]["id"], "name": "Acme"}
    credential = {name: acme["credential"][name] for name in ("key", "label", "scope", "expires_at")}
    assert answer["credential"] == credential
    assert answer["scope"] == "write"


def test_the_context_shows_the_scope_of_a_token_and_of_its_credential(ada: httpx.Client, anybody: httpx.Client) -> None:
    token = ada.post("/oauth/token?scope=read", json=GRANT).json()["access_token"]
    answer = anybody.get(CONTEXT, headers={"Authorization": f"Bearer {token}"}).json()
    assert (answer["scope"], answer["credential"]["scope"]) == ("read", "write")
    assert answer["user"]["slug"] == "ada-admin"


def test_the_context_never_shows_a_secret(acme: Json, ada: httpx.Client) -> None:
    assert acme["credential"]["secret"] not in ada.get(CONTEXT).text
    assert "hash" not in ada.get(CONTEXT).text


def test_without_credentials_there_is_no_session(acme: Json, ada: httpx.Client, anybody: httpx.Client) -> None:
    operations.revoke_credential(acme["credential"]["key"])
    for client in (ada, anybody):
        assert [client.get(address).status_code for address in (LIMIT, CONTEXT)] == [401, 401]


def test_a_client_switches_to_its_own_context(ada: httpx.Client, acme: Json) -> None:
    for named in ({"type": "User", "slug": "ada-admin"}, {"type": "user", "slug": acme["user"]["id"]}):
        answer = ada.put(SWITCH, json=named)
        assert (answer.status_code, answer.json()) == (200, ada.get(CONTEXT).json())


def test_there_is_no_other_context(ada: httpx.Client, mia: httpx.Client) -> None:
    refused = [ada.put(SWITCH, json={"type": "User", "slug": slug}) for slug in ("mia-mel", "nobody")]
    assert [answer.status_code for answer in refused] == [404, 404]
    assert refused[0].json()["detail"] == refused[1].json()["detail"], "whether there is such a user is not told"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "slug: is required"),
        ({"type": "User"}, "slug: is required"),
        ({"type": "Company", "slug": "ada-admin"}, "type: must be one of User"),
        ({"slug": 5}, "slug: must be text"),
    ],
)
def test_a_context_is_named_by_type_and_slug(ada: httpx.Client, body: Json, message: str) -> None:
    answer = ada.put(SWITCH, json=body)
    assert (answer.status_code, answer.json()["message"]) == (422, message)
