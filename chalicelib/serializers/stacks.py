"""Stacks and inboxes."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from chalicelib import json_text
from chalicelib.json_text import JsonObject
from chalicelib.serializers.common import Links
from chalicelib.serializers.items import serialize_items
from chalicelib.storage.models.base import StoredText
from chalicelib.storage.models.users import User


class Contents(Protocol):
    """A container of a workspace, with the stored texts of its activities and the users in them."""

    @property
    def workspace(self) -> int: ...

    @property
    def id(self) -> int: ...

    @property
    def texts(self) -> Sequence[StoredText]: ...

    @property
    def people(self) -> Mapping[str, User]: ...


class StackItself(Protocol):
    """A stack with its name and its description."""

    @property
    def workspace(self) -> int: ...

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str | None: ...

    @property
    def description(self) -> str | None: ...


class StackContents(StackItself, Contents, Protocol):
    """A stack with its activities."""


def serialize_inbox(contents: Contents, links: Links) -> str:
    """Return the inbox of a workspace as the Workspaces document shows it."""
    container = links.link("container", f"/api/workspaces/{contents.workspace}")
    return add_items({"id": contents.id, "rules": [], "links": [container]}, contents, links)


def serialize_stack(contents: StackContents, links: Links) -> str:
    """Return a stack as the Workspaces document shows it."""
    return add_items(serialize_stack_without_items(contents, links), contents, links)


def serialize_stack_without_items(stack: StackItself, links: Links) -> JsonObject:
    """Return a stack as the Workspaces document shows it, without its field `items`."""
    return {
        "name": stack.name,
        "id": stack.id,
        "description": stack.description,
        "links": [links.link("container", f"/api/workspaces/{stack.workspace}")],
    }


def add_items(document: JsonObject, contents: Contents, links: Links) -> str:
    """Return the JSON text of a document with a field `items` after its other fields."""
    items = serialize_items(contents.texts, contents.people, links)
    return f'{json_text.dump(document)[:-1]},"items":[{",".join(items)}]}}'
