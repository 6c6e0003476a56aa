"""Items of inboxes and stacks: activities, from their stored texts."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from chalicelib.serializers.activities import serialize_activities
from chalicelib.serializers.common import Links, add_links
from chalicelib.storage.models.base import StoredText
from chalicelib.storage.models.users import User


class PlacedActivity(Protocol):
    """An activity, by its stored text, and the workspace in which it has been put."""

    @property
    def workspace(self) -> int: ...

    @property
    def text(self) -> StoredText: ...

    @property
    def people(self) -> Mapping[str, User]: ...


def serialize_items(texts: Iterable[StoredText], people: Mapping[str, User], links: Links) -> list[str]:
    """Return stored activities as the JSON texts of items: objects with the field `activity`."""
    return [f'{{"activity":{text}}}' for text in serialize_activities(texts, people, links)]


def serialize_placed_item(placed: PlacedActivity, inbox: int, stack: int | None, links: Links) -> str:
    """Return an activity that has just been put somewhere as an item.

    Links lead to its workspace, the inbox, and the stack if it is on another one. `stack` is None for the archive.
    """
    workspace_path = f"/api/workspaces/{placed.workspace}"
    targets = [
        links.link("container", workspace_path),
        links.link("inbox", f"{workspace_path}/stacks/{inbox}"),
    ]
    if stack not in (None, inbox):
        targets.append(links.link("stack", f"{workspace_path}/stacks/{stack}"))
    [text] = serialize_items([placed.text], placed.people, links)
    return add_links(text, targets)
