"""The document of a new activity, with the building blocks that the Workspaces document shows."""

from chalicelib import clock, randomness
from chalicelib.domain.activities import lifecycle
from chalicelib.json_text import JsonObject
from chalicelib.schemas.activities import PRIORITIES, SIZES

ACTIVITY_NOT_FOUND = "There is no such activity."


def new_document(activity_id: int, creator: str, fields: JsonObject) -> JsonObject:
    """Return a new activity, its fields in the order of the document. Missing fields get the document's defaults."""
    now = clock.now()
    given = {name: value for name, value in fields.items() if value is not None}
    return {
        "id": activity_id,
        "name": fields["name"],
        "description": fields.get("description"),
        "state": lifecycle.DRAFT,
        "created_at": now,
        "updated_at": now,
        "priority": _new_choice(now, PRIORITIES, given.get("priority", "normal"), name="priority"),
        "creator": creator,
        "progress": _new_block(now, value="0", name="progress"),
        "target_date": _new_block(now, time=given.get("target_date"), name="deadline"),
        "size": _new_choice(now, SIZES, given.get("size", "medium"), name="size"),
        "assignee": creator,
        "alarm": _new_block(now, time=given.get("alarm"), name=None),
    }


def _new_block(now: str, **content: str | None) -> JsonObject:
    """Return a building block with this content and a new id, its fields in the order of the document."""
    return {"created_at": now, "updated_at": now, **content, "id": randomness.hex_digits(24)}


def _new_choice(now: str, options: tuple[str, ...], value: str, name: str) -> JsonObject:
    """Return a building block with a value that is one of its options."""
    return {"created_at": now, "options": [*options], **_new_block(now, value=value, name=name)}
