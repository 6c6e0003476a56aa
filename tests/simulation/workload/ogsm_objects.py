"""Goals with their measurements, and progress reports of actions, for all nouns that share their implementation."""

from dataclasses import replace
from typing import Any

from chalicelib.schemas.ogsm_objects import AGGREGATION_METHODS
from tests.simulation.calls import Call
from tests.simulation.history import Response
from tests.simulation.knowledge import Known
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
GOALS, REPORTS = "/api/v2/goals", "/api/v2/action_progress_reports"
LIGHTS = ("green", "orange", "red", None)
DAYS = ("2027-01-13", "2027-01-14", "2027-01-15")  # few, so that clients meet


def learning(draw: Draw, kind: str, call: Call) -> Call:
    """Return a call after which all clients of the account know the object that it creates."""
    account = draw.client.identity.account

    def learn(response: Response) -> None:
        for person in draw.base.people if response.status == 201 else ():
            if person.account == account:
                draw.knowledge.note(person.user, kind, response.json["id"])

    return replace(call, learn=learn)


def _goal(draw: Draw) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "description": f"description {draw.name}",
        "target_unit": "EUR",
        "assignee": {"name": f"assignee {draw.name}"},
        "aggregation_method": draw.chance.choice(AGGREGATION_METHODS),
        "ogsm_canvases": [{"id": draw.chance.randrange(1, 3)}],
        "traffic_light": draw.chance.choice(LIGHTS),
        "start_value": draw.chance.randrange(100) / 4,
    }
    return {name: fields[name] for name in draw.chance.sample(list(fields), draw.chance.randrange(4))}


def _measurement(draw: Draw) -> dict[str, Any]:
    light = {"traffic_light": draw.chance.choice(LIGHTS)} if draw.happens(0.6) else {}
    values = {"target": draw.chance.randrange(100), "actual": draw.chance.randrange(99) / 4}
    names = draw.chance.choice(([], ["target"], ["actual"], ["target", "actual"]))
    return {"description": f"measured {draw.name}"} | {name: values[name] for name in names} | light


def _report(draw: Draw) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "traffic_light": draw.chance.choice(LIGHTS),
        "progress": draw.chance.randrange(101),
        "status": {"name": draw.chance.choice(("to do", "doing", "done"))},
        "at": draw.chance.choice(DAYS),
    }
    chosen = draw.chance.sample(list(fields), draw.chance.randrange(1, 5))
    return {"description": f"report {draw.name}"} | {name: fields[name] for name in chosen}


def has_parts(goal: Known) -> bool:
    """Return whether the values of a goal are computed from its parts, as far as known."""
    return bool(goal.details.get("has_parts"))


def _day_path(draw: Draw) -> str:
    goal = draw.pick("goal", lambda known: not has_parts(known)) if draw.happens(0.6) else draw.pick("goal")
    return f"{GOALS}/{goal.id}/measurements/{draw.chance.choice(DAYS)}.json"


@verbs.add(3)
def create_goal(draw: Draw) -> Call:
    return learning(draw, "goal", draw.call("POST", f"{GOALS}.json", {"title": f"goal {draw.name}"} | _goal(draw)))


@verbs.add(1)
def create_part(draw: Draw) -> Call:
    parent = draw.other("goal")
    parent.details["has_parts"] = True
    body = {"title": f"goal {draw.name}", "parent": {"id": parent.id}}
    return learning(draw, "goal", draw.call("POST", f"{GOALS}.json", body))


@verbs.add(3)
def update_goal(draw: Draw) -> Call:
    return draw.call("PATCH", f"{GOALS}/{draw.pick('goal').id}.json", {"title": f"goal {draw.name}"} | _goal(draw))


@verbs.add(0.5)
def choose_aggregation(draw: Draw) -> Call:
    """Choose how the values of a goal are computed from its parts."""
    body = {"aggregation_method": draw.chance.choice(AGGREGATION_METHODS)}
    return draw.call("PATCH", f"{GOALS}/{draw.pick('goal', has_parts).id}.json", body)


@verbs.add(0.5)
def delete_goal(draw: Draw) -> Call:
    cascade = draw.chance.choice(("", "?cascade=true"))
    return draw.remove(f"{GOALS}/{draw.pick('goal').id}.json{cascade}")


@verbs.add(1)
def get_goal(draw: Draw) -> Call:
    return draw.read(f"{GOALS}/{draw.pick('goal').id}.json")


@verbs.add(1)
def list_goals(draw: Draw) -> Call:
    chosen: tuple[dict[str, Any], ...] = ({}, {"sort": "-title"}, {"traffic_light": "green"}, {"format": "csv"})
    return draw.read_list(f"{GOALS}.json", **draw.chance.choice(chosen))


@verbs.add(4)
def put_measurement(draw: Draw) -> Call:
    return draw.call("PUT", _day_path(draw), _measurement(draw))


@verbs.add(1)
def get_measurement(draw: Draw) -> Call:
    return draw.read(_day_path(draw))


@verbs.add(1)
def delete_measurement(draw: Draw) -> Call:
    return draw.call("DELETE", _day_path(draw))


@verbs.add(1)
def create_measurement(draw: Draw) -> Call:
    body = {"goal": {"id": draw.pick("goal").id}, "at": draw.chance.choice(DAYS)} | _measurement(draw)
    return draw.call("POST", "/api/v2/goal_measurements.json", body)


@verbs.add(1)
def list_measurements(draw: Draw) -> Call:
    return draw.read_list("/api/v2/goal_measurements.json")


@verbs.add(4)
def create_report(draw: Draw) -> Call:
    body = {"action": {"id": draw.pick("action").id}} | _report(draw)
    return learning(draw, "action_progress_report", draw.call("POST", f"{REPORTS}.json", body))


@verbs.add(2)
def update_report(draw: Draw) -> Call:
    return draw.call("PATCH", f"{REPORTS}/{draw.pick('action_progress_report').id}.json", _report(draw))


@verbs.add(1)
def delete_report(draw: Draw) -> Call:
    return draw.remove(f"{REPORTS}/{draw.pick('action_progress_report').id}.json")


@verbs.add(1)
def list_reports(draw: Draw) -> Call:
    return draw.read_list(f"{REPORTS}.json", **draw.chance.choice(({}, {"sort": "-at"}, {"action_id": 1})))
