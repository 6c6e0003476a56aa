"""Plans and reviews of random accounts, compared with calculations that are as simple as possible."""

from datetime import date
from statistics import mean
from typing import Any

import pytest

from chalicelib import json_text
from chalicelib.domain.ogsm.plan import read_plan
from chalicelib.domain.ogsm.plan_text import write_plan
from chalicelib.domain.ogsm.review import review_canvas, review_team
from chalicelib.domain.ogsm.rollup import read_series
from tests.support.clock import Clock
from tests.support.counts import choose
from tests.support.stored_ogsm import ACME, BY_NAME, RandomAccount, build, store

Json = dict[str, Any]

TODAY = "2027-01-30"
ITEMS = ("objectives", "goals", "strategies", "kpis", "actions")
REPORTS = {
    "objectives": ("objective_progress_reports", "objective"),
    "goals": ("goal_measurements", "goal"),
    "strategies": ("strategy_progress_reports", "strategy"),
    "kpis": ("kpi_measurements", "kpi"),
    "actions": ("action_progress_reports", "action"),
}
SEEDS = range(choose(quick=8, full=100))


def ids(references: list[Json]) -> set[int]:
    return {one["id"] for one in references}


def naive_children(items: list[Json], item_id: int) -> list[Json]:
    """Return the items whose parent an item is. An item that is above itself has no parent."""
    parents = {one["id"]: one["parent"]["id"] for one in items if one.get("parent")}

    def is_above_itself(one: int) -> bool:
        above = parents.get(one)
        for _ in parents:
            if above == one:
                return True
            above = parents.get(above) if above else None
        return False

    return [one for one in items if parents.get(one["id"]) == item_id and not is_above_itself(one["id"])]


def naive_branch(items: list[Json], item_id: int) -> set[int]:
    """Return the ids of an item and of all items below it."""
    return {item_id}.union(*(naive_branch(items, child["id"]) for child in naive_children(items, item_id)))


def naive_items(account: RandomAccount, canvases: set[int], archived: bool) -> dict[str, list[Json]]:
    """Return the items on canvases by the names of their nouns."""
    shown = {name: [one for one in account.objects[name] if archived or not one["archived"]] for name in ITEMS}
    placed = {name: [one for one in shown[name] if ids(one["ogsm_canvases"]) & canvases] for name in ITEMS}
    strategies = ids(placed["strategies"])
    for name in ("kpis", "actions"):
        placed[name] += [one for one in shown[name] if not one["ogsm_canvases"] and ids(one["strategies"]) & strategies]
    return placed


def naive_plan(account: RandomAccount, canvas: int, archived: bool) -> Json:
    """Return the plan of a canvas."""

    def position(item: Json) -> tuple[float, int]:
        [row_order] = [one["row_order"] for one in item["ogsm_canvases"] if one["id"] == canvas] or [float("inf")]
        return row_order, item["id"]

    items = {name: sorted(found, key=position) for name, found in naive_items(account, {canvas}, archived).items()}
    for name in ("goals", "kpis"):
        reports, subject = REPORTS[name]
        for index, item in enumerate(items[name]):
            values = [one for one in account.objects[reports] if one[subject]["id"] == item["id"]]
            if naive_children(account.objects[name], item["id"]):
                values = read_series(ACME, BY_NAME[name], item["id"])["points"]
            items[name][index] = item | {"latest": max(values, key=lambda one: one["at"]) if values else None}

    def belongs(item: Json, strategy: Json) -> bool:
        return strategy["id"] in ids(item["strategies"])

    strategies = [
        strategy | {name: [item for item in items[name] if belongs(item, strategy)] for name in ("kpis", "actions")}
        for strategy in items["strategies"]
    ]
    others = {
        name: [item for item in items[name] if not any(belongs(item, strategy) for strategy in strategies)]
        for name in ("kpis", "actions")
    }
    [document] = [one for one in account.objects["ogsm_canvases"] if one["id"] == canvas]
    plan = {"canvas": document, "objectives": items["objectives"], "goals": items["goals"]}
    return plan | {"strategies": strategies} | others


def named(found: list[Json]) -> list[Json]:
    return [{"id": one["id"], "title": one["title"]} for one in found]


def has_report(account: RandomAccount, name: str, item: Json) -> bool:
    """Return whether an item has a report or measurement that is young enough, and more than a target."""
    reports, subject = REPORTS[name]
    branch = naive_branch(account.objects[name], item["id"])
    for one in account.objects[reports]:
        age = date.fromisoformat(TODAY) - date.fromisoformat(one["at"])
        says_something = subject not in ("goal", "kpi") or one["actual"] or one["traffic_light"]
        if one[subject]["id"] in branch and age.days <= (30 if name == "actions" else 90) and says_something:
            return True
    return False


def naive_numbers(account: RandomAccount, name: str, items: list[Json]) -> Json:
    """Return the numbers of a review for the items of a noun."""
    items = sorted(items, key=lambda one: one["id"])
    lights = {"green": "green", "orange": "orange", "red": "red", "none": None}
    numbers: Json = {"count": len(items)}
    numbers["traffic_light"] = {
        key: sum(one["traffic_light"] == light for one in items) for key, light in lights.items()
    }
    silent = [one for one in items if not has_report(account, name, one)]
    if name != "actions":
        return numbers | {"without_report": named(silent)}
    status = {one["id"]: one["status"]["name"] for one in items}
    names = ("icebox", "to do", "doing", "done")
    numbers["status"] = {key: sum(name == key for name in status.values()) for key in names}
    numbers["average_progress"] = round(mean(one["progress"] for one in items), 1) if items else None
    started = [one for one in items if one["start"] and one["start"] < TODAY]
    numbers["late_to_start"] = named([one for one in started if status[one["id"]] not in ("doing", "done")])
    ended = [one for one in items if one["due"] and one["due"] < TODAY]
    numbers["overdue"] = named([one for one in ended if status[one["id"]] != "done"])
    return numbers | {"without_report": named([one for one in silent if status[one["id"]] != "done"])}


def naive_review(account: RandomAccount, canvases: list[Json]) -> Json:
    """Return the review of canvases."""
    review: Json = {"at": TODAY, "ogsm_canvases": [{"id": one["id"], "name": one["name"]} for one in canvases]}
    for name, items in naive_items(account, ids(canvases), archived=False).items():
        owners = [{"name": "Ann"}, {"name": "bob"}, None]
        shares = [(owner, [one for one in items if one["assignee"] == owner]) for owner in owners]
        by_owner = [{"assignee": owner} | naive_numbers(account, name, share) for owner, share in shares if share]
        review[name] = naive_numbers(account, name, items) | {"by_owner": by_owner}
    return review


@pytest.mark.parametrize("seed", SEEDS)
def test_plans_and_reviews_are_those_of_a_simple_calculation(url: str, clock: Clock, seed: int) -> None:
    account = RandomAccount(seed)
    account.store()
    for canvas in account.objects["ogsm_canvases"]:
        for archived in (False, True):
            plan = read_plan(ACME, canvas["id"], include_archived=archived)
            expected = naive_plan(account, canvas["id"], archived)
            assert json_text.load("".join(write_plan(plan, None))) == expected
        assert review_canvas(ACME, canvas["id"]) == naive_review(account, [canvas])
    for team in ids(account.objects["teams"]):
        teams = naive_branch(account.objects["teams"], team)
        canvases = [one for one in account.objects["ogsm_canvases"] if not one["archived"] and one["team"]]
        expected = naive_review(account, [one for one in canvases if one["team"]["id"] in teams])
        assert review_team(ACME, team) == expected


def test_teams_in_a_cycle_have_no_parent(url: str) -> None:
    store(
        "teams",
        *(build("teams", team, parent={"id": parent}) for team, parent in ((1, 3), (2, 1), (3, 2), (4, 4), (5, 1))),
    )
    store("ogsm_canvases", *(build("ogsm_canvases", number, team={"id": number}) for number in range(1, 6)))
    reviewed = {team: [one["id"] for one in review_team(ACME, team)["ogsm_canvases"]] for team in range(1, 6)}
    assert reviewed == {1: [1, 5], 2: [2], 3: [3], 4: [4], 5: [5]}
