"""Outboxes."""

from typing import Protocol

from chalicelib.serializers.common import Links
from chalicelib.serializers.stacks import Contents, add_items
from chalicelib.serializers.users import serialize_user
from chalicelib.storage.models.users import User


class Outbox(Contents, Protocol):
    """The activities of a workspace that the caller has delegated to one user."""

    @property
    def user(self) -> User: ...


def serialize_outbox(outbox: Outbox, links: Links) -> str:
    """Return an outbox with its user and items. An item may be in another workspace by now."""
    document = {
        "id": outbox.id,
        "user": serialize_user(outbox.user, links),
        "links": [
            links.link("container", f"/api/workspaces/{outbox.workspace}"),
            links.link("delegations", "/api/delegations/outgoing"),
        ],
    }
    return add_items(document, outbox, links)
