"""Activities: the items of workspaces, with the building blocks that the Workspaces document shows.

People stand in a stored activity by their marked ids, so that a changed name shows everywhere at once: a NUL, which no
text of a client can hold, and the id. The mark alone is the time at which the activity was made: most blocks have it
twice, and without it the copies of an activity would weigh just over the 1 KB that one write unit pays for.
"""

from typing import Any

from chalicelib import clock, randomness
from chalicelib.domain.activities import lifecycle
from chalicelib.schemas.activities import PRIORITIES, SIZES
from chalicelib.storage.marks import MARK

ACTIVITY_NOT_FOUND = "there is no such activity"

Fields = dict[str, Any]


def new_document(activity_id: int, creator: str, fields: Fields) -> Fields:
    """A new activity, in the order of the document; what is not said about its blocks is as in the document."""
    now = clock.now()
    said = {name: value for name, value in fields.items() if value is not None}
    return {
        "id": activity_id,
        "name": fields["name"],
        "description": fields.get("description"),
        "state": lifecycle.DRAFT,
        "created_at": now,
        "updated_at": now,
        "priority": _block(options=[*PRIORITIES], value=said.get("priority", "normal"), name="priority"),
        "creator": MARK + creator,
        "progress": _block(value="0", name="progress"),
        "target_date": _block(time=said.get("target_date"), name="deadline"),
        "size": _block(options=[*SIZES], value=said.get("size", "medium"), name="size"),
        "assignee": MARK + creator,
        "alarm": _block(time=said.get("alarm"), name=None),
    }


def _block(**fields: Any) -> Fields:
    block = {"created_at": MARK, "updated_at": MARK, **fields, "id": randomness.hex_digits(24)}
    order = ("created_at", "options", "updated_at", "value", "time", "name", "id")
    return {name: block[name] for name in order if name in block}
