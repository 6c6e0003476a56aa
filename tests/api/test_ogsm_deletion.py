"""Deleting OGSM objects: what others refer to is kept, or goes with all that stands on it, and never halfway."""

from typing import Any

import httpx
import pytest

from chalicelib.domain.ogsm import deletion
from chalicelib.storage import transactions
from tests.support.failures import Hook, Outage, fail, failure_points
from tests.support.ogsm_plan import Plan, address_of
from tests.support.stored_rows import stored_rows

CASCADE = "?cascade=true"
NAMED = ("objective", "goal", "strategy", "action", "goal_measurement")  # the nouns of build_another


@pytest.fixture
def plan(ada: httpx.Client) -> Plan:
    """A plan without objects."""
    return Plan(ada)


@pytest.fixture
def small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a transaction have 9 writes, so that few objects take several."""
    monkeypatch.setattr(transactions, "MAX_WRITES", 9)
    monkeypatch.setattr(deletion, "MAX_DELETED", 4)


def build(plan: Plan) -> set[str]:
    """Create objective 1 and others below it. Return those that stay when it is deleted."""
    objective, other = plan.add("objective"), plan.add("objective")
    goal = plan.add("goal", objectives=[objective])
    part = plan.add("goal", parent=goal)
    shared_goal = plan.add("goal", objectives=[objective, other])
    strategy = plan.add("strategy", objectives=[objective])
    kpi, action = (plan.add(one, strategies=[strategy]) for one in ("kpi", "action"))
    plan.add("goal_measurement", goal=part)
    plan.add("kpi_measurement", kpi=kpi)
    plan.add("action_progress_report", action=action)
    plan.add("objective_progress_report", objective=objective)
    return {other, shared_goal, plan.add("goal_measurement", goal=shared_goal), plan.add("action"), plan.add("team")}


def test_an_object_is_deleted_with_its_reports_or_measurements(plan: Plan) -> None:
    for item in ("objective", "strategy", "action", "goal", "kpi"):
        deleted, other = plan.add(item), plan.add(item)
        kind = f"{item}_measurement" if item in ("goal", "kpi") else f"{item}_progress_report"
        days = {"at": "2024-01-31"} if item in ("goal", "kpi") else {}
        for about in (deleted, other):
            plan.add(kind, **{item: about} | days)
            plan.add(kind, **{item: about, "traffic_light": "red"})
        kept = {name for name in plan.names() if name.partition(" ")[2].startswith("2") or name == other}
        whole = plan.get(deleted)
        assert plan.delete(deleted).json() == whole
        assert plan.names() == kept
        assert plan.delete(other).status_code == 200
        assert plan.names() == set()


REFERRERS = [
    ("team", "team", "parent"),
    ("team", "ogsm_canvas", "team"),
    *(("ogsm_canvas", item, "ogsm_canvases") for item in ("objective", "goal", "strategy", "kpi", "action")),
    *(("objective", item, "objectives") for item in ("goal", "strategy")),
    *(("strategy", item, "strategies") for item in ("kpi", "action")),
    ("goal", "goal", "parent"),
    ("kpi", "kpi", "parent"),
]


@pytest.mark.parametrize(("item", "referrer", "field"), REFERRERS)
def test_an_object_that_others_refer_to_is_not_deleted_without_them(
    plan: Plan, item: str, referrer: str, field: str
) -> None:
    named = plan.add(item)
    by = plan.add(referrer, **{field: [named] if field.endswith("s") else named})
    refused = plan.delete(named)
    assert refused.status_code == 409
    assert f"because others refer to it: {words(by)}. Delete them first" in refused.json()["detail"]
    assert plan.names() == {named, by}
    whole = plan.get(named)
    assert plan.delete(named, CASCADE).json() == whole
    assert plan.names() == set()


def words(name: str) -> str:
    return name.replace("ogsm_canvas", "OGSM canvas").replace("kpi", "KPI")


def test_the_error_names_ten_of_those_that_refer_to_an_object(plan: Plan) -> None:
    strategy = plan.add("strategy")
    for _ in range(11):
        plan.add("action", strategies=[strategy])
    kpi = plan.add("kpi", strategies=[strategy])
    assert ": action 1, action 2," in (detail := plan.delete(strategy).json()["detail"])
    assert ", action 10 and 2 others. Delete them first" in detail
    plan.delete("action 11")
    plan.delete(kpi)
    assert ", action 9, action 10. Delete them first" in plan.delete(strategy).json()["detail"]


def test_all_that_stands_on_a_team_is_deleted_with_it(plan: Plan) -> None:
    team, kept = plan.add("team"), plan.add("team")
    canvas = plan.add("ogsm_canvas", team=plan.add("team", parent=team))
    objective, action = plan.add("objective", ogsm_canvases=[canvas]), plan.add("action", ogsm_canvases=[canvas])
    plan.add("kpi", strategies=[plan.add("strategy", objectives=[objective])])
    plan.add("action_progress_report", action=action)
    assert plan.delete(team, CASCADE).status_code == 200
    assert plan.names() == {kept}


def test_an_object_that_also_belongs_to_another_one_only_loses_the_reference(plan: Plan) -> None:
    staying = build(plan)
    assert plan.delete("objective 1", CASCADE).status_code == 200
    assert plan.names() == staying
    assert plan.get("goal 3")["objectives"] == [{"id": 2}]


def test_a_canvas_takes_nothing_along_that_is_on_another_canvas(plan: Plan) -> None:
    canvas, other = plan.add("ogsm_canvas"), plan.add("ogsm_canvas")
    objective = plan.add("objective", ogsm_canvases=[canvas])
    shared = plan.add("strategy", ogsm_canvases=[canvas, other], objectives=[objective])
    kpi, action = plan.add("kpi", strategies=[shared]), plan.add("action", strategies=[shared], ogsm_canvases=[canvas])
    place = plan.get(shared)["ogsm_canvases"][1]
    assert plan.delete(canvas, CASCADE).status_code == 200
    assert plan.names() == {other, shared, kpi}
    assert (plan.get(shared)["objectives"], plan.get(shared)["ogsm_canvases"]) == ([], [place])
    assert action.startswith("action")


def test_what_an_object_names_but_does_not_exist_here_counts_as_staying(plan: Plan) -> None:
    strategy = plan.add("strategy")
    action = plan.add("action", strategies=[strategy, "strategy 99"])
    assert plan.delete(strategy, CASCADE).status_code == 200
    assert plan.get(action)["strategies"] == [{"id": 99}]


def test_only_nouns_that_others_refer_to_have_the_parameter(plan: Plan) -> None:
    action, goal = plan.add("action"), plan.add("goal")
    report = plan.add("action_progress_report", action=action)
    assert [plan.delete(one, CASCADE).status_code for one in (action, report)] == [422, 422]
    part = plan.add("goal", parent=goal)
    assert [plan.delete(goal, f"?cascade={value}").status_code for value in ("maybe", "false")] == [422, 409]
    assert plan.delete(goal, "?cascade").status_code == 200
    assert plan.names() == {action, report} - {part}


def test_what_has_few_reports_goes_in_one_commit_and_without_further_reads(plan: Plan, asked: list[str]) -> None:
    action, goal = plan.add("action"), plan.add("goal")
    for number in range(48):
        plan.add("action_progress_report", action=action)
        plan.add("goal_measurement", goal=goal, at=f"2024-01-{number % 28 + 1:02}") if number < 20 else None
    report = "action_progress_report 1000001"
    for name, reads in ((report, ["GetItem"]), (action, ["GetItem", "Query"]), (goal, ["GetItem", "Query", "Query"])):
        asked.clear()
        assert plan.delete(name).status_code == 200
        authorizer, *operations = asked
        assert (authorizer, sorted(operations[:-1]), operations[-1]) == ("GetItem", reads, "TransactWriteItems")
    assert plan.names() == set()


def test_a_hundred_reports_go_in_steps(plan: Plan, asked: list[str]) -> None:
    action = plan.add("action")
    for _ in range(100):
        plan.add("action_progress_report", action=action)
    asked.clear()
    whole = plan.get(action)
    answer = plan.delete(action, headers={"Idempotency-Key": "one"})
    assert answer.json() == whole
    assert asked.count("TransactWriteItems") == 5, "it marks the action, deletes 49 + 49 + 2 reports, and the action"
    assert plan.names() == set()
    again = plan.delete(action, headers={"Idempotency-Key": "one"})
    assert (again.json(), again.headers["idempotency-replayed"]) == (whole, "true")


@pytest.mark.usefixtures("small_transactions")
@pytest.mark.parametrize("lost", [False, pytest.param(True, marks=pytest.mark.nightly)])
def test_a_deletion_in_steps_that_is_cut_off_hides_everything_and_is_finished_by_repeating_it(
    plan: Plan, on: Hook, lost: bool
) -> None:
    outage = Outage(on, lost)
    plan.client.get("/api/me")  # records the first use of the credential today, so that it is no part of the deletion
    for after in failure_points():
        root, going = build_another(plan)
        whole, before = plan.get(root), plan.names(*NAMED)
        outage.begins(after)
        first = plan.delete(root, CASCADE)
        outage.ends()
        if not outage.struck:
            assert (first.json(), after > 9) == (whole, True), "it takes several commits"
            return
        require_all_or_nothing(plan, root, going, before)
        again = plan.delete(root, CASCADE)
        assert again.json() == whole or (lost and again.status_code == 404)
        assert plan.names(*NAMED) == before - going
        assert not [row for row in stored_rows() if "deleted_with" in row]
    raise AssertionError("It never ends.")


def build_another(plan: Plan) -> tuple[str, set[str]]:
    """Create an objective with others below it. Return it, and all that goes with it: one goal does not."""
    objective, other = plan.add("objective"), plan.add("objective")
    goal = plan.add("goal", objectives=[objective])
    plan.add("goal", objectives=[objective, other])
    strategy = plan.add("strategy", objectives=[objective])
    action = plan.add("action", strategies=[strategy])
    measurements = {plan.add("goal_measurement", goal=goal, at=f"2024-01-0{day}") for day in range(1, 6)}
    return objective, {objective, goal, strategy, action, *measurements}


def require_all_or_nothing(plan: Plan, root: str, going: set[str], before: set[str]) -> None:
    """Check that all objects that go are hidden, or none. Their measurements go in steps."""
    if plan.client.get(address_of(root)).status_code == 200:
        assert plan.names(*NAMED) == before
        return
    items = {name for name in going if "measurement" not in name}
    assert not items & plan.names(*NAMED)
    for name in items:
        assert plan.client.get(address_of(name)).status_code == 404
        assert plan.update(name, title="y").status_code == 404
        assert name == root or plan.delete(name).status_code == 404
    require_left_out(plan, items)


def require_left_out(plan: Plan, items: set[str]) -> None:
    """Check that hidden objects are in no list, sorted, filtered or as CSV, and that hidden goals are not measured."""
    for noun in ("objectives", "goals", "strategies", "actions"):
        path = f"/api/v2/{noun}"
        shown = plan.client.get(f"{path}.json").json()
        assert len(plan.client.get(f"{path}.csv").text.splitlines()) == len(shown) + 1
        assert len(plan.client.get(f"{path}.json?sort=title&q=x").json()) == len(shown)
        assert len(plan.client.get(f"{path}.json?limit=250").json()) == len(shown)
    [goal] = [name for name in items if name.startswith("goal")]
    day = f"{address_of(goal).removesuffix('.json')}/measurements/2024-01-01.json"
    assert plan.client.get(day).status_code == plan.client.put(day, json={"actual": 1}).status_code == 404


def let_through(on: Hook, commits: int) -> list[int]:
    """Let only so many more commits through. The list that is returned has the number that is left, to be set again."""
    left = [commits]

    def fail_later(model: Any, **_: Any) -> Any:
        is_commit = model.name in ("TransactWriteItems", "PutItem", "DeleteItem")
        left[0] -= is_commit
        return fail() if is_commit and left[0] < 0 else None

    on("before-call.dynamodb", fail_later)
    return left


@pytest.mark.usefixtures("small_transactions")
def test_what_does_not_fit_into_one_transaction_is_hidden_from_the_top_down(plan: Plan, on: Hook) -> None:
    objective = plan.add("objective")
    strategies = [plan.add("strategy", objectives=[objective]) for _ in range(8)]
    actions = [plan.add("action", strategies=[one]) for one in strategies]
    left = let_through(on, 1)
    assert plan.delete(objective, CASCADE).status_code == 503
    assert plan.names() == set(actions)
    left[0] = 99
    assert plan.delete(objective, CASCADE).status_code == 200
    assert plan.names() == set()


@pytest.mark.usefixtures("small_transactions")
def test_hidden_objects_are_not_named_in_errors_and_not_changed_by_reports(plan: Plan, on: Hook) -> None:
    canvas, strategy = plan.add("ogsm_canvas"), plan.add("strategy")
    action = plan.add("action", strategies=[strategy], ogsm_canvases=[canvas])
    for _ in range(5):
        plan.add("action_progress_report", action=action)
    left = let_through(on, 1)
    assert plan.delete(strategy, CASCADE).status_code == 503
    left[0] = 99
    plan.add("action_progress_report", action=action, traffic_light="red")
    assert [row["doc"]["S"] for row in stored_rows("action") if '"traffic_light":null' not in row["doc"]["S"]] == []
    assert plan.delete(canvas).status_code == 200
    assert plan.delete(strategy, CASCADE).status_code == 200
    assert plan.names() == set(), "the new report has gone as well"


def begin_deletion(plan: Plan, on: Hook, name: str) -> None:
    """Let a deletion in steps fail after its first commit, which hides what goes."""
    left = let_through(on, 1)
    assert plan.delete(name, CASCADE).status_code == 503
    left[0] = 99


@pytest.mark.usefixtures("small_transactions")
def test_a_hidden_goal_is_in_no_plan_review_series_or_page_and_above_no_other_goal(plan: Plan, on: Hook) -> None:
    canvas = plan.add("ogsm_canvas")
    total = plan.add("goal", ogsm_canvases=[canvas])
    part = plan.add("goal", title="Hidden", ogsm_canvases=[canvas], parent=total)
    for day in range(1, 6):
        plan.add("goal_measurement", goal=part, at=f"2024-01-0{day}", actual=day)
    whole = what_is_shown(plan)
    assert (whole[:3], whole[3]["actual"]) == ((2, 2, True), 5)
    begin_deletion(plan, on, part)
    assert what_is_shown(plan) == (1, 1, False, None)
    assert plan.client.get("/api/v2/goals/2/series.json").status_code == 404
    assert plan.update(total, parent=part).status_code == 200, "a parent that does not exist closes no circle"
    assert plan.delete(part).status_code == 200
    assert what_is_shown(plan) == (1, 1, False, None)


def what_is_shown(plan: Plan) -> tuple[Any, ...]:
    """Return how many goals the plan and the review have, whether goal 1 is computed, and its newest values."""
    paths = ("ogsm_canvases/1/plan", "ogsm_canvases/1/review", "goals/1/series")
    shown, review, series = (plan.client.get(f"/api/v2/{path}.json").json() for path in paths)
    goals = shown["goals"]
    assert ("Hidden" in plan.client.get("/ogsm/1").text) == (len(goals) == 2)
    return len(goals), review["goals"]["count"], series["computed"], goals[0]["latest"]


@pytest.mark.usefixtures("small_transactions")
def test_a_hidden_team_is_on_no_page(plan: Plan, on: Hook) -> None:
    team = plan.add("team", name="Hidden")
    for _ in range(4):
        plan.add("team", parent=team)
    begin_deletion(plan, on, team)
    plan.add("ogsm_canvas", name="Shown", team=team)
    pages = [plan.client.get(path).text for path in ("/ogsm", "/ogsm/1")]
    assert [("Shown" in page, "Hidden" in page) for page in pages] == [(True, False)] * 2
    assert plan.client.get("/api/v2/teams/1/review.json").status_code == 404


@pytest.mark.usefixtures("small_transactions")
def test_if_match_describes_the_object_before_the_deletion_has_begun(plan: Plan, on: Hook) -> None:
    goal = plan.add("goal")
    for day in range(1, 6):
        plan.add("goal_measurement", goal=goal, at=f"2024-01-0{day}")
    tag = {"If-Match": plan.client.get(address_of(goal)).headers["etag"]}
    assert plan.delete(goal, headers={"If-Match": '"other"'}).status_code == 412
    left = let_through(on, 2)
    assert plan.delete(goal, headers=tag).status_code == 503
    left[0] = 99
    assert plan.delete(goal, headers=tag).status_code == 200


@pytest.mark.usefixtures("small_transactions")
def test_a_repeated_deletion_without_cascade_takes_along_what_the_first_one_did(plan: Plan, on: Hook) -> None:
    goal = plan.add("goal")
    for day in range(1, 6):
        plan.add("goal_measurement", goal=goal, at=f"2024-01-0{day}")
    left = let_through(on, 1)
    assert plan.delete(goal).status_code == 503
    left[0] = 99
    part = plan.add("goal", parent=goal)
    assert plan.delete(goal).status_code == 200
    assert plan.names() == {part}


@pytest.mark.usefixtures("small_transactions")
def test_a_deletion_takes_along_what_another_one_has_hidden_meanwhile(plan: Plan, on: Hook) -> None:
    strategy = plan.add("strategy")
    for _ in range(5):
        plan.add("kpi", strategies=[strategy])
    commits: list[str] = []

    def delete_too(model: Any, **_: Any) -> Any:
        if model.name not in ("TransactWriteItems", "PutItem"):
            return None
        commits.append("one of either deletion")
        number = len(commits)
        if number == 2:
            plan.add("kpi", strategies=[strategy])
            assert plan.delete(strategy, CASCADE).status_code == 503
        return fail() if number == 5 else None  # 3 adds the KPI, and 4 hides it

    on("before-call.dynamodb", delete_too)
    assert plan.delete(strategy, CASCADE).status_code == 200
    assert (plan.names(), stored_rows("kpi", "strategy")) == (set(), [])


@pytest.mark.parametrize("reported", [{}, {"traffic_light": "red"}])
def test_what_is_added_while_an_object_is_deleted(plan: Plan, on: Hook, reported: dict[str, object]) -> None:
    strategy = plan.add("strategy")
    plan.add("kpi", strategies=[strategy])
    added: list[str] = []

    def add(**_: Any) -> None:
        if not added:
            added.append("in this moment")
            added.append(plan.add("kpi", strategies=[strategy]))
            added.append(plan.add("strategy_progress_report", strategy=strategy, **reported))

    on("before-call.dynamodb.TransactWriteItems", add)
    assert plan.delete(strategy, CASCADE).status_code == 200
    _, kpi, report = added
    # A report that changes the strategy lets the deletion begin again. The others are like those that are added later.
    assert plan.names() == (set() if reported else {kpi, report})
    if not reported:
        assert plan.get(kpi)["strategies"] == [{"id": 1}]
        assert plan.delete(report).status_code == 200
