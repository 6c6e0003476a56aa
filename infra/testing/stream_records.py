"""Records of the table's stream, as Lambda delivers them, and objects whose creation is recorded without a stream."""

from base64 import b64encode
from typing import Any

from chalicelib import clock
from chalicelib.domain.changes import feed_search, recording
from chalicelib.storage.connection import table_connection
from chalicelib.storage.models.base import Ref, Row

Json = dict[str, Any]

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/{table}/stream/{began}"
LONG_AGO = ARN.format(table="table", began="2020-01-01T00:00:00.000")
FIRST = 10**20  # sequence numbers have at least 21 digits


def to_image(item: Json) -> Json:
    """Return a stored item as it is in a record, with Base64 text in place of bytes."""
    return {
        name: {kind: b64encode(value).decode() if isinstance(value, bytes) else value for kind, value in typed.items()}
        for name, typed in item.items()
    }


def build_record(before: Json | None, after: Json | None, number: int, arn: str = LONG_AGO) -> Json:
    """Return the record of a write. `number` is its sequence number."""
    row = after or before or {}
    images = {name: image for name, image in (("OldImage", before), ("NewImage", after)) if image}
    return {
        "eventID": f"{number:032x}",
        "eventName": "REMOVE" if after is None else "MODIFY" if before else "INSERT",
        "eventSource": "aws:dynamodb",
        "eventVersion": "1.1",
        "awsRegion": "us-east-1",
        "eventSourceARN": arn,
        "dynamodb": {
            "ApproximateCreationDateTime": float(clock.microseconds() // 1_000_000),
            "Keys": {name: row[name] for name in ("pk", "sk")},
            "SequenceNumber": str(number),
            "SizeBytes": 1,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            **images,
        },
    }


def record_creation(account: int, ref: Ref[Row]) -> int:
    """Record the creation of an object in the feed of its account, past the stream. Return the seq of the change."""
    item = table_connection.get_item(ref.pk, ref.sk, consistent_read=True)["Item"]
    recording.record_batch([build_record(None, to_image(item), FIRST + clock.microseconds())])
    newest = feed_search.read_newest(account)
    assert newest, "The creation was not recorded."
    return newest.seq
