"""Idempotency-Key: a request that is sent several times is carried out once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from chalicelib import clock, errors
from chalicelib.domain.people import invitations
from chalicelib.http import idempotency
from chalicelib.mail import messages
from infra import operations

LIST = "/api/v2/actions.json"
KEY = {"Idempotency-Key": "one"}


def test_a_repeated_create_is_answered_as_the_first_time_and_done_once(ada: httpx.Client) -> None:
    first = ada.post(LIST, json={"title": "x"}, headers=KEY)
    again = ada.post(LIST, json={"title": "x"}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    for header in ("location", "etag", "content-type"):
        assert first.headers[header] == again.headers[header]
    assert len(ada.get(LIST).json()) == 1


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_a_repeated_change_is_answered_as_the_first_time(ada: httpx.Client, method: str) -> None:
    address = ada.post(LIST, json={"title": "x"}).headers["location"]
    body = None if method == "DELETE" else {"title": "y"}
    first = ada.request(method, address, json=body, headers=KEY)
    if method != "DELETE":
        ada.patch(address, json={"title": "z"})
    again = ada.request(method, address, json=body, headers=KEY)
    assert again.status_code == first.status_code == 200
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"


def test_an_update_that_changes_nothing_leaves_its_receipt_too(ada: httpx.Client) -> None:
    address = ada.post(LIST, json={"title": "x"}).headers["location"]
    ada.patch(address, json={}, headers=KEY)
    assert ada.patch(address, json={}, headers=KEY).headers["idempotency-replayed"] == "true"


def test_a_key_of_a_different_request_is_refused(ada: httpx.Client) -> None:
    address = ada.post(LIST, json={"title": "x"}, headers=KEY).headers["location"]
    different = [
        ada.post(LIST, json={"title": "y"}, headers=KEY),
        ada.patch(address, json={"title": "x"}, headers=KEY),
        ada.post(LIST.removesuffix(".json"), json={"title": "x"}, headers=KEY),
    ]
    assert [answer.status_code for answer in different] == [422] * 3
    assert all("Idempotency-Key" in answer.json()["detail"] for answer in different)
    assert len(ada.get(LIST).json()) == 1


def test_a_request_that_failed_may_be_corrected_under_its_key(ada: httpx.Client) -> None:
    assert ada.post(LIST, json={"title": ""}, headers=KEY).status_code == 422
    assert ada.post(LIST, json={"title": "x"}, headers=KEY).status_code == 201


def test_a_key_belongs_to_one_credential(
    acme: dict[str, Any], ada: httpx.Client, sign_in: Callable[[dict[str, Any]], httpx.Client]
) -> None:
    other = sign_in(operations.create_credential(acme["user"]["id"]))
    assert ada.post(LIST, json={"title": "x"}, headers=KEY).json()["id"] == 1
    assert other.post(LIST, json={"title": "x"}, headers=KEY).json()["id"] == 2


def test_a_key_expires_after_a_day(ada: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    ada.post(LIST, json={"title": "x"}, headers=KEY)
    tomorrow = datetime.now(UTC) + timedelta(hours=24, seconds=1)

    monkeypatch.setattr(clock, "current_time", lambda: tomorrow)
    again = ada.post(LIST, json={"title": "x"}, headers=KEY)
    assert (again.status_code, again.json()["id"]) == (201, 2)
    assert ada.post(LIST, json={"title": "x"}, headers=KEY).headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_has_one_to_255_characters(ada: httpx.Client, key: str) -> None:
    assert ada.post(LIST, json={"title": "x"}, headers={"Idempotency-Key": key}).status_code == 400
    assert ada.get(LIST).json() == []


def test_a_large_answer_is_kept_again_after_its_key_has_expired(
    ada: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "CHUNK_SIZE", 100)
    assert ada.post(LIST, json={"title": "Large"}, headers=KEY).status_code == 201
    now = datetime.now(UTC)
    monkeypatch.setattr(clock, "current_time", lambda: now + timedelta(hours=25))  # DynamoDB has removed nothing yet

    again = ada.post(LIST, json={"title": "Large"}, headers=KEY)

    assert again.status_code == 201
    assert "idempotency-replayed" not in again.headers
    assert ada.post(LIST, json={"title": "Large"}, headers=KEY).json() == again.json()


def test_reads_ignore_a_key(ada: httpx.Client) -> None:
    assert [ada.get(LIST, headers=KEY).status_code for _ in range(2)] == [200, 200]
    assert ada.post(LIST, json={"title": "x"}, headers=KEY).status_code == 201


def invitation(ada: httpx.Client) -> str:
    place = ada.post("/api/workspaces", json={"name": "Shared"}).headers["location"]
    return f"{place}/invitation"


def test_a_key_whose_work_is_still_going_on_is_refused_and_afterwards_gets_the_answer(
    ada: httpx.Client, outbox: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, body = invitation(ada), {"email": ["a@b.c", "c@d.e"]}
    meanwhile: list[httpx.Response] = []
    send = messages.InvitationMail.send

    def send_and_repeat(mail: messages.InvitationMail) -> bool:
        meanwhile.append(ada.post(address, json=body, headers=KEY))
        meanwhile.append(ada.post(address, json={"email": "other@b.c"}, headers=KEY))
        return send(mail)

    monkeypatch.setattr(messages.InvitationMail, "send", send_and_repeat)
    first = ada.post(address, json=body, headers=KEY)
    assert [answer.status_code for answer in meanwhile] == [409, 422, 409, 422]
    assert "still being carried out" in meanwhile[0].json()["detail"]
    assert int(meanwhile[0].headers["retry-after"]) > 0
    again = ada.post(address, json=body, headers=KEY)
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    assert len(outbox) == 2


def test_a_request_that_is_refused_after_its_first_commit_may_be_repeated_at_once(
    ada: httpx.Client, outbox: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, body = invitation(ada), {"email": "a@b.c"}

    def refuse(*_: object, **__: object) -> None:
        raise errors.Forbidden("Not now.")

    with monkeypatch.context() as refusing:
        refusing.setattr(invitations, "send_mails", refuse)
        assert ada.post(address, json=body, headers=KEY).status_code == 403
    assert outbox == []
    assert ada.post(address, json=body, headers=KEY).status_code == 201
    assert ada.post(address, json=body, headers=KEY).headers["idempotency-replayed"] == "true"
