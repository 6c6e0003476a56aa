"""TODO."""

from chalicelib.schemas.common import LINK
from chalicelib.schemas.users import USER
from chalicelib.validation.containers import All, ListOf, Nullable, json_object, object_fields
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Boolean, Enum, Integer, Text, Timestamp

SETTING_NAMES = (
    "allow_take_over_by_members",
    "can_change_background",
    "allow_invitations",
    "members_can_change_blocks",
)
SETTING = All(json_object, object_fields({name: Boolean() for name in SETTING_NAMES}))
WORKSPACE = Schema(
    "Workspace",
    {"name": Text(1, 255), "description": Nullable(Text()), "setting": SETTING, "settings": SETTING},
    required={"name"},
    read_only={
        "owner": USER,
        "created_at": Timestamp(),
        "type": Enum(("PersonalWorkspace", "SharedWorkspace")),
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
