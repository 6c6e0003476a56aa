"""Many items, and many clients that move and delete them at once, on the server of `make run`."""

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from infra.testing.processes import Running, environment, run
from infra.testing.world import create_item, create_workspace, item_ids, location_of, personal_workspace_id, put_item
from tests.support import counts
from tests.support.concurrent_clients import at_once, cost

pytestmark = pytest.mark.slow

MANY = counts.choose(quick=1_500, full=5_000)
# The embedded store takes quadratic time for larger deletions: five thousand items take most of a minute.
LARGE = counts.choose(quick=200, full=1_000)
CALLS = 3 * (LARGE / 33 + 1) + 10  # three requests for each step of thirty-three items
CALLS_ACROSS = 3 * (LARGE / 20 + 1) + 10  # steps of twenty, with copies for the users, where items leave the workspace
CLIENTS = 8
ROUNDS = counts.choose(quick=5, full=20)
STACKS = counts.choose(quick=10, full=50)


@pytest.fixture
def tester(running: Running) -> Iterator[httpx.Client]:
    with running.client() as client:
        client.timeout = httpx.Timeout(120)
        yield client


def seed(running: Running, place: str, count: int) -> None:
    """Write that many items at once onto a stack, or into the inbox if the place is a workspace."""
    parts = [int(part) for part in place.split("/") if part.isdigit()]
    workspace, stack = parts if len(parts) == 2 else (parts[0], parts[0] + 1)
    card = running.server_file["credentials"][0]
    arguments = [str(card["account"]), card["user"], str(workspace), str(stack), str(count)]
    answer = run(
        [sys.executable, "-m", "infra.testing.nouns.items", *arguments], environment(**running.server_file["env"])
    )
    assert answer.returncode == 0, answer.stderr


def a_stack(client: httpx.Client, here: str) -> str:
    return location_of(client.post(f"{here}/stacks", json={"name": "x"}))


def everything(client: httpx.Client, address: str) -> list[int]:
    """Return the ids of all items of a list, page by page."""
    found: list[int] = []
    address += "?limit=250"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200
        found += item_ids(answer.json())
        address = answer.links.get("next", {}).get("url", "")
    return found


def test_an_item_that_two_move_at_once_is_in_exactly_one_place(running: Running, tester: httpx.Client) -> None:
    here = f"/api/workspaces/{create_workspace(tester)}"
    stacks = [a_stack(tester, here) for _ in range(2)]
    item = create_item(tester, here)
    won: Counter[int] = Counter()
    for _ in range(ROUNDS):
        answers = at_once(running, 2, lambda client, number: put_item(client, stacks[number], item))
        assert {answer.status_code for answer in answers} <= {200, 409}
        on_stacks = [item_ids(tester.get(stack).json()["items"]) for stack in stacks]
        assert sorted(on_stacks) == [[], [item]]
        assert everything(tester, f"{here}/items") == [item]
        winner = on_stacks.index([item])
        assert answers[winner].status_code == 200
        won[winner] += 1
    assert won.total() == ROUNDS


@pytest.mark.nightly
@pytest.mark.parametrize(
    "many", [pytest.param(60, id="in steps", marks=pytest.mark.nightly), pytest.param(3, id="at once")]
)
def test_items_put_onto_a_stack_while_it_is_deleted_are_not_lost(
    running: Running, tester: httpx.Client, many: int
) -> None:
    here = f"/api/workspaces/{create_workspace(tester)}"
    stack = a_stack(tester, here)
    before = [create_item(tester, stack) for _ in range(many)]

    answers = while_others_add(running, stack, stack)
    [deleted] = answers.pop()
    assert deleted.status_code == 204, deleted.text
    landed = [answer for some in answers for answer in some]
    assert {answer.status_code for answer in landed} <= {201, 404, 409}
    made = {answer.json()["activity"]["id"] for answer in landed if answer.status_code == 201}
    assert tester.get(stack).status_code == 404
    inbox = everything(tester, f"{here}/items")
    assert len(inbox) == len(set(inbox))
    assert set(inbox) == {*before, *made}
    assert {answer.status_code for answer in landed} != {201}, "the delete came in between"


@pytest.mark.nightly
@pytest.mark.parametrize("items", [25, pytest.param(2, marks=pytest.mark.nightly)], ids=["in steps", "at once"])
def test_items_put_into_a_workspace_while_it_is_archived_are_not_lost(
    running: Running, tester: httpx.Client, items: int
) -> None:
    here = f"/api/workspaces/{create_workspace(tester)}"
    archive = f"/api/workspaces/{personal_workspace_id(tester)}/archive"
    known = everything(tester, archive)
    before = [create_item(tester, here) for _ in range(items)]
    answers = while_others_add(running, here, f"{here}?archive_items=true")
    [deleted] = answers.pop()
    assert deleted.status_code == 204, deleted.text
    landed = [answer for some in answers for answer in some]
    assert {answer.status_code for answer in landed} <= {201, 404, 409}
    made = {answer.json()["activity"]["id"] for answer in landed if answer.status_code == 201}
    kept = everything(tester, archive)
    assert len(kept) == len(set(kept))
    assert set(kept) == {*known, *before, *made}
    assert {tester.get(f"/api/activities/{item}").status_code for item in kept} == {200}


def while_others_add(running: Running, place: str, deleted: str) -> list[list[httpx.Response]]:
    """Delete something while many clients add items to it. Return their responses, and last that of the deletion."""

    def work(client: httpx.Client, number: int) -> list[httpx.Response]:
        if number == CLIENTS:
            return [client.delete(deleted)]
        return [client.post(f"{place}/items", json={"name": f"{number}"}) for _ in range(15)]

    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        return list(pool.map(lambda number: _signed_in(running, work, number), range(CLIENTS + 1)))


def _signed_in(running: Running, work: Any, number: int) -> Any:
    with running.client() as client:
        client.timeout = httpx.Timeout(60)
        return work(client, number)


def test_a_stack_of_many_items_is_deleted_in_one_request_and_keeps_them_in_order(
    running: Running, tester: httpx.Client
) -> None:
    here = f"/api/workspaces/{create_workspace(tester)}"
    stack, below = a_stack(tester, here), create_item(tester, here)
    seed(running, stack, LARGE)
    on_it = everything(tester, f"{stack}/items")
    assert len(on_it) == LARGE
    answer = tester.delete(stack)
    assert (answer.status_code, answer.content) == (204, b"")
    assert cost(answer)["calls"] <= CALLS
    assert everything(tester, f"{here}/items") == [*on_it, below]


def test_a_workspace_of_many_items_is_deleted_in_one_request_into_the_archive(
    running: Running, tester: httpx.Client
) -> None:
    here, archive = (
        f"/api/workspaces/{create_workspace(tester)}",
        f"/api/workspaces/{personal_workspace_id(tester)}/archive",
    )
    known = everything(tester, archive)
    seed(running, here, LARGE)
    in_it = everything(tester, f"{here}/items")
    assert len(in_it) == LARGE
    answer = tester.delete(f"{here}?archive_items=true")
    assert (answer.status_code, answer.content) == (204, b"")
    assert cost(answer)["calls"] <= CALLS_ACROSS
    assert everything(tester, archive) == [*in_it, *known]
    assert tester.get(here).status_code == 404


@pytest.mark.nightly
def test_an_inbox_costs_the_same_however_many_items_are_on_the_stacks(running: Running, tester: httpx.Client) -> None:
    full, empty = (f"/api/workspaces/{create_workspace(tester)}" for _ in range(2))
    stacks = [a_stack(tester, full) for _ in range(STACKS)]
    for stack in (stacks[0], stacks[-1]):
        seed(running, stack, LARGE)
    for here in (full, empty):
        for _ in range(3):
            create_item(tester, here)
    for tail in ("/inbox", "", "/items?limit=3"):
        assert cost(tester.get(full + tail)) == cost(tester.get(empty + tail)), tail
    assert len(tester.get(f"{full}/inbox").json()["items"]) == 3


@pytest.mark.nightly
def test_an_inbox_of_thousands_fits_into_what_lambda_may_answer(running: Running, tester: httpx.Client) -> None:
    here = f"/api/workspaces/{create_workspace(tester)}"
    seed(running, here, MANY)
    answer = tester.get(f"{here}/inbox")
    assert len(answer.content) < 6 * 1024 * 1024
    found = item_ids(answer.json()["items"])
    while "next" in answer.links:
        answer = tester.get(answer.links["next"]["url"])
        assert len(answer.content) < 6 * 1024 * 1024
        found += item_ids(answer.json())
    assert len(found) == MANY
    assert found == sorted(found, reverse=True)


def test_an_address_that_many_clients_invite_at_once_is_invited_once(running: Running, tester: httpx.Client) -> None:
    here = f"/api/workspaces/{create_workspace(tester)}/invitation"
    answers = at_once(running, 12, lambda client, _: client.post(here, json={"email": "jane@doe.example.org"}))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()[0]["id"] for answer in answers}) == 1
    invited = [one for one in tester.get("/api/invitations").json() if one["email"] == "jane@doe.example.org"]
    assert [one["delivery"] for one in invited] == ["sent"]
    assert "Mail to jane@doe.example.org" in running.stdout.read_text()
