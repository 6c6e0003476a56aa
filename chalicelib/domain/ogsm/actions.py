"""Actions: what an organisation sets out to do. They belong to the account; every user of it sees them all."""

from typing import Any

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.storage import table
from chalicelib.storage.ids import next_id, raise_counter
from chalicelib.storage.models.actions import Action
from chalicelib.storage.unit_of_work import Change

Fields = dict[str, Any]

# In the order of the document's action object.
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


def get_action(caller: Caller, action_id: int) -> Fields:
    """One action. Raises errors.NotFound."""
    action: Fields = _find_action(caller, action_id).doc
    return action


def create_action(caller: Caller, fields: Fields) -> Change[Fields]:
    """A new action; a sent id is ignored. Raises errors.Invalid where it is due before it starts."""
    _require_dates_in_order(fields, fields)
    action_id = next_id(caller.account, "actions")
    placed = _with_row_orders(caller, fields, before=[])
    doc = DEFAULTS | placed | {"id": action_id}
    return Change(doc, save=[Action.at(caller.account, action_id, doc=doc)])


def update_action(caller: Caller, action_id: int, fields: Fields) -> Change[Fields]:
    """Changes the named fields and nothing else. Raises errors.NotFound, errors.Invalid."""
    action = _find_action(caller, action_id)
    if str(fields.get("id", action_id)) != str(action_id):
        raise errors.Invalid([{"pointer": "#/id", "detail": f"must be {action_id}, as in the path; ids never change"}])
    _require_dates_in_order(action.doc | fields, fields)
    placed = _with_row_orders(caller, fields, before=action.doc["ogsm_canvases"])
    doc = action.doc | placed | {"id": action_id}
    if doc == action.doc:
        return Change(doc)
    action.doc = doc
    return Change(doc, save=[action])


def delete_action(caller: Caller, action_id: int) -> Change[Fields]:
    """Removes an action and answers it as it was. Raises errors.NotFound."""
    action = _find_action(caller, action_id)
    return Change(action.doc, delete=[action])


def _find_action(caller: Caller, action_id: int) -> Action:
    action = table.get(Action, caller.account, action_id)
    if action is None:
        raise errors.NotFound(f"there is no action {action_id}")
    return action


def _require_dates_in_order(action: Fields, sent: Fields) -> None:
    start, due = action.get("start"), action.get("due")
    if start and due and due < start:
        wrong = "due" if sent.get("due") else "start"
        raise errors.Invalid([{"pointer": f"#/{wrong}", "detail": f"due ({due}) must not be before start ({start})"}])


def _with_row_orders(caller: Caller, fields: Fields, before: list[Fields]) -> Fields:
    """The fields with a row_order on each canvas: the sent one, or the last of that canvas."""
    if "ogsm_canvases" not in fields:
        return fields
    canvases = [place if place in before else _with_row_order(caller, place) for place in fields["ogsm_canvases"]]
    return fields | {"ogsm_canvases": canvases}


def _with_row_order(caller: Caller, place: Fields) -> Fields:
    counter = f"canvas {place['id']}"
    row_order = place.get("row_order")
    if row_order is None:
        row_order = next_id(caller.account, counter)
    else:
        raise_counter(caller.account, counter, row_order)
    return {"id": place["id"], "row_order": row_order}
