"""The fields of an object as its changes see them: which a change has set, and which a later one has touched."""

from collections.abc import Mapping
from typing import cast

from chalicelib.domain.activities.restoring import PLACE
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.comments import Comment
from chalicelib.storage.models.ogsm_objects import ObjectRow
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Workspace

SETTING = "setting."  # the prefix of the settings of a workspace among its fields
CHANGE_TIME = "updated_at"

Fields = Mapping[str, object]


def fields_of(row: Row) -> Fields:
    """Return the fields of an object by name, apart from the times at which it or a part of it was changed.

    The place of an activity is one field, and each setting of a workspace is one.
    """
    if isinstance(row, Activity):
        return {**_without_times(row.doc), PLACE: (row.workspace, row.stack)}
    if isinstance(row, Comment | ObjectRow):
        return _without_times(row.doc)
    if isinstance(row, Workspace):
        settings = cast("dict[str, object]", row.setting)
        named = {f"{SETTING}{name}": value for name, value in settings.items()}
        return {"name": row.name, "description": row.description, "owner": row.owner, **named}
    if isinstance(row, Stack):
        return {"name": row.name, "description": row.description}
    return {}


def _without_times(document: Mapping[str, object]) -> Fields:
    """Return the fields of a document and of the blocks in it without their times of change."""
    return {
        name: {key: part for key, part in value.items() if key != CHANGE_TIME} if isinstance(value, dict) else value
        for name, value in document.items()
        if name != CHANGE_TIME
    }


def changed_fields(before: Row | None, after: Row | None) -> set[str]:
    """Return the names of the fields that differ. If one of the two does not exist, these are all fields."""
    old, new = (fields_of(row) if row is not None else {} for row in (before, after))
    return {name for name in {*old, *new} if name not in old or name not in new or old[name] != new[name]}
