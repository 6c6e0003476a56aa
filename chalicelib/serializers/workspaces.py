"""Workspaces."""

from typing import Protocol

from chalicelib.json_text import JsonObject
from chalicelib.serializers.common import Links
from chalicelib.serializers.users import serialize_user
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Workspace


class WorkspaceView(Protocol):
    """A workspace with its owner, as a user in that role sees it."""

    @property
    def workspace(self) -> Workspace: ...

    @property
    def owner(self) -> User: ...

    @property
    def role(self) -> str: ...


def serialize_workspace(view: WorkspaceView, links: Links) -> JsonObject:
    """Return a workspace as the Workspaces document shows it.

    Users who are only invited get no links to its containers, since they may not open them yet.
    """
    workspace = view.workspace
    containers = () if view.role == "invited" else ("inbox", "stacks", "outboxes")
    return {
        "owner": serialize_user(view.owner, links),
        "created_at": workspace.created_at,
        "name": workspace.name,
        "type": workspace.type,
        "id": workspace.id,
        "description": workspace.description,
        "links": [links.link(name, f"/api/workspaces/{workspace.id}/{name}") for name in containers],
        "setting": workspace.setting,
    }
