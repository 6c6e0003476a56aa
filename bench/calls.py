"""The calls that are compared, as events from API Gateway."""

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TEMPLATE: Json = json.loads((Path(__file__).parent / "event.json").read_text())
STAGE = "/dev"
ACTIONS, ACTION = "/api/v2/actions.json", "/api/v2/actions/{action_id}"
WORKSPACE, INBOX = "/api/workspaces/{workspace_id}", "/api/workspaces/{workspace_id}/inbox"
ACTION_COUNTS = {1: 1, 2: 10, 3: 100, 4: 1000}  # account: number of its actions
WRITE_ACCOUNT = 5  # the account of the writes, and of the workspace
INBOX_ITEMS = 100
PLAN, REVIEW = "/api/v2/ogsm_canvases/{ogsm_canvas_id}/plan.json", "/api/v2/ogsm_canvases/{ogsm_canvas_id}/review.json"
TEAM_REVIEW, MEASUREMENTS = "/api/v2/teams/{team_id}/review.json", "/api/v2/goal_measurements.json"
PLAN_SIZE = {"teams": 3, "ogsm_canvases": 3, "objectives": 5, "goals": 12, "strategies": 20, "kpis": 30, "actions": 120}
PLAN_MEASUREMENTS = 2_000
NEW = {
    "title": "Publish the plan for the coming year",
    "labels": [{"name": "growth"}, {"name": "people"}],
    "strategies": [{"id": 456}],
    "description": "<p>Write down what we want to achieve, with whom and until when; ask everybody for comments.</p>",
    "assignee": {"name": "Firstname Lastname"},
    "involved": [{"name": "Another name"}],
    "start": "2026-01-01",
    "due": "2026-12-31",
    "status": {"name": "to do"},
    "traffic_light": "green",
    "progress": 10,
}
CHANGED = {"status": {"name": "doing"}, "progress": 75, "labels": ["growth"]}


def build_event(
    method: str,
    resource: str,
    *,
    account: int = WRITE_ACCOUNT,
    user: str = "0123abcde",
    ids: Mapping[str, object] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Json:
    """Return the event of an authorized request. A body that is text is sent unchanged."""
    event = copy.deepcopy(TEMPLATE)
    path = resource.format(**(ids or {}))
    more = dict(headers or {}) | ({} if body is None else {"Content-Type": "application/json"})
    event |= {"httpMethod": method, "resource": resource, "path": path}
    event["pathParameters"] = {name: str(value) for name, value in ids.items()} if ids else None
    event["headers"] |= more
    event["multiValueHeaders"] |= {name: [value] for name, value in more.items()}
    event["body"] = body if body is None or isinstance(body, str) else json.dumps(body)
    event["requestContext"] |= {"httpMethod": method, "path": STAGE + path, "resourcePath": resource}
    event["requestContext"]["authorizer"] |= {"account": str(account), "user": user}
    return event


def timed_events(user: str, workspace: int) -> dict[str, Json]:
    """Return the events that are timed, by their names in the results."""
    ids = {"workspace_id": workspace}
    lists = {
        f"list of {size:,}": build_event("GET", ACTIONS, account=account) for account, size in ACTION_COUNTS.items()
    }
    return lists | {
        "create": build_event("POST", ACTIONS, body=NEW),
        "patch": build_event("PATCH", ACTION, ids={"action_id": "1.json"}, body=CHANGED),
        "workspace": build_event("GET", WORKSPACE, user=user, ids=ids),
        f"inbox of {INBOX_ITEMS}": build_event("GET", INBOX, user=user, ids=ids),
    }


def new_action(number: int) -> Json:
    """Return the nth of many actions, which differ as those of an organisation do."""
    return NEW | {
        "title": f"Action {number}: {NEW['title']}",
        "description": f"{NEW['description']}<p>{'More of it. ' * (number % 7)}</p>",
        "ogsm_canvases": [{"id": 1 + number % 5}],
        "status": {"name": ("icebox", "to do", "doing", "done")[number % 4]},
        "traffic_light": ("green", "orange", "red", None)[number % 4],
        "progress": number % 101,
    }


def plan_events() -> dict[str, Json]:
    """Return the events that are timed in the account with a plan, by their names in the results."""
    canvas, team = {"ogsm_canvas_id": 1}, {"team_id": 1}
    return {
        "plan of a canvas": build_event("GET", PLAN, ids=canvas),
        "review of a canvas": build_event("GET", REVIEW, ids=canvas),
        "review of all teams": build_event("GET", TEAM_REVIEW, ids=team),
        "series of a goal": build_event("GET", "/api/v2/goals/{goal_id}/series.json", ids={"goal_id": 1}),
        "list of goals": build_event("GET", "/api/v2/goals.json"),
        "list of measurements": build_event("GET", MEASUREMENTS),
    }


def plan_objects() -> Iterator[Json]:
    """Yield the events that create the plan of PLAN_SIZE, in an empty account.

    Every object is on the first of the canvases, so that its plan has all of them. The goals and KPIs are measured on
    the first days of months.
    """
    for noun, count in PLAN_SIZE.items():
        for number in range(count):
            yield build_event("POST", f"/api/v2/{noun}.json", body=_object_of_plan(noun, number))
    measured = [(noun, number) for noun in ("goal", "kpi") for number in range(1, PLAN_SIZE[f"{noun}s"] + 1)]
    for number in range(PLAN_MEASUREMENTS):
        noun, item = measured[number % len(measured)]
        year, month = divmod(number // len(measured), 12)
        body = {noun: {"id": item}, "at": f"{2020 + year}-{month + 1:02}-01", "target": 100, "actual": 60.5 + number}
        yield build_event("POST", f"/api/v2/{noun}_measurements.json", body=body)


def _object_of_plan(noun: str, number: int) -> Json:
    """Return the nth object of a noun."""
    if noun == "teams":
        return {"name": f"Team {number}"} | ({"parent": {"id": number}} if number else {})
    if noun == "ogsm_canvases":
        return {"name": f"Plan {number}", "team": {"id": number + 1}, "start": "2026-01-01", "due": "2026-12-31"}
    new = new_action(number) | {
        "ogsm_canvases": [{"id": 1}],
        "strategies": [{"id": 1 + number % PLAN_SIZE["strategies"]}],
    }
    if noun == "actions":
        return new
    names = ["title", "labels", "description", "assignee", "ogsm_canvases", "traffic_light"]
    return {name: new[name] for name in ([*names, "strategies"] if noun == "kpis" else names)}
