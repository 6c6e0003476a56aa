"""Actions of the OGSM API."""

from typing import Any

from tests.simulation.calls import Call
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
ALL = "/api/v2/actions.json"


def _fields(draw: Draw) -> dict[str, Any]:
    """Return some fields of an action."""
    chance = draw.chance
    fields: dict[str, Any] = {
        "description": f"description {draw.name}",
        "labels": [{"name": f"label {draw.name}"}, "growth"],
        "involved": [{"name": f"involved {draw.name}"}],
        "strategies": [{"id": chance.randrange(1, 4)}],
        "assignee": {"name": f"assignee {draw.name}"},
        "start": "2027-01-01",
        "due": chance.choice(("2027-01-02", "2027-02-01", "2026-01-01", None)),
        "status": {"name": chance.choice(("to do", "doing", "done", "busy", "icebox"))},
        "ogsm_canvases": [{"id": chance.randrange(1, 3)} | chance.choice(({}, {}, {"row_order": chance.randrange(9)}))],
        "traffic_light": chance.choice(("green", "orange", "red", None)),
        "progress": chance.randrange(101),
        "archived": chance.random() < 0.3,
    }
    return {name: fields[name] for name in chance.sample(list(fields), chance.randrange(4))}


@verbs.add(4)
def create_action(draw: Draw) -> Call:
    return draw.call("POST", ALL, {"title": f"title {draw.name}"} | _fields(draw))


@verbs.add(5)
def update_action(draw: Draw) -> Call:
    action = draw.pick("action")
    title = {"title": f"title {draw.name}"} if draw.happens(0.6) else {}
    same_id = {"id": draw.chance.choice((action.id, str(action.id), 1))} if draw.happens(0.1) else {}
    return draw.call("PATCH", f"/api/v2/actions/{action.id}.json", title | _fields(draw) | same_id)


@verbs.add(1)
def delete_action(draw: Draw) -> Call:
    return draw.remove(f"/api/v2/actions/{draw.pick('action').id}.json")


@verbs.add(2)
def get_action(draw: Draw) -> Call:
    fields = {"fields": "id,title,labels"} if draw.happens(0.3) else {}
    return draw.read(f"/api/v2/actions/{draw.pick('action').id}", **fields)


@verbs.add(3)
def list_actions(draw: Draw) -> Call:
    sort = draw.chance.choice(({}, {"sort": "-due,title"}, {"sort": "status,-progress"}, {"sort": "assignee,-start"}))
    chosen: tuple[dict[str, Any], ...] = (
        {},
        {},
        {"archived": "false"},
        {"status": "doing"},
        {"traffic_light": "amber"},
        {"label": "growth"},
        {"assignee": "assignee c1.r1"},
        {"involved": "involved c1.r1"},
        {"strategy_id": 2},
        {"ogsm_canvas_id": 1},
        {"start_from": "2026-12-01", "start_to": "2027-12-01"},
        {"due_from": "2026-12-01", "due_to": "2027-12-01"},
        {"overdue": "true"},
        {"q": "title", "fields": "id,title"},
    )
    return draw.read_list(ALL, **sort, **draw.chance.choice(chosen))
