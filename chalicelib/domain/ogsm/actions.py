"""Actions: what an organisation sets out to do. They belong to the account, and every user of it sees all of them."""

from collections.abc import Iterator

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import filters, listing, sorting
from chalicelib.domain.ogsm.documents import default_document, require_same_id
from chalicelib.domain.ogsm.listing import ListDefinition
from chalicelib.domain.ogsm.sorting import Position
from chalicelib.json_text import JsonObject
from chalicelib.schemas.actions import ACTION, ACTION_FILTERS, STATUSES, TRAFFIC_LIGHTS
from chalicelib.storage import table
from chalicelib.storage.ids import next_id, raise_counter
from chalicelib.storage.models.actions import Action
from chalicelib.storage.unit_of_work import Change

DEFAULTS = default_document(
    ACTION,
    labels=[],
    strategies=[],
    involved=[],
    status={"name": "to do"},
    ogsm_canvases=[],
    progress=0,
    archived=False,
)

ACTION_LIST = ListDefinition(
    row=Action,
    schema=ACTION_FILTERS,
    filters={
        "archived": filters.equals("archived"),
        "status": filters.has_name("status"),
        "traffic_light": filters.equals("traffic_light"),
        "label": filters.contains_name("labels"),
        "assignee": filters.has_name("assignee"),
        "involved": filters.contains_name("involved"),
        "strategy_id": filters.contains_id("strategies"),
        "ogsm_canvas_id": filters.contains_id("ogsm_canvases"),
        "start_from": filters.on_or_after("start"),
        "start_to": filters.on_or_before("start"),
        "due_from": filters.on_or_after("due"),
        "due_to": filters.on_or_before("due"),
        "overdue": filters.is_overdue("due", "status", done="done"),
        "q": filters.contains_text("title", "description"),
    },
    sort_values={
        "id": sorting.by_value("id", int),
        "title": sorting.by_text("title"),
        "assignee": sorting.by_name("assignee"),
        "start": sorting.by_value("start", str),
        "due": sorting.by_value("due", str),
        "status": sorting.by_named_option("status", STATUSES),
        "traffic_light": sorting.by_option("traffic_light", TRAFFIC_LIGHTS),
        "progress": sorting.by_value("progress", int),
        "archived": sorting.by_value("archived", bool),
    },
)


def list_actions(
    caller: Caller, query: JsonObject, after: Position | None, limit: int | None
) -> Iterator[listing.DocumentEntry]:
    """Return the actions that the query selects, in its order. See `listing.list_documents`."""
    return listing.list_documents(caller, ACTION_LIST, query, after, limit)


def get_action(caller: Caller, action_id: int) -> JsonObject:
    """Return an action of the caller's account. Raises NotFound."""
    document: JsonObject = _find_action(caller, action_id).doc
    return document


def create_action(caller: Caller, fields: JsonObject) -> Change[JsonObject]:
    """Create an action with the next id; an id among the fields is ignored.

    Raises Invalid if the action would be due before it starts.
    """
    require_dates_in_order(fields, sent=fields)
    document = DEFAULTS | fields | {"id": next_id(caller.account, "actions")}
    document = assign_row_orders(caller, document, previous=DEFAULTS)
    return Change(document, save=[Action.at(caller.account, document["id"], doc=document)])


def update_action(caller: Caller, action_id: int, fields: JsonObject) -> Change[JsonObject]:
    """Change the given fields of an action and keep all others.

    Raises NotFound, and Invalid if the action would be due before it starts or the fields have another id.
    """
    action = _find_action(caller, action_id)
    require_same_id(fields, action_id)
    document = action.doc | fields | {"id": action_id}
    require_dates_in_order(document, sent=fields)
    document = assign_row_orders(caller, document, previous=action.doc)
    if document == action.doc:
        return Change(document)
    action.doc = document
    return Change(document, save=[action])


def delete_action(caller: Caller, action_id: int) -> Change[JsonObject]:
    """Delete an action and return it as it was. Raises NotFound."""
    action = _find_action(caller, action_id)
    return Change(action.doc, delete=[action])


def require_dates_in_order(document: JsonObject, sent: JsonObject) -> None:
    """Raise Invalid if an action is due before it starts. The error names the one of the two that was sent."""
    start, due = document.get("start"), document.get("due")
    if start and due and due < start:
        field = "due" if sent.get("due") else "start"
        raise errors.Invalid([{"pointer": f"#/{field}", "detail": f"due ({due}) must not be before start ({start})"}])


def assign_row_orders(caller: Caller, document: JsonObject, previous: JsonObject) -> JsonObject:
    """Return an action with a `row_order` on each of its canvases.

    A canvas without one gets the next of that canvas, which puts the action last. Canvases that are the same as in the
    previous action are kept.
    """
    kept = previous["ogsm_canvases"]
    canvases = [canvas if canvas in kept else _assign_row_order(caller, canvas) for canvas in document["ogsm_canvases"]]
    return document | {"ogsm_canvases": canvases}


def _assign_row_order(caller: Caller, canvas: JsonObject) -> JsonObject:
    counter = f"canvas {canvas['id']}"
    row_order = canvas.get("row_order")
    if row_order is None:
        row_order = next_id(caller.account, counter)
    else:
        raise_counter(caller.account, counter, row_order)
    return {"id": canvas["id"], "row_order": row_order}


def _find_action(caller: Caller, action_id: int) -> Action:
    action = table.get(Action.ref(caller.account, action_id))
    if action is None:
        raise errors.NotFound(f"There is no action {action_id}.")
    return action
