"""The answer to an undo."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.json_text import JsonObject
from chalicelib.serializers.changes import ChangedObject, serialize_changed_object
from chalicelib.serializers.common import Links


class Undone(Protocol):
    """The result of an undo: the changes and their objects."""

    @property
    def seqs(self) -> list[int]: ...

    @property
    def changes(self) -> Sequence[ChangedObject]: ...


def serialize_undone(undone: Undone, links: Links) -> JsonObject:
    """Return the changes that were undone, and their objects with their addresses."""
    objects = [serialize_changed_object(change, links) for change in undone.changes]
    return {"undone": undone.seqs, "objects": objects}
