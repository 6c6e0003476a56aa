"""Basic authentication: valid credentials are accepted, and a 401 tells nothing about others."""

import base64
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import botocore.endpoint
import httpx
import pytest
from botocore.awsrequest import AWSResponse

from chalicelib import clock
from chalicelib.http.authorizer import basic
from chalicelib.storage import table
from chalicelib.storage.models.credentials import Credential
from infra import operations
from tests.support.failures import Hook, failing
from tests.support.problems import assert_unauthorized

LIST = "/api/v2/actions.json"
Json = dict[str, Any]


class RawBody(BytesIO):
    """A body as urllib3 offers it to botocore."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Yield the whole body."""
        yield self.read()


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_valid_credential_is_accepted(ada: httpx.Client) -> None:
    assert ada.get(LIST).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic " + encoded("no colon"),
        "Basic " + encoded("1-0123456789abcdef:wrong"),
        "Basic " + encoded("ACCOUNT#1:x"),
        "Basic " + encoded(":"),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Bearer abc",
        "Digest username=x",
        "Basic " + "A" * 5_000,
    ],
)
def test_an_invalid_authorization_header_is_refused(anybody: httpx.Client, header: str) -> None:
    assert_unauthorized(anybody.get(LIST, headers={"Authorization": header}))


def test_requests_without_credentials_are_refused(anybody: httpx.Client) -> None:
    for method, path in (("GET", LIST), ("POST", LIST), ("DELETE", "/api/v2/actions/1.json")):
        assert_unauthorized(anybody.request(method, path))


def test_a_wrong_secret_and_an_unknown_key_get_the_same_answer(acme: Json, url: str) -> None:
    key = acme["credential"]["key"]
    answers = [httpx.get(url + LIST, auth=auth) for auth in ((key, "wrong"), (key[:-1] + "x", "wrong"))]
    assert len({assert_unauthorized(answer) for answer in answers}) == 1


def test_the_secret_is_kept_only_as_a_hash(acme: Json) -> None:
    key, secret = acme["credential"]["key"], acme["credential"]["secret"]
    stored = table.get(Credential.ref(1, key))
    assert stored is not None
    assert secret not in str(stored.serialize())
    assert len(secret) >= 43, "256 bits"


def test_secrets_and_keys_are_all_different(acme: Json) -> None:
    made = [operations.create_credential(acme["user"]["id"])["credential"] for _ in range(5)]
    assert len({credential["secret"] for credential in made}) == len({credential["key"] for credential in made}) == 5


def test_a_revoked_credential_is_refused(acme: Json, ada: httpx.Client) -> None:
    revoked = operations.revoke_credential(acme["credential"]["key"])["credential"]
    assert revoked["revoked_at"]
    assert_unauthorized(ada.get(LIST))
    assert operations.revoke_credential(acme["credential"]["key"])["credential"] == revoked


def test_a_credential_expires_at_its_time(
    acme: Json, sign_in: Callable[[Json], httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(operations.create_credential(acme["user"]["id"], expires_at="2099-01-01T01:00:00+01:00"))
    assert client.get(LIST).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: "2098-12-31T23:59:59Z")
    assert client.get(LIST).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: "2099-01-01T00:00:00Z")
    assert_unauthorized(client.get(LIST))


def test_a_read_credential_reads_and_changes_nothing(ada: httpx.Client, reader: httpx.Client) -> None:
    address = ada.post(LIST, json={"title": "x"}).headers["location"]
    assert reader.get(address).status_code == reader.head(LIST).status_code == 200
    for method, path in (("POST", LIST), ("PATCH", address), ("PUT", address), ("DELETE", address)):
        answer = reader.request(method, path, json={"title": "y"})
        assert (answer.status_code, answer.json()["title"]) == (403, "Forbidden")
    assert ada.get(address).json()["title"] == "x"


def test_the_last_use_is_noted_once_a_day(acme: Json, ada: httpx.Client, asked: list[str]) -> None:
    def seen() -> Any:
        return operations.list_credentials(acme["account"]["id"])["credentials"][0]["last_used_at"]

    assert seen() is None
    ada.get(LIST)
    assert seen() == f"{clock.today()}T00:00:00Z"
    asked.clear()
    ada.get(LIST)
    assert "PutItem" not in asked


@pytest.mark.parametrize("times", [1, 100], ids=["once", "always"])
@pytest.mark.parametrize("code", ["ConditionalCheckFailedException", "ThrottlingException", "InternalServerError"])
def test_a_credential_is_accepted_even_if_its_last_use_cannot_be_noted(
    ada: httpx.Client, on: Hook, monkeypatch: pytest.MonkeyPatch, code: str, times: int
) -> None:
    monkeypatch.setattr(clock, "sleep", lambda _: None)
    on("before-call.dynamodb", failing("PutItem", code, times))
    assert ada.get(LIST).status_code == 200


def test_a_store_that_is_away_is_reported_as_such_before_any_credential_is_judged(
    ada: httpx.Client, anybody: httpx.Client, on: Hook
) -> None:
    on("before-call.dynamodb", failing("GetItem", "InternalServerError", times=100))
    for client, path in ((ada, LIST), (ada, "/api/me")):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.headers["content-type"] == "application/problem+json"
    assert_unauthorized(anybody.get(LIST))


@pytest.mark.parametrize("body", [b"<html>Service Unavailable</html>", b"", b"\xff\xfe"])
@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_failure_of_the_store_that_is_no_json_is_unavailable(
    ada: httpx.Client, on: Hook, monkeypatch: pytest.MonkeyPatch, body: bytes, status: int
) -> None:
    monkeypatch.setattr(botocore.endpoint.time, "sleep", lambda _: None)
    ada.get(LIST)
    on("before-send.dynamodb.Query", lambda **_: AWSResponse("http://dynamodb", status, {}, RawBody(body)))
    answer = ada.get(LIST)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_the_authorizer_reads_once_and_allows_every_route(acme: Json, ada: httpx.Client) -> None:
    from chalicelib.storage import metering

    ada.get(LIST)  # the first use of a day is noted
    credential = acme["credential"]
    token = "Basic " + encoded(f"{credential['key']}:{credential['secret']}")
    arn = "arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/api/v2/actions.json"
    with metering.measure() as taken:
        answer = basic({"type": "TOKEN", "authorizationToken": token, "methodArn": arn}, None)
    assert taken.calls == 1
    resources = answer["policyDocument"]["Statement"][0]["Resource"]
    assert resources == ["arn:aws:execute-api:us-east-1:123456789012:abc/prod/*/*"]
    assert answer["context"] == {
        "account": "1",
        "user": acme["user"]["id"],
        "key": credential["key"],
        "scope": "write",
    }


def test_the_authorizer_denies_by_allowing_nothing(acme: Json) -> None:
    arn = "arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/api/v2/actions.json"
    answer = basic({"type": "TOKEN", "authorizationToken": "Basic x", "methodArn": arn}, None)
    assert answer["policyDocument"]["Statement"][0]["Resource"] == []
