"""Archiving a strategy archives its KPIs and actions, and publishing it restores exactly those."""

from typing import Any

import httpx
import pytest

from chalicelib.storage import transactions
from tests.support.failures import Hook, Outage, failure_points
from tests.support.ogsm_plan import Plan, address_of
from tests.support.stored_rows import stored_rows


@pytest.fixture
def plan(ada: httpx.Client) -> Plan:
    """A plan without objects."""
    return Plan(ada)


def archived(plan: Plan) -> set[str]:
    """Return the names of all archived KPIs, actions and strategies."""
    return {
        f"{singular} {one['id']}"
        for singular, noun in (("strategy", "strategies"), ("kpi", "kpis"), ("action", "actions"))
        for one in plan.client.get(f"/api/v2/{noun}.json?archived=true").json()
    }


def archive(plan: Plan, name: str, *, value: bool = True) -> None:
    """Archive an object, or publish it."""
    answer = plan.update(name, archived=value)
    assert (answer.status_code, answer.json()["archived"]) == (200, value)
    assert plan.get(name) == answer.json()


def test_the_kpis_and_actions_of_a_strategy_are_archived_with_it_and_restored(plan: Plan) -> None:
    strategy, other = plan.add("strategy"), plan.add("strategy")
    kpi, action = (plan.add(one, strategies=[strategy], description="kept") for one in ("kpi", "action"))
    plan.add("action", strategies=[other])
    plan.add("kpi")
    before = [plan.get(one) for one in (kpi, action)]
    archive(plan, strategy)
    assert archived(plan) == {strategy, kpi, action}
    assert [plan.get(one) for one in (kpi, action)] == [one | {"archived": True} for one in before]
    archive(plan, strategy, value=False)
    assert archived(plan) == set()
    assert [plan.get(one) for one in (kpi, action)] == before


def test_what_was_archived_before_stays_archived(plan: Plan) -> None:
    strategy = plan.add("strategy")
    old, new = plan.add("kpi", strategies=[strategy], archived=True), plan.add("kpi", strategies=[strategy])
    archive(plan, strategy)
    assert archived(plan) == {strategy, old, new}
    archive(plan, strategy, value=False)
    assert archived(plan) == {old}


def test_what_also_belongs_to_a_strategy_that_is_not_archived_stays(plan: Plan) -> None:
    first, second = plan.add("strategy"), plan.add("strategy")
    shared = plan.add("action", strategies=[first, second])
    elsewhere = plan.add("kpi", strategies=[first, "strategy 99"])
    archive(plan, first)
    assert archived(plan) == {first}
    archive(plan, second)
    assert archived(plan) == {first, second, shared}
    assert plan.get(elsewhere)["archived"] is False


@pytest.mark.parametrize("published", ["strategy 1", "strategy 2"])
def test_what_belongs_to_two_archived_strategies_is_restored_with_either(plan: Plan, published: str) -> None:
    strategies = [plan.add("strategy"), plan.add("strategy")]
    shared = plan.add("action", strategies=strategies)
    for strategy in strategies:
        archive(plan, strategy)
    archive(plan, published, value=False)
    assert archived(plan) == {*strategies} - {published}
    archive(plan, published)
    assert archived(plan) == {*strategies, shared}


def test_what_has_left_an_archived_strategy_is_restored_with_it(plan: Plan) -> None:
    strategy, other = plan.add("strategy"), plan.add("strategy")
    moved = plan.add("kpi", strategies=[strategy])
    archive(plan, strategy)
    plan.update(moved, strategies=[other])
    archive(plan, strategy, value=False)
    assert archived(plan) == set()


def test_what_a_user_archives_or_restores_alone_no_longer_follows_the_strategy(plan: Plan) -> None:
    strategy = plan.add("strategy")
    again, restored, other = (plan.add("action", strategies=[strategy]) for _ in range(3))
    archive(plan, strategy)
    plan.update(other, title="y", archived=True)
    archive(plan, again, value=False)
    archive(plan, again)
    archive(plan, restored, value=False)
    assert archived(plan) == {strategy, again, other}
    archive(plan, strategy, value=False)
    assert archived(plan) == {again}


def test_other_nouns_have_nothing_that_is_archived_with_them(plan: Plan) -> None:
    objective = plan.add("objective")
    plan.add("strategy", objectives=[objective])
    archive(plan, objective)
    assert archived(plan) == set()


def test_only_a_change_of_archived_reads_what_belongs_to_a_strategy(plan: Plan, asked: list[str]) -> None:
    strategy = plan.add("strategy")
    plan.add("kpi", strategies=[strategy])
    update, no_change, archiving = ["GetItem", "PutItem"], ["GetItem"], ["GetItem", "Query", "TransactWriteItems"]
    for fields, expected in (
        ({"title": "y"}, update),
        ({"title": "z", "archived": False}, update),
        ({"archived": False}, no_change),
        ({"archived": True}, archiving),
        ({"archived": True, "title": "y"}, update),
        ({"archived": False, "title": "x"}, archiving),
    ):
        asked.clear()
        assert plan.update(strategy, **fields).status_code == 200
        assert asked[1:] == expected, fields


@pytest.mark.parametrize("lost", [False, pytest.param(True, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("has_key", [False, True])
def test_archiving_that_is_cut_off_is_finished_by_repeating_it(
    plan: Plan, on: Hook, monkeypatch: pytest.MonkeyPatch, lost: bool, has_key: bool
) -> None:
    monkeypatch.setattr(transactions, "MAX_WRITES", 2)
    strategy = plan.add("strategy")
    below = {plan.add(one, strategies=[strategy]) for one in ("kpi", "kpi", "action", "action")}
    alone = plan.add("action", strategies=[strategy], archived=True)
    outage, value = Outage(on, lost), True
    for after in failure_points():
        headers = {"If-Match": plan.client.get(address_of(strategy)).headers["etag"]}
        key = {"Idempotency-Key": f"key {after}"} if has_key else {}
        outage.begins(after)
        first = send(plan, strategy, value, headers | key)
        outage.ends()
        if not outage.struck:
            assert (first.status_code, first.json()["archived"], after > 5) == (200, value, True)
            return
        again = send(plan, strategy, value, headers)
        assert again.status_code == 200 or (lost and again.status_code == 412), "If-Match described it before"
        assert archived(plan) == ({strategy, alone, *below} if value else {alone})
        assert not [row for row in stored_rows("strategy") if "is_archiving" in row]
        value = not value
    raise AssertionError("It never ends.")


def send(plan: Plan, strategy: str, value: bool, headers: dict[str, str]) -> httpx.Response:
    return plan.client.patch(address_of(strategy), json={"archived": value}, headers=headers)


def test_an_interrupted_archiving_can_be_taken_back(plan: Plan, on: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "MAX_WRITES", 2)
    strategy = plan.add("strategy")
    for _ in range(4):
        plan.add("action", strategies=[strategy])
    outage = Outage(on, lost=False)
    outage.begins(5)
    assert send(plan, strategy, True, {}).status_code == 503
    outage.ends()
    assert len(archived(plan)) == 3, "the strategy and two of its actions"
    plan.update(strategy, title="y")
    archive(plan, strategy, value=False)
    assert archived(plan) == set()
    archive(plan, strategy)
    assert len(archived(plan)) == 5


def test_another_request_that_changes_an_action_meanwhile_loses_nothing(plan: Plan, on: Hook) -> None:
    strategy = plan.add("strategy")
    action = plan.add("action", strategies=[strategy])
    changes = iter([{"title": "changed meanwhile"}])

    def change(**_: Any) -> None:
        for fields in changes:
            assert plan.update(action, **fields).status_code == 200

    on("before-call.dynamodb.TransactWriteItems", change)
    archive(plan, strategy)
    assert (plan.get(action)["title"], plan.get(action)["archived"]) == ("changed meanwhile", True)
