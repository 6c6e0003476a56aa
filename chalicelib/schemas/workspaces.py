"""Workspaces: the workspace object of the Workspaces document with its settings."""

from chalicelib.schemas.common import LINK
from chalicelib.schemas.users import USER
from chalicelib.validation.containers import All, ListOf, Nullable, json_object, object_fields
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Boolean, Enum, Integer, Text, Timestamp

DEFAULT_SETTINGS = {
    "allow_take_over_by_members": False,
    "can_change_background": True,
    "allow_invitations": True,
    "members_can_change_blocks": False,
}
SETTING = All(json_object, object_fields({name: Boolean() for name in DEFAULT_SETTINGS}))
WORKSPACE_TYPES = ("PersonalWorkspace", "SharedWorkspace")
WORKSPACE = Schema(
    "Workspace",
    {"name": Text(1, 255), "description": Nullable(Text()), "setting": SETTING, "settings": SETTING},
    required={"name"},
    read_only={
        "owner": USER,
        "created_at": Timestamp(),
        "type": Enum(WORKSPACE_TYPES),
        "id": Integer(1),
        "links": ListOf(LINK),
    },
    aliases={"settings": "setting"},
)

WORKSPACE_SUMMARY = Schema(
    "NamedWorkspace",
    {},
    read_only={"id": Integer(1), "name": Text(), "type": WORKSPACE.read_only["type"], "description": Nullable(Text())},
)
