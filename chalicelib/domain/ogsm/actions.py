"""Actions: what an organisation sets out to do. The OGSM document shows them, so their schema has its own sentences."""

from chalicelib import clock
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import filters, objects
from chalicelib.domain.ogsm.documents import default_document
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.json_text import JsonObject
from chalicelib.schemas.actions import ACTION
from chalicelib.schemas.ogsm_objects import CANVASES, DUE, START, STRATEGIES, find_references
from chalicelib.storage.models.actions import Action
from chalicelib.storage.unit_of_work import Change

DONE = "done"  # the status with which an action is not overdue
NOT_BEGUN = ("icebox", "to do")  # the statuses with which an action can be late to start
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
ACTIONS = OgsmNoun(
    "actions",
    "action",
    "Strategic actions of the account, from the OGSM document.",
    ACTION,
    DEFAULTS,
    Action,
    canvas_counter="canvas",
    done=DONE,
    references=find_references((STRATEGIES, CANVASES), "action"),
)
_passes_overdue = filters.is_overdue(DUE.name, "status", DONE)


def get_action(caller: Caller, action_id: int) -> JsonObject:
    """Return an action of the caller's account. Raises NotFound."""
    return objects.get_object(caller, ACTIONS, action_id)


def create_action(caller: Caller, fields: JsonObject) -> Change[JsonObject]:
    """Create an action. Raises as `objects.create_object`."""
    return objects.create_object(caller, ACTIONS, fields)


def update_action(caller: Caller, action_id: int, fields: JsonObject) -> Change[JsonObject]:
    """Change the given fields of an action. Raises as `objects.update_object`."""
    return objects.update_object(caller, ACTIONS, action_id, fields)


def is_overdue(action: JsonObject) -> bool:
    """Return whether the last day of an action has passed and it is not done, as the filter `overdue` finds it."""
    return _passes_overdue(action, True)


def is_late_to_start(action: JsonObject) -> bool:
    """Return whether the first day of an action is before today in UTC and it is still in the icebox or to do."""
    start = action[START.name]
    return start is not None and start < clock.today() and action["status"]["name"] in NOT_BEGUN
