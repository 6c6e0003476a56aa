"""TODO."""

from typing import Any

from chalicelib.serializers.common import Links
from chalicelib.serializers.users import serialize_user


def serialize_workspace(owned: Any, at: Links) -> dict[str, Any]:
    """A workspace as the Workspaces document shows one; without links for the invited, who would be turned away."""
    workspace, owner = owned.workspace, owned.owner
    path = f"/api/workspaces/{workspace.id}"
    rooms = () if owned.role == "invited" else ("inbox", "stacks", "outboxes")
    return {
        "owner": serialize_user(owner, at),
        "created_at": workspace.created_at,
        "name": workspace.name,
        "type": workspace.type,
        "id": workspace.id,
        "description": workspace.description,
        "links": [at.link(rel, f"{path}/{rel}") for rel in rooms],
        "setting": workspace.setting,
    }
