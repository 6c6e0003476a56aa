"""/api/audit: every change of users and credentials leaves an event, through the API or an operator's command."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from infra import operations
from infra.testing.world import create_workspace
from tests.support.failures import Hook, failing
from tests.support.invitations import invite, links
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]
SignIn = Callable[[Json], httpx.Client]

AUDIT = "/api/audit"
LEA = {"email": "lea@acme.example", "first_name": "Lea", "last_name": "Ender"}
DAY = 24 * 60 * 60


def events(client: httpx.Client, query: str = "") -> list[Json]:
    answer = client.get(AUDIT + query)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()
    return found


def told(client: httpx.Client, count: int) -> list[tuple[str, str, str]]:
    """Return the last events, the oldest first."""
    return [(one["verb"], one["subject"]["kind"], one["subject"]["id"]) for one in events(client)[:count][::-1]]


def test_changes_of_credentials_are_recorded_with_the_user_who_made_them(ada: httpx.Client, acme: Json) -> None:
    made = ada.post("/api/credentials", json={"label": "x", "scope": "read"}).json()
    address = f"/api/credentials/{made['key']}"
    ada.patch(address, json={"label": "y"})
    ada.post(f"{address}/rotate", json={"overlap": 60})
    ada.delete(address)
    last = events(ada)[:4][::-1]
    assert [one["verb"] for one in last] == ["create", "update", "rotate", "revoke"]
    for one in last:
        assert list(one) == ["id", "at", "actor", "verb", "subject", "details"]
        assert one["actor"] == {"user": acme["user"]["id"], "credential": acme["credential"]["key"]}
        assert one["subject"] == {"kind": "credential", "id": made["key"]}
    assert [one["details"] for one in last] == [
        {"user": acme["user"]["id"], "label": "x", "scope": "read", "expires_at": None},
        {"label": {"from": "x", "to": "y"}},
        {"user": acme["user"]["id"], "label": "y", "overlap": 60},
        {"user": acme["user"]["id"], "label": "y"},
    ]


def test_changes_of_users_are_recorded(ada: httpx.Client, acme: Json) -> None:
    lea = ada.post("/api/users", json=LEA).json()["id"]
    ada.patch(f"/api/users/{lea}", json={"last_name": "Ended"})
    ada.patch(f"/api/users/{lea}", json={"role": "admin"})
    key = ada.post("/api/credentials", json={"user": lea}).json()["key"]
    ada.delete(f"/api/users/{lea}")
    assert told(ada, 6) == [
        ("create", "user", lea),
        ("update", "user", lea),
        ("change_role", "user", lea),
        ("create", "credential", key),
        ("revoke", "credential", key),
        ("delete", "user", lea),
    ]
    details = [one["details"] for one in events(ada)[:6][::-1]]
    assert details[0] == LEA | {"slug": "lea-ender", "role": "member"}
    assert details[1] == {"last_name": {"from": "Ender", "to": "Ended"}}
    assert details[2] == {"role": {"from": "member", "to": "admin"}}
    assert details[5] == {"email": "lea@acme.example", "slug": "lea-ender"}


def test_an_operators_command_is_recorded_as_the_operators(ada: httpx.Client, acme: Json) -> None:
    made = operations.create_user(acme["account"]["id"], **LEA)
    more = operations.create_credential(made["user"]["id"])["credential"]["key"]
    operations.revoke_credential(more)
    operations.revoke_credential(more)
    key, lea = made["credential"]["key"], made["user"]["id"]
    assert sorted(told(ada, 5)[1:3]) == [("create", "credential", key), ("create", "user", lea)]
    assert told(ada, 2) == [("create", "credential", more), ("revoke", "credential", more)]
    assert len(events(ada)) == 6, "the account began with two"
    assert {(one["actor"]["user"], one["actor"]["credential"]) for one in events(ada)} == {("operator", None)}


def test_joining_by_a_link_is_recorded_with_the_inviter_and_the_new_user(
    ada: httpx.Client, anybody: httpx.Client, acme: Json, outbox: list[Json]
) -> None:
    [invitation] = invite(ada, f"/api/workspaces/{create_workspace(ada)}", email="new@acme.example")
    new = invitation["user"]["id"]
    assert told(ada, 1) == [("create", "user", new)]
    assert events(ada)[0]["actor"]["user"] == acme["user"]["id"]
    [link] = links(outbox)
    assert anybody.post(link, data={"first_name": "New", "last_name": "User"}).status_code == 200
    last = events(ada)[:2]
    assert {(one["verb"], one["subject"]["kind"]) for one in last} == {("update", "user"), ("create", "credential")}
    assert [one["actor"] for one in last] == [{"user": new, "credential": None}] * 2


def test_a_request_that_changes_nothing_is_not_recorded(ada: httpx.Client, acme: Json) -> None:
    key = ada.post("/api/credentials", json={}).json()["key"]
    ada.delete(f"/api/credentials/{key}")
    before = events(ada)
    ada.delete(f"/api/credentials/{key}")
    ada.patch(f"/api/credentials/{acme['credential']['key']}", json={"label": ""})
    ada.patch("/api/users/ada-admin", json={"first_name": "Ada"})
    assert ada.delete("/api/users/ada-admin").status_code == 409
    assert events(ada) == before


def test_a_change_that_was_not_committed_is_not_recorded(ada: httpx.Client, on: Hook) -> None:
    before = events(ada)
    on("before-call.dynamodb", failing("TransactWriteItems", "InternalServerError", times=1))
    assert ada.post("/api/users", json=LEA).status_code == 503
    assert events(ada) == before


def test_only_admins_read_the_audit_of_their_account(
    ada: httpx.Client, stranger: httpx.Client, acme: Json, sign_in: SignIn
) -> None:
    member = sign_in(operations.create_user(acme["account"]["id"], **LEA))
    assert member.get(AUDIT).status_code == 403
    mine, theirs = ({one["id"] for one in events(client)} for client in (ada, stranger))
    assert mine
    assert theirs
    assert not mine & theirs


def test_events_are_listed_newest_first_in_pages(ada: httpx.Client) -> None:
    for number in range(5):
        ada.post("/api/credentials", json={"label": f"{number}"})
    whole = events(ada)
    assert [one["details"]["label"] for one in whole[:5]] == ["4", "3", "2", "1", "0"]
    found: list[Json] = []
    address = f"{AUDIT}?limit=2"
    while address:
        answer = ada.get(address)
        found += answer.json()
        address = answer.links.get("next", {}).get("url", "")
    assert found == whole
    assert events(ada, "?page=2&per_page=2") == whole[2:4]
    assert ada.get(f"{AUDIT}?cursor=eyJhZnRlciI6NX0").status_code == 422


def test_a_page_is_one_query(ada: httpx.Client, asked: list[str]) -> None:
    ada.get(AUDIT)
    asked.clear()
    ada.get(f"{AUDIT}?limit=1")
    assert asked == ["GetItem", "GetItem", "Query"]


def test_an_event_expires_after_ninety_days(ada: httpx.Client) -> None:
    for row in stored_rows("audit_event"):
        left = int(row["ttl"]["N"]) - datetime.now(UTC).timestamp()
        assert left == pytest.approx(90 * DAY, abs=DAY)


def test_there_is_no_secret_in_the_audit(ada: httpx.Client, anybody: httpx.Client, outbox: list[Json]) -> None:
    made = ada.post("/api/credentials", json={"label": "x"}).json()
    rotated = ada.post(f"/api/credentials/{made['key']}/rotate", json={}).json()
    invite(ada, f"/api/workspaces/{create_workspace(ada)}", email="new@acme.example")
    [link] = links(outbox)
    page = anybody.post(link, data={"first_name": "New", "last_name": "User"}).text
    shown = ada.get(AUDIT).text
    assert made["secret"] not in shown
    assert rotated["secret"] not in shown
    assert link.rpartition("/")[2] not in shown
    assert not [word for word in page.split() if len(word) > 40 and word in shown]
