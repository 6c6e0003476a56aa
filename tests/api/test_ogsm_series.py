"""The series of goals and KPIs over HTTP. tests/domain/test_rollup.py tests how they are computed."""

from typing import Any

import httpx
import pytest

from chalicelib.http import paging
from infra.testing.documents import example
from infra.testing.request_cases import GET_ITEM, QUERY
from tests.support import stored_ogsm

Json = dict[str, Any]

GOALS, KPIS = "/api/v2/goals.json", "/api/v2/kpis.json"


def series_of(client: httpx.Client, goal: int) -> Json:
    answer = client.get(f"/api/v2/goals/{goal}/series.json")
    assert answer.status_code == 200, answer.text
    document: Json = answer.json()
    return document


def create(client: httpx.Client, **fields: object) -> int:
    """Create a goal and return its id."""
    made = client.post(GOALS, json={"title": "x"} | fields)
    assert made.status_code == 201, made.text
    return int(made.json()["id"])


def measure(client: httpx.Client, goal: int, day: str, actual: float, every: str = GOALS) -> None:
    address = f"{every.removesuffix('.json')}/{goal}/measurements/{day}.json"
    assert client.put(address, json={"actual": actual}).is_success


@pytest.mark.parametrize("every", [GOALS, KPIS])
def test_the_series_of_the_documentation(ada: httpx.Client, every: str) -> None:
    item = example(f"sent_{'goal' if every == GOALS else 'kpi'}") | {"target_unit": "%", "start_value": 62.5}
    made = ada.post(every, json=item)
    here = made.headers["location"].removesuffix(".json")
    expected = example("series")
    for point in expected["points"]:
        sent = {name: point[name] for name in ("target", "actual")}
        assert ada.put(f"{here}/measurements/{point['at']}.json", json=sent).status_code == 201
    ada.put(f"{here}/measurements/2024-07-01.json", json={"traffic_light": "green"})
    answer = ada.get(f"{here}/series.json")
    assert (answer.status_code, answer.json()) == (200, expected)
    assert list(answer.json()) == list(expected)
    assert ada.get(f"{here}/series").text == answer.text
    again = ada.get(f"{here}/series.json", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_values_of_a_goal_with_children_are_computed(ada: httpx.Client) -> None:
    whole = create(ada, target_unit="EUR")
    north, south = (create(ada, parent={"id": whole}) for _ in range(2))
    for goal, day, actual in ((whole, "2026-01-01", 9), (north, "2026-01-31", 0.1), (south, "2026-02-28", 0.2)):
        measure(ada, goal, day, actual)
    empty = {"target_unit": "EUR", "start_value": None, "computed": True}
    assert series_of(ada, whole) == empty | {
        "points": [
            {"at": "2026-01-31", "target": None, "actual": 0.1},
            {"at": "2026-02-28", "target": None, "actual": 0.3},
        ],
        "quarters": [{"quarter": "2026-Q1", "target": None, "actual": 0.3}],
        "years": [{"year": 2026, "target": None, "actual": 0.3}],
    }
    assert series_of(ada, north)["computed"] is False


def test_archived_children_count_and_deleted_ones_do_not(ada: httpx.Client) -> None:
    whole = create(ada)
    child = create(ada, parent={"id": whole}, archived=True)
    measure(ada, child, "2026-01-31", 5)
    measure(ada, whole, "2026-01-31", 9)
    assert [one["actual"] for one in series_of(ada, whole)["points"]] == [5]
    assert ada.delete(f"/api/v2/goals/{child}.json").status_code == 200
    assert [one["actual"] for one in series_of(ada, whole)["points"]] == [9]


def test_a_kpi_is_not_computed_from_goals(ada: httpx.Client) -> None:
    assert ada.post(KPIS, json={"title": "x"}).json()["id"] == 1
    measure(ada, 1, "2026-01-31", 5, KPIS)
    measure(ada, create(ada, parent={"id": create(ada)}), "2026-01-31", 7)
    found = ada.get("/api/v2/kpis/1/series.json").json()
    assert (found["computed"], [one["actual"] for one in found["points"]]) == (False, [5])


def test_a_goal_that_does_not_exist_has_no_series(ada: httpx.Client, stranger: httpx.Client) -> None:
    goal = create(ada)
    missing = ada.get(f"/api/v2/goals/{goal + 1}/series.json")
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is no goal 2.")
    assert stranger.get(f"/api/v2/goals/{goal}/series.json").status_code == 404
    assert ada.get(f"/api/v2/goals/{goal}/series.json?fields=points").status_code == 422


def test_a_cycle_of_older_data_is_answered(ada: httpx.Client) -> None:
    for goal, parent in ((1, 2), (2, 1)):
        stored_ogsm.store("goals", stored_ogsm.build("goals", goal, title="x", parent={"id": parent}))
    measure(ada, 1, "2026-01-31", 5)
    assert [one["actual"] for one in series_of(ada, 1)["points"]] == [5]
    assert series_of(ada, 2)["points"] == []


def test_a_thousand_sub_goals_take_one_query_for_each_megabyte(ada: httpx.Client, asked: list[str]) -> None:
    whole = {"id": create(ada)}
    children = [stored_ogsm.build("goals", goal, title="x", parent=whole) for goal in range(2, 1_002)]
    stored_ogsm.store("goals", *children)
    measurements = [stored_ogsm.measurement("goal", goal, "2026-01-31", actual=0.1) for goal in range(2, 1_002)]
    stored_ogsm.store("goal_measurements", *measurements)
    asked.clear()
    assert [one["actual"] for one in series_of(ada, 1)["points"]] == [100]
    assert asked == [GET_ITEM, QUERY]
    large = [stored_ogsm.measurement("goal", 1, f"2026-0{one}-01", description="x" * 380_000) for one in range(1, 6)]
    stored_ogsm.store("goal_measurements", *large)
    asked.clear()
    assert [one["actual"] for one in series_of(ada, 1)["points"]] == [100]
    assert asked == [GET_ITEM, *[QUERY] * 3]


def test_a_series_that_does_not_fit_into_an_answer_is_refused(
    ada: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal = create(ada)
    measure(ada, goal, "2026-01-31", 5)
    monkeypatch.setattr(paging, "MAX_ANSWER_BYTES", 100)
    answer = ada.get(f"/api/v2/goals/{goal}/series.json")
    assert answer.status_code == 413
    assert answer.json()["detail"].endswith("Read the list of measurements, which has pages.")
