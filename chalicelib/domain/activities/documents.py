"""The document of a new activity, with the building blocks that the Workspaces document shows.

A stored activity refers to people by marked ids, so that a changed name shows everywhere at once. A marked id is a NUL
character, which no text sent by a client can contain, followed by the id of a user. A mark without an id stands for the
time at which the activity was created. Most blocks contain that time twice; spelled out, it would make the copies of an
activity just larger than the 1 KB that one write unit pays for.
"""

from typing import Any

from chalicelib import clock, randomness
from chalicelib.domain.activities import lifecycle
from chalicelib.json_text import JsonObject
from chalicelib.schemas.activities import PRIORITIES, SIZES
from chalicelib.storage.marks import MARK

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
        "priority": _new_block(options=[*PRIORITIES], value=given.get("priority", "normal"), name="priority"),
        "creator": MARK + creator,
        "progress": _new_block(value="0", name="progress"),
        "target_date": _new_block(time=given.get("target_date"), name="deadline"),
        "size": _new_block(options=[*SIZES], value=given.get("size", "medium"), name="size"),
        "assignee": MARK + creator,
        "alarm": _new_block(time=given.get("alarm"), name=None),
    }


def _new_block(**fields: Any) -> JsonObject:
    """Return a building block with a new id, its fields in the order of the document."""
    block = {"created_at": MARK, "updated_at": MARK, **fields, "id": randomness.hex_digits(24)}
    order = ("created_at", "options", "updated_at", "value", "time", "name", "id")
    return {name: block[name] for name in order if name in block}
