"""Requests with several commits that are cut off anywhere: repeating them finishes them."""

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import httpx
import pytest

from infra.testing.world import World, create_workspace
from tests.support.clock import Clock
from tests.support.failures import Hook, Outage, failure_points
from tests.support.stored_rows import check_places, stored_rows

Json = dict[str, Any]
CLAIM_SECONDS = 61
MAIL_PAUSE_SECONDS = 600


class Attempt(NamedTuple):
    """A request, who must get a mail by it, and a check that all of its work has been done."""

    method: str
    address: str
    body: Json | None
    recipients: list[str]
    check: Callable[[], None]

    def send(self, client: httpx.Client, key: str | None) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return client.request(self.method, self.address, json=self.body, headers=headers)


def invite_three(world: World, number: int) -> Attempt:
    workspace = f"/api/workspaces/{create_workspace(world.owner)}"
    addresses = [f"{letter}{number}@acme.example" for letter in "ab"]

    def check() -> None:
        pending = [
            one for one in world.owner.get("/api/invitations").json() if one["workspace"]["id"] == int(workspace[16:])
        ]
        assert sorted(one["email"] for one in pending) == sorted([*addresses, "udo@acme.example"])
        assert {one["delivery"] for one in pending} == {"sent"}
        received = [one for one in world.clients["other user"].get("/api/invitations").json() if one in pending]
        assert len(received) == 1

    body = {"slug": world.users["other user"], "email": addresses}
    return Attempt("POST", f"{workspace}/invitation", body, [*addresses, "udo@acme.example"], check)


def delegate_to_a_new_person(world: World, number: int) -> Attempt:
    activity = world.activity()
    email = f"jane{number}@acme.example"

    def check() -> None:
        [delegation] = _delegations_of(world, activity)
        assert (delegation["state"], delegation["delivery"], delegation["delegee"]["name_or_email"]) == (
            "pending",
            "sent",
            email,
        )
        check_places()

    return Attempt("PUT", f"{activity}/delegate", {"email": email}, [email], check)


def redelegate(world: World, number: int) -> Attempt:
    activity = world.activity()
    former = world.delegate(activity)
    assert number

    def check() -> None:
        delegations = _delegations_of(world, activity)
        assert sorted(one["state"] for one in delegations) == ["pending", "redelegated"]
        [pending] = [one for one in delegations if one["state"] == "pending"]
        assert (pending["delegee"]["id"], pending["delivery"]) == (world.users["member"], "sent")
        check_places()

    return Attempt("POST", f"{former}/redelegate", {"slug": world.users["member"]}, ["mia@acme.example"], check)


def delete_a_discussed_activity(world: World, number: int) -> Attempt:
    activity = world.activity()
    for text in ("one", "two"):
        assert world.owner.post(f"{activity}/comments", json={"body": text}).status_code == 201
    assert number

    def check() -> None:
        assert world.owner.get(activity).status_code == 404
        assert stored_rows("comment", "comment_lookup") == []
        check_places()

    return Attempt("DELETE", activity, None, [], check)


def ask_for_another_address(world: World, number: int) -> Attempt:
    email = f"ada{number}@acme.example"

    def check() -> None:
        me = world.owner.get("/api/me").json()
        assert (me["unconfirmed_email"], me["confirmation_delivery"]) == (email, "sent")

    return Attempt("PATCH", "/api/me", {"email": email}, [email], check)


def remove_a_user(world: World, number: int) -> Attempt:
    person = {"email": f"lea{number}@acme.example", "first_name": "Lea", "last_name": "Ender"}
    user = world.owner.post("/api/users", json=person).json()["id"]
    assert world.owner.post("/api/credentials", json={"user": user}).status_code == 201
    assert world.owner.post(f"{world.workspace_url}/invitation", json={"slug": user}).status_code == 201
    assert world.owner.put(f"{world.activity()}/delegate", json={"slug": user}).status_code == 200

    def check() -> None:
        assert world.owner.get(f"/api/users/{user}").status_code == 404
        pending = [one["email"] for one in world.owner.get("/api/invitations").json()]
        assert person["email"] not in pending
        live = [row for row in stored_rows("credential") if row["user"]["S"] == user and "revoked_at" not in row]
        assert live == []
        check_places()

    return Attempt("DELETE", f"/api/users/{user}", None, [], check)


def _delegations_of(world: World, activity: str) -> list[Json]:
    delegations = world.owner.get("/api/delegations").json()
    return [one for one in delegations if activity.endswith(f"/{one['activity']['id']}")]


FLOWS = [
    invite_three,
    delegate_to_a_new_person,
    redelegate,
    delete_a_discussed_activity,
    ask_for_another_address,
    pytest.param(remove_a_user, marks=pytest.mark.slow),
]


WAYS = [
    pytest.param(False, False, id="not done"),
    pytest.param(False, True, id="answer lost", marks=pytest.mark.nightly),
    pytest.param(True, False, id="with Idempotency-Key, not done", marks=pytest.mark.nightly),
    pytest.param(True, True, id="with Idempotency-Key, answer lost"),
]


@pytest.mark.parametrize(("has_key", "lost"), WAYS)
@pytest.mark.parametrize("build", FLOWS)
def test_a_request_that_is_cut_off_is_finished_by_repeating_it(
    world: World,
    on: Hook,
    outbox: list[Json],
    clock: Clock,
    build: Callable[[World, int], Attempt],
    has_key: bool,
    lost: bool,
) -> None:
    outage = Outage(on, lost)
    world.owner.get("/api/me")  # records the first use of the credential today, so that it is no part of the flow
    for after in failure_points():
        clock.goes(seconds=MAIL_PAUSE_SECONDS)  # each attempt invites the same user to another workspace
        attempt, key = build(world, after), f"key {after}" if has_key else None
        outbox.clear()
        outage.begins(after)
        first = attempt.send(world.owner, key)
        outage.ends()
        if not outage.struck:
            assert first.status_code < 300, first.text
            return
        assert first.status_code == 503, f"after {after} requests: {first.text}"
        _repeat(attempt, world.owner, key, clock, is_gone_allowed=lost)
        attempt.check()
        _check_mails(attempt, outbox)
    raise AssertionError("The request never ends.")


def _repeat(attempt: Attempt, client: httpx.Client, key: str | None, clock: Clock, *, is_gone_allowed: bool) -> None:
    """Repeat a request until it is finished. While its key or its mails are claimed, that takes a minute."""
    early = attempt.send(client, key)
    if early.status_code == 409 and "redelegated" not in early.text:
        assert key, early.text
        assert int(early.headers["retry-after"]) > 0
    clock.goes(seconds=CLAIM_SECONDS)
    again = attempt.send(client, key) if early.status_code == 409 or attempt.recipients else early
    is_gone = again.status_code == 404 and is_gone_allowed and not key and attempt.method == "DELETE"
    is_passed_on = again.status_code == 409 and not key and "redelegated" in again.text
    assert again.status_code < 300 or is_gone or is_passed_on, again.text


def _check_mails(attempt: Attempt, outbox: list[Json]) -> None:
    """Check that everybody got the mail, and at most one of them twice: the one whose outcome was not recorded."""
    received = Counter(mail["Destination"]["ToAddresses"][0] for mail in outbox)
    assert sorted(received) == sorted(attempt.recipients)
    assert sum(received.values()) <= len(attempt.recipients) + 1
