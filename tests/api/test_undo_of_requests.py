"""Undo all that one request has done: at once or in steps, and nothing at all if a part of it cannot be undone."""

from typing import Any

import pytest

from chalicelib.domain.changes import net_changes
from chalicelib.storage import transactions
from infra.testing.nouns.items import store_items
from infra.testing.world import World, create_item, create_workspace
from tests.support.change_stream import ChangeStream
from tests.support.failures import Hook
from tests.support.ogsm_plan import Plan
from tests.support.undo import History, explain, read

FEW_WRITES = 9  # of one transaction, so that few objects need several


@pytest.fixture
def history(world: World, stream: ChangeStream) -> History:
    return History(world, stream)


@pytest.fixture
def plan(world: World) -> Plan:
    """A plan without objects."""
    return Plan(world.owner)


def whole_plan(plan: Plan) -> list[Any]:
    """Return all objects of the plan."""
    nouns = ("objectives", "strategies", "goals", "kpis", "actions", "objective_progress_reports", "goal_measurements")
    return read(plan.client, *(f"/api/v2/{noun}.json" for noun in nouns))


def add_hierarchy(plan: Plan) -> str:
    """Add an objective with all that refers to it, and return its name."""
    objective, other = plan.add("objective"), plan.add("objective")
    strategy = plan.add("strategy", objectives=[objective])
    plan.add("strategy", objectives=[objective, other])
    goal = plan.add("goal", objectives=[objective])
    plan.add("kpi", strategies=[strategy])
    plan.add("action", strategies=[strategy])
    for number in range(2):
        day = f"2024-01-0{number + 1}"
        plan.add("goal_measurement", goal=goal, at=day, actual=number)
        plan.add("objective_progress_report", objective=objective, traffic_light="green", at=day)
    return objective


def test_an_objective_comes_back_with_all_that_was_deleted_with_it_and_goes_again(history: History, plan: Plan) -> None:
    objective = add_hierarchy(plan)
    before = whole_plan(plan)
    deletion = plan.delete(objective, "?cascade=true")
    after = whole_plan(plan)
    undo = history.undo_request(deletion)
    assert undo.status_code == 200, undo.text
    assert len(undo.json()["undone"]) == 10  # nine objects are gone, and one strategy has lost a reference
    assert whole_plan(plan) == before
    again = history.undo_request(undo)
    assert again.status_code == 200, again.text
    assert whole_plan(plan) == after


def test_a_large_deletion_is_undone_in_steps_and_a_repeated_request_continues(
    history: History, plan: Plan, on: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    objective = add_hierarchy(plan)
    before = whole_plan(plan)
    deletion = plan.delete(objective, "?cascade=true")
    assert deletion.status_code == 200
    commits: list[str] = []

    def break_off(model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems":
            commits.append(model.name)
            if len(commits) == 2:
                raise RuntimeError

    history.stream.catch_up()
    monkeypatch.setattr(transactions, "MAX_WRITES", FEW_WRITES)
    on("before-call.dynamodb", break_off)
    assert history.undo_request(deletion).status_code == 500
    assert whole_plan(plan) != before
    assert history.undo_request(deletion).status_code == 200
    assert whole_plan(plan) == before
    assert explain(history.undo_request(deletion)) == "409 This has been undone already."


def test_a_strategy_is_published_again_with_what_was_archived_with_it(history: History, plan: Plan) -> None:
    strategy = plan.add("strategy")
    plan.add("kpi", strategies=[strategy])
    plan.add("kpi", strategies=[strategy], archived=True)
    before = whole_plan(plan)
    archiving = plan.update(strategy, archived=True)
    assert history.undo_request(archiving).status_code == 200
    assert whole_plan(plan) == before
    plan.update(strategy, archived=True)
    plan.update(strategy, archived=False)
    assert whole_plan(plan) == before


@pytest.mark.parametrize("most", [transactions.MAX_WRITES, FEW_WRITES])
def test_a_deleted_workspace_comes_back_with_the_items_that_were_archived(
    history: History, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = history.world
    workspace = f"/api/workspaces/{create_workspace(world.owner)}"
    number = int(workspace.rpartition("/")[2])
    store_items(world.account, world.users["owner"], number, number + 1, 4)
    archive = f"{world.personal_url}/archive"
    addresses = (workspace, f"{workspace}/items", archive, "/api/activities")
    before = read(world.owner, *addresses)
    deletion = world.owner.delete(f"{workspace}?archive_items=true")
    gone = read(world.owner, *addresses)
    monkeypatch.setattr(transactions, "MAX_WRITES", most)
    undo = history.undo_request(deletion)
    assert undo.status_code == 200, undo.text
    assert len(undo.json()["undone"]) == 5
    assert read(world.owner, *addresses) == before
    again = history.undo_request(undo)
    assert again.status_code == 200, again.text
    assert read(world.owner, *addresses) == gone


@pytest.mark.parametrize("most", [transactions.MAX_WRITES, FEW_WRITES])
def test_a_deleted_stack_comes_back_with_its_items(
    history: History, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = history.world
    stacks = [world.stack(name) for name in ("one", "two", "three")]
    store_items(world.account, world.users["owner"], world.workspace, int(stacks[1].rpartition("/")[2]), 4)
    addresses = (f"{world.workspace_url}/stacks", f"{world.workspace_url}/inbox")
    before = read(world.owner, *addresses)
    deletion = world.owner.delete(stacks[1])
    gone = read(world.owner, *addresses)
    monkeypatch.setattr(transactions, "MAX_WRITES", most)
    undo = history.undo_request(deletion)
    assert undo.status_code == 200, undo.text
    assert read(world.owner, *addresses) == before
    again = history.undo_request(undo)
    assert again.status_code == 200, again.text
    assert read(world.owner, *addresses) == gone


def test_a_deleted_activity_comes_back_with_the_comments_of_everybody(history: History) -> None:
    world = history.world
    activity = world.activity()
    for client in (world.owner, world.member):
        assert client.post(f"{activity}/comments", json={"body": "x"}).is_success
    addresses = (activity, f"{activity}/comments", f"{world.workspace_url}/items")
    before = read(world.owner, *addresses)
    deletion = world.owner.delete(activity)
    undo = history.undo_request(deletion)
    assert undo.status_code == 200, undo.text
    assert read(world.owner, *addresses) == before
    assert history.undo_request(undo).status_code == 200
    assert read(world.owner, *addresses)[:2] == [404, 404]


def test_a_workspace_is_deleted_by_undoing_the_request_that_created_it(history: History) -> None:
    world = history.world
    creation = world.owner.post("/api/workspaces", json={"name": "new"})
    assert history.undo_request(creation).status_code == 200
    assert world.owner.get(creation.headers["location"]).status_code == 404


def test_nothing_is_undone_if_a_part_of_the_request_cannot_be(history: History) -> None:
    world = history.world
    stack = world.stack()
    items = [world.item(stack) for _ in range(3)]
    deletion = world.owner.delete(stack)
    history.stream.catch_up()
    world.owner.put(f"/api/activities/{items[0]}/move", json={"workspace_id": world.personal})
    before = read(world.owner, f"{world.workspace_url}/stacks", f"{world.workspace_url}/inbox")
    assert f"the activity {items[0]}: place." in explain(history.undo_request(deletion))
    assert read(world.owner, f"{world.workspace_url}/stacks", f"{world.workspace_url}/inbox") == before
    assert history.undo_request(deletion, force=True).status_code == 200
    assert len(world.owner.get(f"{stack}/items").json()) == 3


def test_a_request_that_sent_a_mail_is_not_undone(history: History) -> None:
    world = history.world
    activity = world.activity()
    delegating = world.owner.put(f"{activity}/delegate", json={"slug": world.users["other user"]})
    assert "because mails about them were sent" in explain(history.undo_request(delegating))


def test_the_changes_of_others_that_the_caller_cannot_see_are_left_alone(history: History) -> None:
    world = history.world
    creation = world.owner.post(f"{world.workspace_url}/items", json={"type": "Activity", "name": "x"})
    assert history.undo_request(creation, "other user").status_code == 404
    assert history.undo_request(creation, "other account").status_code == 404
    assert history.undo_request("unknown").status_code == 404


def test_a_request_is_searched_among_the_newest_changes_only(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    world = history.world
    creation = world.owner.post("/api/v2/actions.json", json={"title": "x"})
    for _ in range(3):
        create_item(world.owner, world.workspace_url)
    monkeypatch.setattr(net_changes, "MOST_SEARCHED", 3)
    assert "undo its changes one by one" in explain(history.undo_request(creation))
    monkeypatch.setattr(net_changes, "MOST_SEARCHED", 4)
    assert history.undo_request(creation).status_code == 200
