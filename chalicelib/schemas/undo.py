"""Undoing changes: what the calls accept and answer."""

from chalicelib.schemas.changes import CHANGED_OBJECT
from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import Schema, parameters
from chalicelib.validation.types import Boolean, Integer, Text

UNDO_PARAMETERS = parameters(force=Boolean())
REQUEST_TO_UNDO = Schema(
    "RequestToUndo",
    {"request_id": Text(1, 200)},
    required={"request_id"},
    descriptions={"request_id": "The `request_id` of the changes, which is the `X-Request-Id` of the answer."},
)
UNDONE = Schema(
    "UndoneChanges",
    {},
    read_only={"undone": ListOf(Integer(1)), "objects": ListOf(CHANGED_OBJECT)},
    descriptions={
        "undone": "The `seq` of each change that has been undone, the newest first.",
        "objects": "The objects that these changes were about.",
    },
)
