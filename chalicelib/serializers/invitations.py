"""TODO."""

from typing import Any

from chalicelib.serializers.common import Links
from chalicelib.serializers.users import serialize_user


def serialize_invitation(shown: Any, at: Links) -> dict[str, Any]:
    """An invitation, with as much of the workspace as the invited needs to know it by."""
    invitation, workspace = shown.invitation, shown.workspace
    names = ("id", "name", "type", "description")
    return {
        "id": invitation.id,
        "workspace": {name: getattr(workspace, name) for name in names},
        "user": serialize_user(shown.people[invitation.user], at),
        "email": invitation.email,
        "inviter": serialize_user(shown.people[invitation.inviter], at),
        "state": invitation.state,
        "created_at": invitation.created_at,
        "delivery": invitation.delivery,
        "links": [
            at.link("self", f"/api/invitations/{invitation.id}"),
            at.link("workspace", f"/api/workspaces/{workspace.id}"),
        ],
    }
