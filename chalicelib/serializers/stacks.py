"""TODO."""

from typing import Any

from chalicelib import json_text
from chalicelib.serializers.common import Links
from chalicelib.serializers.items import serialize_items
from chalicelib.serializers.users import serialize_user


def serialize_inbox(filled: Any, at: Links) -> str:
    """The inbox of a workspace as the Workspaces document shows one."""
    links = [at.link("container", f"/api/workspaces/{filled.workspace}")]
    return _with_items({"id": filled.id, "rules": [], "links": links}, filled, at)


def serialize_stack(filled: Any, at: Links) -> str:
    """A stack as the Workspaces document shows one."""
    links = [at.link("container", f"/api/workspaces/{filled.workspace}")]
    described = {"name": filled.name, "id": filled.id, "description": filled.description, "links": links}
    return _with_items(described, filled, at)


def serialize_outbox(outbox: Any, at: Links) -> str:
    """What one person was handed of a workspace, wherever it lies now."""
    links = [at.link("container", f"/api/workspaces/{outbox.workspace}")]
    links.append(at.link("delegations", "/api/delegations/outgoing"))
    return _with_items({"id": outbox.id, "user": serialize_user(outbox.user, at), "links": links}, outbox, at)


def _with_items(described: dict[str, Any], filled: Any, at: Links) -> str:
    lying = serialize_items([text for _, text in filled.entries], filled.people, at)
    return json_text.dump(described)[:-1] + f',"items":[{",".join(lying)}]}}'
