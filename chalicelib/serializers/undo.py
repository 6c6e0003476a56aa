"""The answer to an undo."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.json_text import JsonObject
from chalicelib.serializers.common import Links


class NetChange(Protocol):
    """The effect of some changes on one object."""

    @property
    def kind(self) -> str: ...

    @property
    def public_id(self) -> int | str: ...

    @property
    def path(self) -> str | None: ...


class Undone(Protocol):
    """The result of an undo: the changes and their objects."""

    @property
    def seqs(self) -> list[int]: ...

    @property
    def changes(self) -> Sequence[NetChange]: ...


def serialize_undone(undone: Undone, links: Links) -> JsonObject:
    """Return the changes that were undone, and their objects with their addresses."""
    return {
        "undone": undone.seqs,
        "objects": [
            {
                "kind": change.kind,
                "id": change.public_id,
                "href": links.prefix + change.path if change.path else None,
            }
            for change in undone.changes
        ],
    }
