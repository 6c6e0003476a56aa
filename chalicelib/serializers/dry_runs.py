"""The answer of a dry run. Ids that do not exist yet are null, and so is every text that contains one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib import json_text
from chalicelib.json_text import JsonObject
from chalicelib.serializers.changes import VisibleChange, serialize_changed_object, serialize_image
from chalicelib.serializers.common import Links

MOST_LISTED = 100
MOST_BYTES = 3_000_000  # of the listed objects, so that the answer fits into 5 MB


class PlannedChange(VisibleChange, Protocol):
    """A change that a dry run has planned."""

    @property
    def is_new(self) -> bool: ...


@dataclass(frozen=True)
class DrawnValues:
    """The numbers and texts that stand for values which are only drawn when the request is carried out."""

    numbers: frozenset[int]
    texts: frozenset[str]

    def hide(self, value: Any) -> Any:
        """Return a JSON value with null in place of drawn numbers, and of texts that contain something drawn."""
        if isinstance(value, dict):
            return {name: self.hide(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self.hide(element) for element in value]
        if isinstance(value, str):
            return None if self._are_in(value) else value
        return None if value in self.numbers and not isinstance(value, bool) else value

    def _are_in(self, text: str) -> bool:
        return any(drawn in text for drawn in self.texts) or any(str(number) in text for number in self.numbers)


def serialize_dry_run(
    changes: Sequence[PlannedChange], drawn: DrawnValues, links: Links, outlines: Iterable[Mapping[str, str]]
) -> JsonObject:
    """Return the answer of a dry run without its token. Of the changes, the first MOST_LISTED are listed."""
    would: list[JsonObject] = []
    size = 0
    for change in changes[:MOST_LISTED]:
        before, after = (serialize_image(row, change.around, links) for row in (change.before, change.after))
        size += len(before) + len(after)
        if would and size > MOST_BYTES:
            break
        would.append(_serialize_change(change, before, after, drawn, links))
    return {"would": would, "more": len(changes) - len(would), "mails": list(outlines)}


def _serialize_change(change: PlannedChange, before: str, after: str, drawn: DrawnValues, links: Links) -> JsonObject:
    planned: JsonObject = {
        "verb": change.verb,
        "object": serialize_changed_object(change, links),
        "before": json_text.load(before),
        "after": json_text.load(after),
    }
    if change.is_new:
        _hide_id(planned, str(change.public_id))
    hidden: JsonObject = drawn.hide(planned)
    return hidden


def _hide_id(planned: JsonObject, public_id: str) -> None:
    """Replace the id of a new object by null, also if it is a number that was foreseen and not drawn."""
    seen = planned["object"]
    if public_id in (seen["href"] or ""):
        seen["href"] = None
    seen["id"] = None
    for image in (planned["before"], planned["after"]):
        if image and "id" in image:
            image["id"] = None
