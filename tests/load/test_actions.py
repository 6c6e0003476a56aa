"""Many actions, and many clients that change them at once, on the server of `make run`."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from infra.testing.processes import Running, environment, run, running_server
from tests.support import counts
from tests.support.concurrent_clients import at_once, cost, signed_in

pytestmark = pytest.mark.slow

LIST = "/api/v2/actions.json"
MANY = counts.choose(quick=2_000, full=10_000)
CLIENTS = counts.choose(quick=24, full=80)


def test_creates_at_once_make_as_many_actions(running: Running) -> None:
    answers = at_once(running, CLIENTS, lambda client, n: client.post(LIST, json={"title": f"{n}"}))
    assert [answer.status_code for answer in answers] == [201] * CLIENTS
    ids = {answer.json()["id"] for answer in answers}
    assert len(ids) == CLIENTS
    with signed_in(running) as client:
        kept = {action["id"]: action["title"] for action in client.get(LIST).json()}
    assert all(kept[answer.json()["id"]] == answer.json()["title"] for answer in answers)


def test_creates_at_once_on_one_canvas_get_as_many_places(running: Running) -> None:
    body = {"title": "x", "ogsm_canvases": [{"id": 4}]}
    answers = at_once(running, CLIENTS, lambda client, _: client.post(LIST, json=body))
    assert {answer.json()["ogsm_canvases"][0]["row_order"] for answer in answers} == set(range(1, CLIENTS + 1))


FIELDS: list[dict[str, Any]] = [
    {"title": "changed"},
    {"labels": [{"name": "changed"}]},
    {"description": "changed"},
    {"assignee": {"name": "changed"}},
    {"due": "2030-01-01"},
    {"status": {"name": "done"}},
    {"traffic_light": "red"},
    {"progress": 99},
]


def test_changes_of_different_fields_at_once_are_all_kept(running: Running) -> None:
    with signed_in(running) as client:
        for _ in range(5):
            address = client.post(LIST, json={"title": "x"}).headers["location"]
            answers = at_once(running, 8, lambda one, n, to=address: one.patch(to, json=FIELDS[n]))  # type: ignore[misc]
            assert {answer.status_code for answer in answers} <= {200, 409}
            kept = client.get(address).json()
            for sent, answer in zip(FIELDS, answers, strict=True):
                if answer.status_code == 200:
                    assert sent.items() <= kept.items()
            assert [answer.status_code for answer in answers].count(200) >= 6


def test_one_create_sent_sixteen_times_at_once_under_one_key_is_done_once(running: Running) -> None:
    headers = {"Idempotency-Key": "sixteen"}
    answers = at_once(running, 16, lambda client, _: client.post(LIST, json={"title": "once"}, headers=headers))
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in made}) == 1
    assert len([answer for answer in made if "idempotency-replayed" not in answer.headers]) == 1
    with signed_in(running) as client:
        assert [action["title"] for action in client.get(LIST).json()].count("once") == 1


def test_a_delete_and_changes_at_once_leave_nothing_behind(running: Running) -> None:
    with signed_in(running) as client:
        address = client.post(LIST, json={"title": "x"}).headers["location"]

        def work(one: httpx.Client, number: int) -> httpx.Response:
            return one.delete(address) if number == 0 else one.patch(address, json={"title": f"{number}"})

        answers = at_once(running, 8, work)
        assert answers[0].status_code == 200
        assert {answer.status_code for answer in answers[1:]} <= {200, 404, 409}
        assert client.get(address).status_code == 404


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server whose demo account holds thousands of actions besides the document's."""
    with running_server(tmp_path_factory.mktemp("crowd") / "data") as server:
        account = str(server.server_file["credentials"][0]["account"])
        seed = [sys.executable, "-m", "infra.testing.nouns.actions", account, str(MANY)]
        assert run(seed, environment(**server.server_file["env"])).returncode == 0
        yield server


def test_thousands_of_actions_are_listed_in_full_and_cost_what_their_bytes_cost(crowded: Running) -> None:
    ids: list[int] = []
    size = calls = 0
    address = LIST
    with signed_in(crowded) as client:
        while address:
            answer = client.get(address)
            assert answer.status_code == 200
            ids += [action["id"] for action in answer.json()]
            size += len(answer.content)
            calls += int(cost(answer)["calls"])
            address = answer.links.get("next", {}).get("url", "")
    assert len(ids) == MANY + 1
    assert ids == sorted(set(ids))
    assert calls <= size * 1.5 / 1_000_000 + 3, "DynamoDB answers 1 MB at a time, keys and all"


def test_one_action_among_thousands_costs_what_one_alone_costs(crowded: Running, running: Running) -> None:
    document = "/api/v2/actions/123.json"
    work: list[Callable[[httpx.Client], httpx.Response]] = [
        lambda client: client.get(document),
        lambda client: client.get(f"{LIST}?limit=1"),
        lambda client: client.patch(document, json={"progress": 51}),
        lambda client: client.post(LIST, json={"title": "x"}),
    ]
    with signed_in(crowded) as full, signed_in(running) as empty:
        for call in work:
            assert cost(call(full)) == cost(call(empty))
