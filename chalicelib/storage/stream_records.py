"""The records of the table's stream: which row was written, and what it was before and after the write."""

from base64 import b64encode
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chalicelib.json_text import JsonObject
from chalicelib.storage.models.base import Item, Ref, Row
from chalicelib.storage.models.changes import Images, pad_sequence

MADE_BY_MOVE = ("moved_from", "stamp", "version")  # attributes that a row gets when it moves to another key


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
    write = describe_write(Images(details.get("OldImage"), details.get("NewImage")), kinds)
    if write is None:
        return None
    return replace(
        write,
        sequence=pad_sequence(details["SequenceNumber"]),
        arrived_at=int(details["ApproximateCreationDateTime"] * 1000),
        stream_began_at=_beginning_of_stream(record["eventSourceARN"]),
    )


def describe_write(images: Images, kinds: Collection[str]) -> RowWrite | None:
    """Return a write that has not been made, with these images, or None if the row is of none of these kinds."""
    image: Item = images.after or images.before or {}
    kind = image.get("kind", {}).get("S", "")
    if kind not in kinds:
        return None
    row = Row.from_raw_data(image)
    return RowWrite(
        account=int(image["pk"]["S"].split("#")[1]),
        kind=kind,
        sequence="",
        images=images,
        before=None if images.before is None else Row.from_raw_data(images.before),
        after=None if images.after is None else row,
        row=row,
        arrived_at=0,
        stream_began_at=0,
    )


def as_move(write: RowWrite, former: Ref[Row], user: str, stamp: bytes | None) -> RowWrite:
    """Return the write that has put a new row as one that has moved it from another key.

    The row was at `former` before, belonged to another user, and had another stamp.
    """
    image = {name: value for name, value in (write.images.after or {}).items() if name not in MADE_BY_MOVE}
    image |= {"pk": {"S": former.pk}, "sk": {"S": former.sk}, "user": {"S": user}}
    if stamp is not None:
        image |= {"stamp": {"B": b64encode(stamp).decode()}}
    return replace(write, before=Row.from_raw_data(image), images=Images(image, write.images.after))


def _beginning_of_stream(arn: str) -> int:
    """Return when the stream was made, which its ARN tells: .../stream/2026-11-27T12:00:00.000."""
    label = datetime.fromisoformat(arn.partition("/stream/")[2])
    return int(label.replace(tzinfo=label.tzinfo or UTC).timestamp() * 1000)
