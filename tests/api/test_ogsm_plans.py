"""The plan of a canvas, and the reviews of canvases and teams, over HTTP."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from infra.testing.request_cases import GET_ITEM, QUERY
from tests.support.clock import Clock

Json = dict[str, Any]
Create = Callable[..., Json]

PLAN, REVIEW = "/api/v2/ogsm_canvases/1/plan.json", "/api/v2/ogsm_canvases/1/review.json"
TEAM_REVIEW = "/api/v2/teams/1/review.json"
ITEMS = ("objectives", "goals", "strategies", "kpis", "actions")
NAMES = {"teams": "name", "ogsm_canvases": "name"} | dict.fromkeys(ITEMS, "title")
ON_CANVAS: Json = {"ogsm_canvases": [{"id": 1}]}
BELOW: Json = {"strategies": [{"id": 1}]}


@pytest.fixture
def create(ada: httpx.Client) -> Create:
    """A function that creates an object of a noun and returns it."""

    def post(noun: str, **fields: object) -> Json:
        name: Json = {NAMES[noun]: "x"} if noun in NAMES else {}
        made = ada.post(f"/api/v2/{noun}.json", json=name | fields)
        assert made.status_code == 201, made.text
        document: Json = made.json()
        return document

    return post


@pytest.fixture
def canvas(create: Create) -> Json:
    """Canvas 1, which is that of team 1."""
    create("teams")
    return create("ogsm_canvases", name="Sales", team={"id": 1})


def get(client: httpx.Client, address: str) -> Json:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    document: Json = answer.json()
    return document


def ids(items: list[Json]) -> list[int]:
    return [one["id"] for one in items]


def at(row_order: int) -> Json:
    """Return the field of an item on canvas 1, and on canvas 2 in the opposite order."""
    return {"ogsm_canvases": [{"id": 2, "row_order": -row_order}, {"id": 1, "row_order": row_order}]}


def test_a_plan_has_everything_on_the_canvas(ada: httpx.Client, create: Create, canvas: Json) -> None:
    objective, goal, strategy = (create(noun, **ON_CANVAS) for noun in ("objectives", "goals", "strategies"))
    kpi, action = (create(noun, **ON_CANVAS, **BELOW) for noun in ("kpis", "actions"))
    assert get(ada, PLAN) == {
        "canvas": canvas,
        "objectives": [objective],
        "goals": [goal | {"latest": None}],
        "strategies": [strategy | {"kpis": [kpi | {"latest": None}], "actions": [action]}],
        "kpis": [],
        "actions": [],
    }


def test_a_plan_of_an_empty_canvas_has_empty_arrays(ada: httpx.Client, canvas: Json) -> None:
    assert get(ada, PLAN) == {"canvas": canvas, **{noun: [] for noun in ITEMS}}


@pytest.mark.parametrize("noun", ITEMS)
def test_items_are_in_the_order_of_the_canvas(ada: httpx.Client, create: Create, canvas: Json, noun: str) -> None:
    for row_order in (3, 1, 2, 1):
        create(noun, **at(row_order))
    assert ids(get(ada, PLAN)[noun]) == [2, 4, 3, 1]


@pytest.mark.parametrize("noun", ["kpis", "actions"])
def test_items_below_a_strategy_are_in_the_order_of_the_canvas(
    ada: httpx.Client, create: Create, canvas: Json, noun: str
) -> None:
    create("strategies", **ON_CANVAS)
    for row_order in (3, 1, 2):
        create(noun, **at(row_order), **BELOW)
    assert ids(get(ada, PLAN)["strategies"][0][noun]) == [2, 3, 1]


@pytest.mark.parametrize("noun", ["kpis", "actions"])
def test_an_item_stands_below_each_of_its_strategies(
    ada: httpx.Client, create: Create, canvas: Json, noun: str
) -> None:
    for _ in range(3):
        create("strategies", **ON_CANVAS)
    create(noun, **ON_CANVAS, strategies=[{"id": 3}, {"id": 1}, {"id": 1}, {"id": 9}])
    plan = get(ada, PLAN)
    assert [ids(strategy[noun]) for strategy in plan["strategies"]] == [[1], [], [1]]
    assert plan[noun] == []


@pytest.mark.parametrize("noun", ["kpis", "actions"])
def test_items_whose_strategies_are_not_on_the_canvas_stand_apart(
    ada: httpx.Client, create: Create, canvas: Json, noun: str
) -> None:
    create("strategies", ogsm_canvases=[{"id": 2}])
    create(noun, **ON_CANVAS, **BELOW)
    create(noun, **ON_CANVAS)
    plan = get(ada, PLAN)
    assert (plan["strategies"], ids(plan[noun])) == ([], [1, 2])


@pytest.mark.parametrize("noun", ["kpis", "actions"])
def test_an_item_of_other_canvases_only_is_not_shown_with_its_strategy(
    ada: httpx.Client, create: Create, canvas: Json, noun: str
) -> None:
    create("strategies", **ON_CANVAS)
    create(noun, **BELOW, ogsm_canvases=[{"id": 2}])
    plan = get(ada, PLAN)
    assert (plan["strategies"][0][noun], plan[noun]) == ([], [])


@pytest.mark.parametrize("noun", ["kpis", "actions"])
def test_an_item_of_no_canvas_is_shown_last_with_its_strategy(
    ada: httpx.Client, create: Create, canvas: Json, noun: str
) -> None:
    create("strategies", **ON_CANVAS)
    create(noun, **BELOW)
    create(noun, **ON_CANVAS, **BELOW)
    create(noun)
    plan = get(ada, PLAN)
    assert (ids(plan["strategies"][0][noun]), plan[noun]) == ([2, 1], [])


def test_archived_items_are_shown_on_request_only(ada: httpx.Client, create: Create, canvas: Json) -> None:
    create("strategies", **ON_CANVAS, archived=True)
    create("goals", **ON_CANVAS, archived=True)
    create("kpis", **BELOW)
    create("actions", **ON_CANVAS, **BELOW)
    plan, whole = get(ada, PLAN), get(ada, f"{PLAN}?include_archived=true")
    assert (plan["goals"], plan["strategies"], plan["kpis"], ids(plan["actions"])) == ([], [], [], [1])
    [strategy] = whole["strategies"]
    assert (ids(whole["goals"]), ids(strategy["kpis"]), ids(strategy["actions"])) == ([1], [1], [1])
    assert whole["actions"] == []


@pytest.mark.parametrize(("noun", "field"), [("goals", "goal"), ("kpis", "kpi")])
def test_latest_is_the_measurement_of_the_newest_day(
    ada: httpx.Client, create: Create, canvas: Json, noun: str, field: str
) -> None:
    create(noun, **ON_CANVAS)
    days = ["2024-09-30", "2024-10-01", "2023-12-31"]
    made = [create(f"{field}_measurements", **{field: {"id": 1}, "at": day}) for day in days]
    assert get(ada, PLAN)[noun][0]["latest"] == made[1]


@pytest.mark.parametrize("address", [PLAN, REVIEW, TEAM_REVIEW])
def test_an_unknown_canvas_or_team_is_not_found(ada: httpx.Client, create: Create, address: str) -> None:
    create("objectives", **ON_CANVAS)
    answer = ada.get(address)
    assert answer.status_code == 404
    assert answer.json()["detail"] == f"There is no {'team' if address == TEAM_REVIEW else 'OGSM canvas'} 1."


@pytest.mark.parametrize("address", [PLAN, REVIEW, TEAM_REVIEW])
def test_plans_and_reviews_need_one_query(
    ada: httpx.Client, create: Create, canvas: Json, asked: list[str], address: str
) -> None:
    for noun in ITEMS:
        create(noun, **ON_CANVAS)
    asked.clear()
    get(ada, address)
    assert asked == [GET_ITEM, QUERY]


def test_a_plan_needs_one_query_for_each_megabyte(
    ada: httpx.Client, create: Create, canvas: Json, asked: list[str]
) -> None:
    for _ in range(6):
        create("actions", description="x" * 380_000)
    asked.clear()
    get(ada, PLAN)
    assert asked == [GET_ITEM, QUERY, QUERY, QUERY]


@pytest.mark.parametrize("address", [PLAN, REVIEW, TEAM_REVIEW])
def test_plans_and_reviews_have_a_tag_that_changes_with_them(
    ada: httpx.Client, create: Create, canvas: Json, address: str
) -> None:
    create("actions", **ON_CANVAS)
    first = ada.get(address).headers["etag"]
    assert ada.get(address, headers={"If-None-Match": first}).status_code == 304
    create("actions", **ON_CANVAS)
    assert ada.get(address, headers={"If-None-Match": first}).status_code == 200


@pytest.mark.parametrize(
    ("address", "fields"),
    [(PLAN, ["canvas", "goals"]), (REVIEW, ["at", "actions"]), (TEAM_REVIEW, ["ogsm_canvases", "kpis"])],
)
def test_fields_selects_parts(ada: httpx.Client, canvas: Json, address: str, fields: list[str]) -> None:
    whole, part = get(ada, address), get(ada, f"{address}?fields={','.join(fields)}")
    assert part == {name: whole[name] for name in fields}
    assert ada.get(f"{address}?fields=title").status_code == 422


def test_a_plan_that_does_not_fit_into_an_answer_can_be_read_in_parts(
    ada: httpx.Client, create: Create, canvas: Json
) -> None:
    for _ in range(20):
        create("strategies", **ON_CANVAS)
    strategies = [{"id": number} for number in range(1, 21)]
    action = create("actions", **ON_CANVAS, strategies=strategies, description="x" * 380_000)
    answer = ada.get(PLAN)
    assert answer.status_code == 413
    assert answer.json()["detail"].startswith("The answer would be larger than 6,000,000 bytes. Use `fields`")
    assert get(ada, f"{PLAN}?fields=canvas,objectives") == {"canvas": canvas, "objectives": []}
    ada.patch(f"/api/v2/actions/{action['id']}.json", json={"strategies": strategies[:15]})
    assert len(ada.get(PLAN).content) > 5_700_000


def test_a_review_counts_items_and_names_those_that_need_attention(
    ada: httpx.Client, create: Create, canvas: Json, clock: Clock
) -> None:
    ann: Json = {"assignee": {"name": "Ann"}}
    create("actions", **ON_CANVAS, **ann, title="Late", start="2027-01-29", progress=10, traffic_light="red")
    create("actions", **ON_CANVAS, **ann, title="Starts today", start="2027-01-30", due="2027-01-30")
    create("actions", **ON_CANVAS, title="Overdue", start="2026-01-01", due="2027-01-29", status="doing", progress=55)
    create("actions", **ON_CANVAS, title="Done", start="2026-01-01", due="2027-01-29", status="done", progress=100)
    create("actions", **ON_CANVAS, title="Archived", due="2027-01-29", archived=True)
    create("actions", ogsm_canvases=[{"id": 2}], title="Elsewhere", due="2027-01-29")
    create("action_progress_reports", action={"id": 2}, at="2026-12-31")
    create("action_progress_reports", action={"id": 3}, at="2026-12-30")
    review = get(ada, REVIEW)
    late, overdue = {"id": 1, "title": "Late"}, {"id": 3, "title": "Overdue"}
    of_ann, of_nobody = review["actions"].pop("by_owner")
    assert (review["at"], review["ogsm_canvases"]) == ("2027-01-30", [{"id": 1, "name": "Sales"}])
    assert review["actions"] == {
        "count": 4,
        "traffic_light": {"green": 0, "orange": 0, "red": 1, "none": 3},
        "status": {"icebox": 0, "to do": 2, "doing": 1, "done": 1},
        "average_progress": 41.2,
        "late_to_start": [late],
        "overdue": [overdue],
        "without_report": [late, overdue],
    }
    assert (of_ann["assignee"], of_ann["count"], of_ann["average_progress"]) == ({"name": "Ann"}, 2, 5)
    assert (of_ann["late_to_start"], of_ann["overdue"], of_ann["without_report"]) == ([late], [], [late])
    assert (of_nobody["assignee"], of_nobody["count"], of_nobody["overdue"]) == (None, 2, [overdue])


@pytest.mark.parametrize(
    ("measurement", "is_measured"),
    [
        ({"at": "2026-11-01", "actual": 0}, True),
        ({"at": "2026-10-31", "actual": 0}, False),
        ({"at": "2026-11-01", "traffic_light": "green"}, True),
        ({"at": "2027-12-31", "target": 5}, False),
    ],
)
def test_a_goal_needs_a_measurement_of_90_days_that_is_more_than_a_target(
    ada: httpx.Client, create: Create, canvas: Json, clock: Clock, measurement: Json, is_measured: bool
) -> None:
    create("goals", **ON_CANVAS)
    create("goal_measurements", goal={"id": 1}, **measurement)
    assert ids(get(ada, REVIEW)["goals"]["without_report"]) == ([] if is_measured else [1])


def test_the_review_of_a_team_has_the_canvases_of_its_subordinate_teams(
    ada: httpx.Client, create: Create, canvas: Json
) -> None:
    create("teams", name="Below", parent={"id": 1})
    create("teams", name="Further below", parent={"id": 2})
    create("teams", name="Beside")
    for team in (3, 4, 1):
        create("ogsm_canvases", team={"id": team}, archived=team == 1)
    create("goals", ogsm_canvases=[{"id": 1}, {"id": 2}])
    create("goals", ogsm_canvases=[{"id": 2}, {"id": 3}])
    create("goals", ogsm_canvases=[{"id": 3}, {"id": 4}])
    review = get(ada, TEAM_REVIEW)
    assert ids(review["ogsm_canvases"]) == [1, 2]
    assert (review["goals"]["count"], ids(review["goals"]["without_report"])) == (2, [1, 2])
    assert get(ada, "/api/v2/teams/3/review.json")["goals"]["count"] == 2
