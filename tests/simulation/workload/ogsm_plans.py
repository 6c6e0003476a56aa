"""Teams, canvases, and what is computed from the objects on them: series, plans and reviews."""

from typing import Any

from tests.simulation.calls import Call
from tests.simulation.workload.drawing import Draw, Verbs
from tests.simulation.workload.ogsm_objects import GOALS, has_parts, learning

verbs = Verbs()
TEAMS, CANVASES = "/api/v2/teams", "/api/v2/ogsm_canvases"
PAGE = "/ogsm"
FIELDS: tuple[dict[str, Any], ...] = ({}, {}, {"fields": "goals,actions"})


@verbs.add(1)
def create_team(draw: Draw) -> Call:
    parent = {"parent": {"id": draw.chance.randrange(1, 4)}} if draw.happens(0.5) else {}
    return learning(draw, "team", draw.call("POST", f"{TEAMS}.json", {"name": f"team {draw.name}"} | parent))


@verbs.add(1)
def update_team(draw: Draw) -> Call:
    body = {"parent": {"id": draw.other("team").id}} if draw.happens(0.7) else {"name": f"team {draw.name}"}
    return draw.call("PATCH", f"{TEAMS}/{draw.pick('team').id}.json", body)


@verbs.add(2)
def create_canvas(draw: Draw) -> Call:
    team = {"team": {"id": draw.chance.randrange(1, 4)}} if draw.happens(0.7) else {}
    body = {"name": f"canvas {draw.name}"} | team
    return learning(draw, "ogsm_canvas", draw.call("POST", f"{CANVASES}.json", body))


@verbs.add(2)
def get_series(draw: Draw) -> Call:
    """Read the series of a goal, mostly of one that is computed from its parts."""
    return draw.read(f"{GOALS}/{draw.pick('goal', has_parts).id}/series.json")


@verbs.add(2)
def get_plan(draw: Draw) -> Call:
    chosen = (*FIELDS, {"include_archived": "true"})
    return draw.read(f"{CANVASES}/{draw.pick('ogsm_canvas').id}/plan.json", **draw.chance.choice(chosen))


@verbs.add(2)
def review_canvas(draw: Draw) -> Call:
    return draw.read(f"{CANVASES}/{draw.pick('ogsm_canvas').id}/review.json", **draw.chance.choice(FIELDS))


@verbs.add(1)
def review_team(draw: Draw) -> Call:
    return draw.read(f"{TEAMS}/{draw.pick('team').id}/review.json", **draw.chance.choice(FIELDS))


@verbs.add(0.5)
def show_canvases(draw: Draw) -> Call:
    return draw.read(PAGE)


@verbs.add(0.5)
def show_canvas(draw: Draw) -> Call:
    return draw.read(f"{PAGE}/{draw.pick('ogsm_canvas').id}")
