"""The calls, over whatever `records` keeps: the peer's own access to DynamoDB."""

from typing import Any

import documents
import edge
import records
from edge import Event, Problem

Fields = dict[str, Any]
ATTEMPTS = 5
DEFAULTS: Fields = {
    "id": None,
    "title": None,
    "labels": [],
    "strategies": [],
    "description": None,
    "assignee": None,
    "involved": [],
    "start": None,
    "due": None,
    "status": {"name": "to do"},
    "ogsm_canvases": [],
    "traffic_light": None,
    "progress": 0,
    "archived": False,
}


def list_actions(event: Event) -> list[Fields]:
    """All actions of the account, the oldest first."""
    return records.actions(edge.account(event))


def create_action(event: Event, fields: Fields) -> Fields:
    """A new action under the next number."""
    account = edge.account(event, writing=True)
    _check_dates(fields, fields)
    action_id = records.count_up(account, "actions")
    action = DEFAULTS | _placed(account, fields, []) | {"id": action_id}
    records.add_action(account, action)
    return action


def patch_action(event: Event, action_id: int, fields: Fields, if_match: str | None) -> Fields:
    """Changes what is named, only in the version that was read; again from the start where somebody was faster."""
    account = edge.account(event, writing=True)
    for _ in range(ATTEMPTS):
        try:
            return _patched(account, action_id, fields, if_match)
        except records.Changed:
            continue
    raise Problem(409, "others kept changing the same action; nothing was changed")


def get_action(event: Event, action_id: int) -> Fields:
    """One action."""
    return _existing(edge.account(event), action_id)[0]


def get_workspace(event: Event, workspace_id: int) -> Fields:
    """One workspace, for those in it and those invited to it."""
    account, user = edge.account(event), edge.user(event)
    workspace, role, people = _entered(account, user, workspace_id, set())
    owner = workspace["owner"]
    if owner not in people:
        people |= records.people(account, {owner})
    return documents.workspace(workspace, people[owner], role, event)


def get_inbox(event: Event, workspace_id: int) -> Fields:
    """The inbox of a workspace and everything on it, the newest on top."""
    account, user = edge.account(event), edge.user(event)
    activities = records.activities(account, workspace_id, workspace_id + 1)
    standing = {one[part] for one in activities for part in ("creator", "assignee") if one[part]}
    _, role, people = _entered(account, user, workspace_id, standing)
    if role == "invited":
        raise Problem(403, "those only invited may not enter")
    return documents.inbox(workspace_id, activities, people, event)


def _entered(account: int, user: str, workspace_id: int, people: set[str]) -> tuple[Fields, str, dict[str, Fields]]:
    workspace, member, cards = records.workspace(account, workspace_id, user, people)
    if workspace is None or member is None or workspace.get("ending"):
        raise Problem(404, "there is no such workspace")
    return workspace, member["role"], cards


def _existing(account: int, action_id: int) -> tuple[Fields, int]:
    found = records.action(account, action_id)
    if found is None:
        raise Problem(404, f"there is no action {action_id}")
    return found


def _patched(account: int, action_id: int, fields: Fields, if_match: str | None) -> Fields:
    action, version = _existing(account, action_id)
    edge.check(if_match, edge.dump(action))
    if str(fields.get("id", action_id)) != str(action_id):
        raise edge.invalid([{"pointer": "#/id", "detail": f"must be {action_id}, as in the path"}])
    _check_dates(action | fields, fields)
    changes = _placed(account, fields, action["ogsm_canvases"]) | {"id": action_id}
    changes = {name: value for name, value in changes.items() if value != action[name]}
    if changes:
        records.change_action(account, action | changes, list(changes), version)
    return action | changes


def _check_dates(action: Fields, sent: Fields) -> None:
    start, due = action.get("start"), action.get("due")
    if start and due and due < start:
        wrong = "due" if sent.get("due") else "start"
        raise edge.invalid([{"pointer": f"#/{wrong}", "detail": "due must not be before start"}])


def _placed(account: int, fields: Fields, before: list[Fields]) -> Fields:
    if "ogsm_canvases" not in fields:
        return fields
    places = [one if one in before else _place(account, one) for one in fields["ogsm_canvases"]]
    return fields | {"ogsm_canvases": places}


def _place(account: int, place: Fields) -> Fields:
    counter, row_order = f"canvas {place['id']}", place.get("row_order")
    if row_order is None:
        row_order = records.count_up(account, counter)
    else:
        records.count_from(account, counter, row_order)
    return {"id": place["id"], "row_order": row_order}
