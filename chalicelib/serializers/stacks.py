"""Stacks and inboxes."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from chalicelib import json_text
from chalicelib.serializers.common import Links
from chalicelib.serializers.items import serialize_items
from chalicelib.storage.models.users import User


class Contents(Protocol):
    """A container of a workspace, the stored texts of its activities with their positions, and the users in them."""

    @property
    def workspace(self) -> int: ...

    @property
    def id(self) -> int: ...

    @property
    def entries(self) -> Sequence[tuple[object, str]]: ...

    @property
    def people(self) -> Mapping[str, User]: ...


class StackContents(Contents, Protocol):
    """A stack with its name, its description and its activities."""

    @property
    def name(self) -> str | None: ...

    @property
    def description(self) -> str | None: ...


def serialize_inbox(contents: Contents, links: Links) -> str:
    """Return the inbox of a workspace as the Workspaces document shows it."""
    container = links.link("container", f"/api/workspaces/{contents.workspace}")
    return add_items({"id": contents.id, "rules": [], "links": [container]}, contents, links)


def serialize_stack(contents: StackContents, links: Links) -> str:
    """Return a stack as the Workspaces document shows it."""
    document = {
        "name": contents.name,
        "id": contents.id,
        "description": contents.description,
        "links": [links.link("container", f"/api/workspaces/{contents.workspace}")],
    }
    return add_items(document, contents, links)


def add_items(document: dict[str, Any], contents: Contents, links: Links) -> str:
    """Return the JSON text of a document with a field `items` after its other fields."""
    items = serialize_items([text for _, text in contents.entries], contents.people, links)
    return f'{json_text.dump(document)[:-1]},"items":[{",".join(items)}]}}'
