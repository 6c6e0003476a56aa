"""Many clients that send the same request at the same moment, on the server of `make run`."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from infra.testing.processes import PLAIN, Running, await_that
from infra.testing.world import create_item, create_workspace, location_of
from tests.support import counts
from tests.support.concurrent_clients import at_once, signed_in

pytestmark = pytest.mark.slow

CLIENTS = 12
ROUNDS = counts.choose(quick=1, full=10)


@pytest.fixture
def tester(running: Running) -> Iterator[httpx.Client]:
    with signed_in(running) as client:
        yield client


def received_mails(running: Running) -> Counter[str]:
    """Return how many mails each address got, from what the server printed."""
    return Counter(re.findall(r"^Mail to (\S+):$", running.stdout.read_text(), re.MULTILINE))


def check_that_one_was_carried_out(answers: list[httpx.Response]) -> None:
    """Check that the requests with one Idempotency-Key got one answer, or were told to come back for it."""
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses.keys() <= {200, 201, 409}, [answer.text for answer in answers]
    carried_out = [answer for answer in answers if answer.is_success and "idempotency-replayed" not in answer.headers]
    assert len(carried_out) == 1, [answer.text for answer in answers]
    assert {answer.content for answer in answers if answer.is_success} == {carried_out[0].content}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers if answer.status_code == 409)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_simultaneous_invitations_with_one_key_are_carried_out_once(
    running: Running, tester: httpx.Client, number: int
) -> None:
    address = f"/api/workspaces/{create_workspace(tester)}/invitation"
    people = [f"{letter}{number}@invited.example" for letter in "abc"]
    key = {"Idempotency-Key": f"invite {number}"}
    answers = at_once(running, CLIENTS, lambda client, _: client.post(address, json={"email": people}, headers=key))
    check_that_one_was_carried_out(answers)
    await_that(lambda: received_mails(running).keys() >= set(people), running.process, running.stderr)
    assert [received_mails(running)[person] for person in people] == [1, 1, 1]
    again = tester.post(address, json={"email": people}, headers=key)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")


@pytest.mark.parametrize("number", range(ROUNDS))
def test_simultaneous_delegations_with_one_key_are_carried_out_once(
    running: Running, tester: httpx.Client, number: int
) -> None:
    item = create_item(tester, f"/api/workspaces/{create_workspace(tester)}")
    address, person = f"/api/activities/{item}/delegate", f"delegee{number}@delegated.example"
    key = {"Idempotency-Key": f"delegate {number}"}
    answers = at_once(running, CLIENTS, lambda client, _: client.put(address, json={"email": person}, headers=key))
    check_that_one_was_carried_out(answers)
    await_that(lambda: person in received_mails(running), running.process, running.stderr)
    assert received_mails(running)[person] == 1
    delegations = [one for one in tester.get("/api/delegations").json() if one["activity"]["id"] == item]
    assert [one["delivery"] for one in delegations] == ["sent"]


def test_simultaneous_invitations_without_a_key_send_one_mail(running: Running, tester: httpx.Client) -> None:
    address, person = f"/api/workspaces/{create_workspace(tester)}/invitation", "once@invited.example"
    answers = at_once(running, CLIENTS, lambda client, _: client.post(address, json={"email": person}))
    assert {answer.status_code for answer in answers} <= {201, 409}
    await_that(lambda: person in received_mails(running), running.process, running.stderr)
    assert received_mails(running)[person] == 1
    [pending] = [one for one in tester.get("/api/invitations").json() if one["email"] == person]
    assert pending["delivery"] == "sent"


@pytest.mark.parametrize("number", range(ROUNDS))
def test_of_users_who_confirm_one_address_at_once_exactly_one_gets_it(
    running: Running, tester: httpx.Client, number: int
) -> None:
    email = f"wanted{number}@acme.example"
    with running.client(1) as mia:
        users = (tester, mia)
        for user in users:
            assert user.put("/api/me", json={"email": email}).json()["unconfirmed_email"] == email
        await_that(lambda: received_mails(running)[email] == 2, running.process, running.stderr)
        links = re.findall(rf"{running.api}/address-changes/\S+", running.stdout.read_text())[-2:]
        answers = at_once(running, CLIENTS, lambda client, n: client.post(links[n % 2]))
        statuses = Counter(answer.status_code for answer in answers)
        assert (statuses[200], statuses.keys() <= {200, 404, 409}) == (1, True), statuses
        assert [user.get("/api/me").json()["email"] for user in users].count(email) == 1


def test_simultaneous_requests_for_one_address_send_one_mail(running: Running, tester: httpx.Client) -> None:
    email = "once@acme.example"
    answers = at_once(running, CLIENTS, lambda client, _: client.put("/api/me", json={"email": email}))
    assert {answer.status_code for answer in answers} <= {200, 409}
    await_that(lambda: email in received_mails(running), running.process, running.stderr)
    assert (received_mails(running)[email], tester.get("/api/me").json()["confirmation_delivery"]) == (1, "sent")


def test_of_simultaneous_rotations_only_those_succeed_that_replace_the_secret_they_read(
    running: Running, tester: httpx.Client
) -> None:
    key = tester.post("/api/credentials", json={"label": "rotated"}).json()["key"]
    answers = at_once(running, CLIENTS, lambda client, _: client.post(f"/api/credentials/{key}/rotate", json={}))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses.keys() == {200, 409}, "Some have met, and one of those was first."
    secrets = [answer.json()["secret"] for answer in answers if answer.is_success]
    assert len([secret for secret in secrets if works(running, key, secret)]) == 1
    rotations = [event for event in tester.get("/api/audit").json() if _is_rotation(event, key)]
    assert len(rotations) == statuses[200]


def works(running: Running, key: str, secret: str) -> bool:
    with httpx.Client(base_url=running.api, auth=(key, secret), verify=PLAIN, timeout=60) as client:
        return client.get("/api/me").status_code == 200


def _is_rotation(event: dict[str, Any], key: str) -> bool:
    return bool(event["verb"] == "rotate" and event["subject"]["id"] == key)


PLACES: dict[str, Callable[[str, str], tuple[str, str]]] = {
    "inbox": lambda workspace, _: ("PUT", f"{workspace}/inbox"),
    "items of a workspace": lambda workspace, _: ("POST", f"{workspace}/items"),
    "items of a stack": lambda _, stack: ("POST", f"{stack}/items"),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_of_simultaneous_writes_with_one_tag_exactly_one_passes(
    running: Running, tester: httpx.Client, place: Callable[[str, str], tuple[str, str]]
) -> None:
    workspace = f"/api/workspaces/{create_workspace(tester)}"
    stack = location_of(tester.post(f"{workspace}/stacks", json={"name": "x"}))
    method, address = place(workspace, stack)
    for number in range(ROUNDS):
        tag = {"If-Match": tester.get(address).headers["etag"]}

        def write(client: httpx.Client, n: int, tag: dict[str, str] = tag) -> httpx.Response:
            return client.request(method, address, json={"name": f"{n}"}, headers=tag)

        answers = at_once(running, CLIENTS, write)
        statuses = Counter(answer.status_code // 100 * 100 + answer.status_code % 100 for answer in answers)
        assert sum(count for status, count in statuses.items() if status < 300) == 1, statuses
        assert statuses[412] == CLIENTS - 1, statuses
        assert len(tester.get(f"{workspace}/items").json()) == number + 1


@pytest.mark.parametrize("number", range(ROUNDS))
def test_simultaneous_changes_of_parents_make_no_cycle(running: Running, tester: httpx.Client, number: int) -> None:
    goals = [tester.post("/api/v2/goals.json", json={"title": f"{number}"}).json()["id"] for _ in range(CLIENTS)]

    def place_below_next(client: httpx.Client, n: int) -> httpx.Response:
        parent = goals[(n + 1) % CLIENTS]
        return client.patch(f"/api/v2/goals/{goals[n]}.json", json={"parent": {"id": parent}})

    answers = at_once(running, CLIENTS, place_below_next)
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses.keys() <= {200, 422, 409}, statuses
    assert statuses[422] <= 1, "All but one can be placed below the next."
    parents = {one["id"]: one["parent"] for one in tester.get("/api/v2/goals.json").json()}
    for goal in goals:
        steps = 0
        while parent := parents[goal]:
            goal, steps = parent["id"], steps + 1  # noqa: PLW2901 - it walks upwards
            assert steps < CLIENTS
