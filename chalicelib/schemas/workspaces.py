"""Workspaces: the workspace object of the Workspaces document with its settings."""

from chalicelib.schemas.common import LINK, LINKS_DESCRIPTION
from chalicelib.schemas.users import USER
from chalicelib.validation.containers import ListOf, Nullable, nested_object
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Boolean, Enum, Integer, Text, Timestamp

DEFAULT_SETTINGS = {
    "allow_take_over_by_members": False,
    "can_change_background": True,
    "allow_invitations": True,
    "members_can_change_blocks": False,
}
SETTING = nested_object(
    "WorkspaceSetting",
    {name: Boolean() for name in DEFAULT_SETTINGS},
    descriptions={
        "allow_take_over_by_members": "Whether members may make themselves the assignee of an item.",
        "can_change_background": "Whether clients offer to change the background. The service only keeps it.",
        "allow_invitations": "Whether members may invite people.",
        "members_can_change_blocks": "Whether members may change the blocks of items, such as the priority.",
    },
)
WORKSPACE_TYPES = ("PersonalWorkspace", "SharedWorkspace")
WORKSPACE_TYPE = Enum(WORKSPACE_TYPES, name="WorkspaceType")
WORKSPACE_DESCRIPTIONS = LINKS_DESCRIPTION | {
    "id": "The id of the workspace.",
    "name": "The name of the workspace. It must not be blank.",
    "description": "A description in plain text.",
    "type": "Whether the workspace is shared, or the one that every user has alone.",
    "owner": "The user whom the workspace belongs to.",
    "created_at": "The time of creation, in UTC.",
    "setting": "What members may do. An update changes the settings that it names.",
    "settings": "Another name for `setting`.",
}
WORKSPACE = Schema(
    "Workspace",
    {"name": Text(1, 255), "description": Nullable(Text()), "setting": SETTING, "settings": SETTING},
    required={"name"},
    read_only={
        "owner": USER,
        "created_at": Timestamp(),
        "type": WORKSPACE_TYPE,
        "id": Integer(1),
        "links": ListOf(LINK),
    },
    aliases={"settings": "setting"},
    descriptions=WORKSPACE_DESCRIPTIONS,
)

WORKSPACE_SUMMARY = Schema(
    "WorkspaceSummary",
    {},
    read_only={"id": Integer(1), "name": Text(), "type": WORKSPACE_TYPE, "description": Nullable(Text())},
    descriptions=WORKSPACE_DESCRIPTIONS,
)
