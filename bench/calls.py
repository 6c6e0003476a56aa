"""The calls that are compared, as events of API Gateway."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TEMPLATE: Json = json.loads((Path(__file__).parent / "event.json").read_text())
STAGE = "/dev"
ACTIONS, ACTION = "/api/v2/actions.json", "/api/v2/actions/{action_id}"
WORKSPACE, INBOX = "/api/workspaces/{workspace_id}", "/api/workspaces/{workspace_id}/inbox"
SIZES = {1: 1, 2: 10, 3: 100, 4: 1000}  # accounts, and how many actions each has
WRITERS = 5  # the account in which is written, and in which the workspace is
ITEMS = 100  # on the inbox of the workspace
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


def event(
    method: str,
    resource: str,
    *,
    account: int = WRITERS,
    user: str = "0123abcde",
    ids: Mapping[str, object] | None = None,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Json:
    """A request for this resource behind the authorizer. A body that is text goes as it is."""
    made = copy.deepcopy(TEMPLATE)
    path = resource.format(**(ids or {}))
    more = dict(headers or {}) | ({} if body is None else {"Content-Type": "application/json"})
    made |= {"httpMethod": method, "resource": resource, "path": path}
    made["pathParameters"] = {name: str(value) for name, value in ids.items()} if ids else None
    made["headers"] |= more
    made["multiValueHeaders"] |= {name: [value] for name, value in more.items()}
    made["body"] = body if body is None or isinstance(body, str) else json.dumps(body)
    made["requestContext"] |= {"httpMethod": method, "path": STAGE + path, "resourcePath": resource}
    made["requestContext"]["authorizer"] |= {"account": str(account), "user": user}
    return made


def compared(user: str, workspace: int) -> dict[str, Json]:
    """The calls that are timed, by their names in the results."""
    place = {"workspace_id": workspace}
    lists = {f"list of {size:,}": event("GET", ACTIONS, account=account) for account, size in SIZES.items()}
    return lists | {
        "create": event("POST", ACTIONS, body=NEW),
        "patch": event("PATCH", ACTION, ids={"action_id": "1.json"}, body=CHANGED),
        "workspace": event("GET", WORKSPACE, user=user, ids=place),
        f"inbox of {ITEMS}": event("GET", INBOX, user=user, ids=place),
    }


def new_action(number: int) -> Json:
    """One of many actions that differ as those of an organisation do."""
    return NEW | {
        "title": f"Action {number}: {NEW['title']}",
        "description": f"{NEW['description']}<p>{'More of it. ' * (number % 7)}</p>",
        "ogsm_canvases": [{"id": 1 + number % 5}],
        "status": {"name": ("icebox", "to do", "doing", "done")[number % 4]},
        "traffic_light": ("green", "orange", "red", None)[number % 4],
        "progress": number % 101,
    }
