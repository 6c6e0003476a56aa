"""The records of the table's stream: which row was written, and what it was before and after the write."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.json_text import JsonObject
from chalicelib.storage.models.base import Item, Row
from chalicelib.storage.models.changes import Images, pad_sequence


@dataclass(frozen=True)
class RowWrite:
    """One write of a row. `before` and `after` are None where there was no row. `row` is the latter if there is one.

    `sequence` identifies the write, with leading zeros. `arrived_at` is when DynamoDB carried it out, exact to the
    second, and `stream_began_at` is when the stream was made, both in milliseconds since 1970.
    """

    account: int
    kind: str
    sequence: str
    images: Images
    before: Row | None
    after: Row | None
    row: Row
    arrived_at: int
    stream_began_at: int


def read_write(record: JsonObject, kinds: Collection[str]) -> RowWrite | None:
    """Return the write of a record as Lambda delivers it, or None if the row is of none of these kinds.

    Binary attributes are Base64 text in it.
    """
    details = record["dynamodb"]
    images = Images(details.get("OldImage"), details.get("NewImage"))
    image: Item = images.after or images.before or {}
    kind = image.get("kind", {}).get("S", "")
    if kind not in kinds:
        return None
    row = Row.from_raw_data(image)
    return RowWrite(
        account=int(image["pk"]["S"].split("#")[1]),
        kind=kind,
        sequence=pad_sequence(details["SequenceNumber"]),
        images=images,
        before=None if images.before is None else Row.from_raw_data(images.before),
        after=None if images.after is None else row,
        row=row,
        arrived_at=int(details["ApproximateCreationDateTime"] * 1000),
        stream_began_at=_beginning_of_stream(record["eventSourceARN"]),
    )


def _beginning_of_stream(arn: str) -> int:
    """Return when the stream was made, which its ARN tells: .../stream/2026-11-27T12:00:00.000."""
    label = datetime.fromisoformat(arn.partition("/stream/")[2])
    return int(label.replace(tzinfo=label.tzinfo or UTC).timestamp() * 1000)
