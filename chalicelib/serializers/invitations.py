"""Invitations."""

from collections.abc import Mapping
from typing import Protocol

from chalicelib.json_text import JsonObject
from chalicelib.serializers.common import Links
from chalicelib.serializers.users import serialize_user
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Workspace


class InvitationView(Protocol):
    """An invitation with its workspace and the users in both."""

    @property
    def invitation(self) -> Invitation: ...

    @property
    def workspace(self) -> Workspace: ...

    @property
    def people(self) -> Mapping[str, User]: ...


def serialize_invitation(view: InvitationView, links: Links) -> JsonObject:
    """Return an invitation with a summary of its workspace, by which the invited user recognises it."""
    invitation, workspace = view.invitation, view.workspace
    return {
        "id": invitation.id,
        "workspace": _summarize_workspace(workspace),
        "user": serialize_user(view.people[invitation.user], links),
        "email": invitation.email,
        "inviter": serialize_user(view.people[invitation.inviter], links),
        "state": invitation.state,
        "created_at": invitation.created_at,
        "delivery": invitation.delivery,
        "links": [
            links.link("self", f"/api/invitations/{invitation.id}"),
            links.link("workspace", f"/api/workspaces/{workspace.id}"),
        ],
    }


def serialize_sent_invitation(view: InvitationView, mail: str, links: Links) -> JsonObject:
    """Return an invitation, and what inviting did about its mail."""
    return serialize_invitation(view, links) | {"mail": mail}


def _summarize_workspace(workspace: Workspace) -> JsonObject:
    return {
        "id": workspace.id,
        "name": workspace.name,
        "type": workspace.type,
        "description": workspace.description,
    }
