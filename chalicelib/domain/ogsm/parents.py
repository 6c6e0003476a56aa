"""Parents of teams, goals and KPIs. No request makes an object a part of itself, through however many others."""

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import ID, PARENT
from chalicelib.storage import table
from chalicelib.storage.models.base import has_value
from chalicelib.storage.unit_of_work import Precondition

MAX_LEVELS = 20  # above an object, when its parent is set
CHANGED = "An object above the parent has just changed."


def check_parent(
    caller: Caller, noun: OgsmNoun, document: JsonObject, previous: JsonObject | None
) -> list[Precondition]:
    """Return the preconditions with which an object may be saved: the objects above it stay as they were read here.

    An object that keeps its previous parent has none. Otherwise this makes one request for each level. Raises Invalid
    if the parents lead in a circle or there are more than MAX_LEVELS of them. A parent that does not exist, or that is
    being deleted, ends them, and must then still do so.
    """
    parent = document[PARENT.name]
    if previous is not None and parent == previous[PARENT.name]:
        return []
    path = [document[ID.name]]
    preconditions: list[Precondition] = []
    while parent:
        _require_new_step(path, parent[ID.name])
        path.append(parent[ID.name])
        ref = noun.row.ref(caller.account, parent[ID.name])
        row = table.get(ref)
        is_same = has_value(noun.row.version, row.version if row else None)
        preconditions.append(Precondition(ref, is_same, errors.Stale(CHANGED)))
        parent = row.doc[PARENT.name] if row and not row.deleted_with else None
    return preconditions


def _require_new_step(path: list[int], parent_id: int) -> None:
    """Raise Invalid if the parent is on the path from an object upwards already, or if the path is too long."""
    if parent_id in path:
        steps = " -> ".join(map(str, [*path, parent_id]))
        raise _invalid(f"must not lead in a circle: {steps}")
    if len(path) > MAX_LEVELS:
        raise _invalid(f"must have at most {MAX_LEVELS - 1} others above it")


def _invalid(detail: str) -> errors.Invalid:
    return errors.Invalid([{"pointer": f"#/{PARENT.name}", "detail": detail}])
