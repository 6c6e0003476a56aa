"""Actions: what an organisation sets out to do. The OGSM document shows them, so their schema has its own sentences."""

from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import objects
from chalicelib.domain.ogsm.documents import default_document
from chalicelib.domain.ogsm.listing import ListDefinition
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.json_text import JsonObject
from chalicelib.schemas.actions import ACTION, ACTION_FILTERS
from chalicelib.schemas.ogsm_objects import CANVASES, STRATEGIES, find_references
from chalicelib.storage.models.actions import Action
from chalicelib.storage.unit_of_work import Change

DONE = "done"  # the status with which an action is not overdue
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
ACTION_LIST = ListDefinition.derive(Action, ACTION, ACTION_FILTERS, DONE)
ACTIONS = OgsmNoun(
    "actions",
    "action",
    "Strategic actions of the account, from the OGSM document.",
    ACTION,
    DEFAULTS,
    ACTION_LIST,
    Action,
    canvas_counter="canvas",
    references=find_references((STRATEGIES, CANVASES), "action"),
)


def get_action(caller: Caller, action_id: int) -> JsonObject:
    """Return an action of the caller's account. Raises NotFound."""
    return objects.get_object(caller, ACTIONS, action_id)


def create_action(caller: Caller, fields: JsonObject) -> Change[JsonObject]:
    """Create an action. Raises as `objects.create_object`."""
    return objects.create_object(caller, ACTIONS, fields)


def update_action(caller: Caller, action_id: int, fields: JsonObject) -> Change[JsonObject]:
    """Change the given fields of an action. Raises as `objects.update_object`."""
    return objects.update_object(caller, ACTIONS, action_id, fields)
