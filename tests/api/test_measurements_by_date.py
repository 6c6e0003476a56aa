"""Measurements at the address of their goal or KPI and day. Reports and measurements set the light of their item."""

from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest

from tests.support import ogsm
from tests.support.clock import Clock
from tests.support.failures import Hook

Json = dict[str, Any]

MEASUREMENTS = "/api/v2/goal_measurements.json"
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


def day_of(item: str, day: str = "2024-01-31") -> str:
    """Return the address of the measurement of a day, below the address of a goal or KPI."""
    return f"{item.removesuffix('.json')}/measurements/{day}.json"


@pytest.fixture
def goal(ada: httpx.Client) -> str:
    """The address of goal 1."""
    return create(ada, "goals")


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


@pytest.mark.parametrize("noun", ogsm.mark_repeated(REPORTS, lambda noun: f"/api/v2/{noun}.json"))
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


@pytest.mark.parametrize("noun", ogsm.mark_repeated(["goal", "kpi"], lambda noun: f"/api/v2/{noun}s/"))
def test_the_measurement_of_a_day_is_created_shown_replaced_and_deleted(ada: httpx.Client, noun: str) -> None:
    address = day_of(create(ada, f"{noun}s"), "2024-06-30")
    assert ada.get(address).status_code == 404
    made = ada.put(address, json={"target": 70, "actual": 66.5})
    whole = {"id": 120240630, noun: {"id": 1}, "at": "2024-06-30", "target": 70, "actual": 66.5}
    whole |= {"traffic_light": None, "description": None}
    assert (made.status_code, made.headers["location"], made.json()) == (201, address, whole)
    assert list(made.json()) == list(whole)
    every, other = f"/api/v2/{noun}_measurements.json", f"/api/v2/{noun}_measurements/120240630.json"
    assert ada.get(address).text == ada.get(other).text == made.text
    assert ada.get(f"{address}?fields=actual").json() == {"actual": 66.5}
    replaced = ada.put(address, json={"actual": 67, "description": "Again"})
    assert (replaced.status_code, "location" in replaced.headers) == (200, False)
    assert replaced.json() == whole | {"target": None, "actual": 67, "description": "Again"}
    assert ada.get(every).json() == [replaced.json()]
    assert ada.delete(address.removesuffix(".json")).json() == replaced.json()
    assert ada.get(every).json() == []
    assert [send(address).status_code for send in (ada.get, ada.delete)] == [404, 404]


def test_an_equal_put_writes_nothing(ada: httpx.Client, goal: str, asked: list[str]) -> None:
    address, sent = day_of(goal), {"actual": 5, "traffic_light": "red"}
    made = ada.put(address, json=sent)
    ada.patch(goal, json={"traffic_light": "green"})
    asked.clear()
    again = ada.put(address, json=sent)
    assert (again.status_code, again.json(), asked) == (200, made.json(), ["GetItem", "BatchGetItem"])
    assert ada.put(address, json=made.json()).text == again.text, "the whole object may be sent back"
    assert light(ada, goal) == "green"


def test_a_measurement_by_its_day_is_the_one_of_the_list(ada: httpx.Client, goal: str) -> None:
    measured = {"goal": {"id": 1}, "at": "2024-01-31", "actual": 5}
    posted = ada.post(MEASUREMENTS, json=measured)
    assert ada.get(day_of(goal)).json() == posted.json()
    assert ada.put(day_of(goal), json={"actual": 6}).status_code == 200
    assert ada.get(posted.headers["location"]).json()["actual"] == 6
    ada.put(day_of(goal, "2024-02-01"), json={"actual": 7})
    assert ada.post(MEASUREMENTS, json=measured | {"at": "2024-02-01"}).status_code == 409


def test_a_goal_that_does_not_exist_has_no_measurements(ada: httpx.Client, stranger: httpx.Client, goal: str) -> None:
    address = day_of("/api/v2/goals/7.json")
    assert ada.post(MEASUREMENTS, json={"goal": {"id": 7}, "at": "2024-01-31"}).status_code == 201
    answers = [ada.get(address), ada.put(address, json={"actual": 5}), ada.delete(address)]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert {answer.json()["detail"] for answer in answers} == {"There is no goal 7."}
    assert ada.put(day_of("/api/v2/goals/9999999999999999.json"), json={}).status_code == 404
    assert stranger.put(day_of(goal), json={"actual": 5}).status_code == 404
    assert ada.get(day_of(goal)).status_code == 404


def test_what_is_not_a_day_of_the_calendar_is_not_found(ada: httpx.Client, goal: str) -> None:
    days = ("2024-02-30", "2023-02-29", "0000-01-01", "2024-1-1", "20240131", "today", "2024-01-31x", "2024-01-3\u0661")
    assert {ada.put(day_of(goal, day), json={"actual": 5}).status_code for day in days} == {404}
    assert ada.get(MEASUREMENTS).json() == []


def test_the_body_may_not_name_another_measurement(ada: httpx.Client, goal: str) -> None:
    def pointers(**fields: object) -> list[str]:
        answer = ada.put(day_of(goal), json=fields)
        assert answer.status_code == 422, answer.text
        return [error["pointer"] for error in answer.json()["errors"]]

    assert pointers(goal={"id": 2}, at="2024-02-01") == ["#/goal", "#/at"]
    assert pointers(id=2) == ["#/id"]
    assert pointers(actual="x", targett=5) == ["#/actual", "#/targett"]
    assert ada.put(day_of(goal), json={"id": "120240131", "goal": {"id": "1"}}).status_code == 201
    assert ada.put(day_of(goal), data={"actual": "2.5", "goal[id]": "1"}).json()["actual"] == 2.5


def test_a_measurement_sets_the_light_of_its_goal_and_may_be_corrected(ada: httpx.Client, goal: str) -> None:
    ada.put(day_of(goal, "2024-03-31"), json={"traffic_light": "yellow"})
    ada.put(day_of(goal, "2024-02-29"), json={"traffic_light": "red"})
    assert light(ada, goal) == "orange"
    ada.put(day_of(goal, "2024-03-31"), json={"traffic_light": "green"})
    assert light(ada, goal) == "green"
    ada.put(day_of(goal, "2024-03-31"), json={})
    ada.delete(day_of(goal, "2024-03-31"))
    assert light(ada, goal) == "green"


def test_a_put_by_day_obeys_idempotency_key_and_if_match(ada: httpx.Client, goal: str) -> None:
    address, key = day_of(goal), {"Idempotency-Key": "one"}
    too_early = ada.put(address, json={"actual": 5}, headers={"If-Match": "*"})
    assert (too_early.status_code, ada.get(address).status_code) == (412, 404)
    made = ada.put(address, json={"actual": 5}, headers=key)
    ada.put(address, json={"actual": 6})
    again = ada.put(address, json={"actual": 5}, headers=key)
    assert (again.status_code, again.headers["location"], again.text) == (201, address, made.text)
    assert again.headers["idempotency-replayed"] == "true"
    tag = {"If-Match": ada.get(address).headers["etag"]}
    assert [ada.put(address, json={"actual": 7}, headers=tag).status_code for _ in range(2)] == [200, 412]
    assert ada.delete(address, headers=tag).status_code == 412
    assert ada.get(address).json()["actual"] == 7


def test_two_who_put_the_same_day_at_once_leave_one_measurement(
    ada: httpx.Client, mia: httpx.Client, on: Hook, goal: str
) -> None:
    meanwhile(on, lambda: mia.put(day_of(goal), json={"actual": 1, "traffic_light": "red"}))
    second = ada.put(day_of(goal), json={"actual": 2, "traffic_light": "green"})
    assert (second.status_code, ada.get(MEASUREMENTS).json()) == (200, [second.json()])
    assert light(ada, goal) == "green"


def test_an_equal_number_in_another_form_is_stored_as_it_was_sent(ada: httpx.Client, goal: str) -> None:
    address = day_of(goal)
    for number in (5, 5.0):
        put, patched = ada.put(address, json={"actual": number}), ada.patch(goal, json={"start_value": number})
        assert f'"actual":{number},' in put.text
        assert (ada.get(address).text, ada.get(goal).text) == (put.text, patched.text)
