"""Reports and measurements set the light of their item."""

from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest

from tests.support.clock import Clock
from tests.support.failures import Hook

Json = dict[str, Any]

ACTION_REPORTS = "/api/v2/action_progress_reports.json"
REPORTS = {  # the list of items, and the field that names the item, by the list of reports
    "objective_progress_reports": ("objectives", "objective"),
    "strategy_progress_reports": ("strategies", "strategy"),
    "action_progress_reports": ("actions", "action"),
    "goal_measurements": ("goals", "goal"),
    "kpi_measurements": ("kpis", "kpi"),
}


def create(client: httpx.Client, noun: str, **fields: object) -> str:
    """Create an object of a noun, and return its address."""
    made = client.post(f"/api/v2/{noun}.json", json={"title": "x"} | fields)
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


@pytest.fixture
def report(ada: httpx.Client) -> Callable[..., str]:
    """A function that reports on action 1, and returns the address of the report."""

    def post(at: str, **fields: object) -> str:
        made = ada.post(ACTION_REPORTS, json={"action": {"id": 1}, "at": at} | fields)
        assert made.status_code == 201, made.text
        return str(made.headers["location"])

    return post


def meanwhile(on: Hook, send: Callable[[], httpx.Response]) -> None:
    """Send a request just before the next transaction."""
    requests = iter([send])
    on("before-call.dynamodb.TransactWriteItems", lambda **_: require_success(one() for one in requests))


def require_success(answers: Iterable[httpx.Response]) -> None:
    for answer in answers:
        assert answer.is_success, answer.text


def light(client: httpx.Client, address: str) -> object:
    return client.get(address).json()["traffic_light"]


@pytest.mark.parametrize("noun", REPORTS)
def test_the_newest_light_by_day_is_that_of_the_item_in_any_order(ada: httpx.Client, noun: str) -> None:
    items, field = REPORTS[noun]
    item, seen = create(ada, items, traffic_light="red"), []
    before = ada.get(item).json()
    for at, sent in (("2024-03-01", "green"), ("2024-02-01", "red"), ("2024-04-01", None), ("2024-03-02", "orange")):
        made = ada.post(f"/api/v2/{noun}.json", json={field: {"id": 1}, "at": at, "traffic_light": sent})
        assert made.status_code == 201, made.text
        seen.append(light(ada, item))
    assert seen == ["green", "green", "green", "orange"]
    assert ada.get(item).json() == before | {"traffic_light": "orange"}


def test_a_report_sets_progress_and_status_of_its_action_each_by_its_own_day(
    ada: httpx.Client, report: Callable[..., str]
) -> None:
    action = create(ada, "actions")
    before = ada.get(action).json()
    report("2024-03-01", progress=40, status="doing", traffic_light="green")
    report("2024-05-01", traffic_light="orange")
    report("2024-04-01", progress=60, traffic_light="red")
    report("2024-02-01", progress=20, status="icebox")
    expected = {"progress": 60, "status": {"name": "doing"}, "traffic_light": "orange"}
    assert ada.get(action).json() == before | expected


def test_of_two_reports_of_one_day_the_last_one_counts(ada: httpx.Client, report: Callable[..., str]) -> None:
    action = create(ada, "actions")
    report("2024-03-01", progress=40)
    report("2024-03-01", progress=0)
    assert ada.get(action).json()["progress"] == 0


def test_a_corrected_report_corrects_the_item(ada: httpx.Client, report: Callable[..., str]) -> None:
    action = create(ada, "actions")
    old, new = report("2024-01-01", traffic_light="red"), report("2024-03-01", traffic_light="green")
    ada.patch(new, json={"traffic_light": "orange"})
    assert light(ada, action) == "orange"
    ada.patch(new, json={"traffic_light": None})
    assert light(ada, action) == "orange", "a report without a light says nothing about it"
    ada.patch(old, json={"at": "2024-04-01"})
    assert light(ada, action) == "red"
    other = create(ada, "actions")
    ada.patch(old, json={"action": {"id": 2}})
    assert (light(ada, action), light(ada, other)) == ("red", "red")


def test_deleting_the_newest_report_leaves_the_item_as_it_is(ada: httpx.Client, report: Callable[..., str]) -> None:
    action = create(ada, "actions")
    report("2024-01-01", traffic_light="red")
    assert ada.delete(report("2024-03-01", traffic_light="green")).status_code == 200
    assert light(ada, action) == "green"
    report("2024-02-01", traffic_light="red")
    assert light(ada, action) == "green"


def test_what_a_user_sets_stays_until_the_next_report_that_is_new(
    ada: httpx.Client, report: Callable[..., str]
) -> None:
    action = create(ada, "actions")
    newest = report("2024-03-01", traffic_light="green")
    ada.patch(action, json={"traffic_light": "red"})
    ada.patch(newest, json={"description": "Only the text changes."})
    report("2024-02-01", traffic_light="orange")
    assert light(ada, action) == "red"
    report("2024-03-02", traffic_light="orange")
    assert light(ada, action) == "orange"


def test_after_a_report_with_a_wrong_year_a_user_can_set_the_item_right(
    ada: httpx.Client, clock: Clock, report: Callable[..., str]
) -> None:
    action, today = create(ada, "actions"), clock.now.date().isoformat()
    report("2942-03-01", traffic_light="red", progress=1)
    report(today, traffic_light="green")
    assert light(ada, action) == "red"
    ada.patch(action, json={"traffic_light": "orange"})
    report("2024-01-01", traffic_light="red")
    assert light(ada, action) == "orange"
    report(today, traffic_light="green")
    assert light(ada, action) == "green"


@pytest.mark.parametrize(("at", "expected"), [("2024-03-02", "red"), ("2024-02-01", "green")])
def test_of_two_reports_at_once_the_newest_by_day_counts(
    ada: httpx.Client, mia: httpx.Client, on: Hook, report: Callable[..., str], at: str, expected: str
) -> None:
    action = create(ada, "actions")
    sent = {"action": {"id": 1}, "at": at, "traffic_light": "red"}
    meanwhile(on, lambda: mia.post(ACTION_REPORTS, json=sent))
    report("2024-03-01", traffic_light="green")
    assert light(ada, action) == expected
    assert [one["at"] for one in ada.get(ACTION_REPORTS).json()] == [at, "2024-03-01"]


def test_a_report_and_a_change_of_its_item_at_once_are_both_kept(
    ada: httpx.Client, mia: httpx.Client, on: Hook, report: Callable[..., str]
) -> None:
    action = create(ada, "actions")
    meanwhile(on, lambda: mia.patch(action, json={"title": "y", "progress": 5}))
    report("2024-03-01", progress=40, traffic_light="green")
    changed = ada.get(action).json()
    assert (changed["title"], changed["progress"], changed["traffic_light"]) == ("y", 40, "green")


def test_a_report_on_an_item_that_is_deleted_meanwhile_does_not_bring_it_back(
    ada: httpx.Client, mia: httpx.Client, on: Hook, report: Callable[..., str]
) -> None:
    action = create(ada, "actions")
    meanwhile(on, lambda: mia.delete(action))
    made = report("2024-03-01", traffic_light="green")
    assert (ada.get(action).status_code, ada.get(made).status_code) == (404, 200)
