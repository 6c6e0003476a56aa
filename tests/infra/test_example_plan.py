"""docs/examples: the script enters the plan through the API, and the demo account has the same plan."""

from datetime import date
from typing import Any

import httpx
import pytest

from docs.examples.plan_file import FILE, day_of_month, read_plan, to_measurements
from infra import demo
from tests.support import counts, example_plan

Json = dict[str, Any]
MEASUREMENTS = counts.choose(quick=2, full=104)  # of each goal and KPI


def count(client: httpx.Client, noun: str) -> int:
    return len(client.get(f"/api/v2/{noun}.json").json())


def test_the_plan_has_the_size_that_the_script_promises() -> None:
    plan = read_plan()
    sizes = {noun: len(items) for noun, items in plan.items() if not noun.endswith("_reports")}
    assert sizes == {
        "teams": 5,
        "ogsm_canvases": 3,
        "objectives": 5,
        "goals": 12,
        "strategies": 20,
        "kpis": 30,
        "actions": 120,
    }
    assert sum(len(item["actuals"]) for item in (*plan["goals"], *plan["kpis"])) == 2_000
    assert max(map(len, FILE.read_text().splitlines())) < 1_500, "an object is one line that people can read"


@pytest.mark.slow
@pytest.mark.nightly
def test_the_script_enters_everything_and_a_second_run_creates_nothing(
    url: str, acme: Json, ada: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = example_plan.enter(url, acme, MEASUREMENTS)
    assert "actions: 120 of 120 created" in capsys.readouterr().out
    numbers = {noun: count(ada, noun) for noun in plan}
    assert numbers == {noun: len(items) for noun, items in plan.items()}
    measured = {noun: sum(len(item["actuals"]) for item in plan[noun]) for noun in ("goals", "kpis")}
    assert [count(ada, f"{noun}_measurements") for noun in ("goal", "kpi")] == [measured["goals"], measured["kpis"]]
    example_plan.enter(url, acme, 1)
    assert "actions: 0 of 120 created" in capsys.readouterr().out
    assert {noun: count(ada, noun) for noun in plan} == numbers


@pytest.mark.slow
def test_the_entered_plan_is_read_back_as_one_canvas(url: str, acme: Json, ada: httpx.Client) -> None:
    plan = example_plan.enter(url, acme, 1)
    canvas = ada.get("/api/v2/ogsm_canvases.json").json()[0]
    read = ada.get(f"/api/v2/ogsm_canvases/{canvas['id']}/plan.json").json()
    on_canvas = {
        noun: [one for one in plan[noun] if canvas["name"] in one["ogsm_canvases"]]
        for noun in ("objectives", "goals", "strategies", "actions")
    }
    for noun in ("objectives", "goals", "strategies"):
        found = [(one["title"], one["traffic_light"]) for one in read[noun]]
        assert found == [(one["title"], one["traffic_light"]) for one in on_canvas[noun]]
    assert [goal["latest"]["actual"] for goal in read["goals"]] == [goal["actuals"][-1] for goal in on_canvas["goals"]]
    actions = {one["title"]: one["progress"] for strategy in read["strategies"] for one in strategy["actions"]}
    assert actions == {one["title"]: one["progress"] for one in on_canvas["actions"]}


def test_measurements_end_before_today_and_lie_on_different_days() -> None:
    for item in (*read_plan()["goals"], *read_plan()["kpis"]):
        for today in (date(2024, 2, 29), date(2027, 1, 1)):
            days = [day for day, _ in to_measurements(item, today)]
            assert days == sorted(set(days))
            assert days[-1] <= today.isoformat()


@pytest.mark.parametrize(
    ("months", "first", "last"), [(0, "2024-02-01", "2024-02-29"), (-14, "2022-12-01", "2022-12-31")]
)
def test_months_are_counted_across_years(months: int, first: str, last: str) -> None:
    today = date(2024, 2, 10)
    assert day_of_month(today, months, is_last=False) == first
    assert day_of_month(today, months, is_last=True) == last


@pytest.mark.slow
def test_the_demo_account_has_the_plan_besides_the_documented_examples(url: str) -> None:
    credential = demo.create_demo_account()[0]
    with httpx.Client(base_url=url, auth=(credential["key"], credential["secret"])) as client:
        canvases = {one["name"]: one["id"] for one in client.get("/api/v2/ogsm_canvases.json").json()}
        assert set(canvases) == {"Sales 2024", "Company plan", "Sales and service plan", "Operations plan"}
        plan = client.get(f"/api/v2/ogsm_canvases/{canvases['Company plan']}/plan.json").json()
        orders = [one["ogsm_canvases"][0]["row_order"] for one in plan["strategies"]]
        assert orders == sorted(orders)
        new = {"title": "New", "ogsm_canvases": [{"id": canvases["Company plan"]}]}
        created = client.post("/api/v2/strategies.json", json=new).json()
    assert created["ogsm_canvases"][0]["row_order"] > orders[-1]
    assert all(len(strategy["actions"]) == 6 for strategy in plan["strategies"])
