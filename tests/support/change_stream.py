"""The stream of moto's table, and a stand-in for the Lambda mapping that reads it.

Moto's own stream takes longer with every record, and it copies all of them for each transaction.
"""

import time
from base64 import b64encode
from itertools import count
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item

from chalicelib import config
from chalicelib.routes.change_stream import record_changes
from infra.testing.snapshots import ACCOUNT, REGION

Json = dict[str, Any]

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/{table}/stream/{began}"
FIRST = 10**20  # sequence numbers have at least 21 digits


class Shard(list[Json]):
    """The records that have not been read, as Lambda delivers them.

    Moto copies the table for each transaction, and puts the copy back if the transaction fails. Being a list, the shard
    is copied as well.
    """

    def __init__(self, arn: str) -> None:
        super().__init__()
        self.arn = arn
        self.numbers = count(FIRST)

    def add(self, old: Item | None, new: Item | None) -> None:
        """Append a record, unless the write has changed nothing. Moto calls this for each write."""
        before, after = (to_image(item.to_json()["Attributes"]) if item else None for item in (old, new))
        if before != after:
            self.append(build_record(before, after, next(self.numbers), self.arn))


def to_image(item: Json) -> Json:
    """Return a stored item as it is in a record, with Base64 text in place of bytes."""
    return {
        name: {kind: b64encode(value).decode() if isinstance(value, bytes) else value for kind, value in typed.items()}
        for name, typed in item.items()
    }


def build_record(before: Json | None, after: Json | None, number: int, arn: str) -> Json:
    """Return the record of a write, as Lambda delivers it."""
    row = after or before or {}
    images = {name: image for name, image in (("OldImage", before), ("NewImage", after)) if image}
    return {
        "eventID": f"{number:032x}",
        "eventName": "REMOVE" if after is None else "MODIFY" if before else "INSERT",
        "eventSource": "aws:dynamodb",
        "eventVersion": "1.1",
        "awsRegion": REGION,
        "eventSourceARN": arn,
        "dynamodb": {
            "ApproximateCreationDateTime": float(int(time.time())),
            "Keys": {name: row[name] for name in ("pk", "sk")},
            "SequenceNumber": str(number),
            "SizeBytes": 1,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            **images,
        },
    }


class ChangeStream:
    """The stream of the table. It is on from the time that it is created."""

    def __init__(self, began: str = "2020-01-01T00:00:00.000") -> None:
        self._table.stream_shard = Shard(ARN.format(table=config.TABLE_NAME, began=began))

    @property
    def _table(self) -> Any:
        return dynamodb_backends[ACCOUNT][REGION].tables[config.TABLE_NAME]

    @property
    def unread(self) -> Shard:
        """The records that have not been read."""
        shard: Shard = self._table.stream_shard
        return shard

    def catch_up(self, batch_size: int = 100) -> None:
        """Record the changes of all unread records, batch by batch, as Lambda does."""
        while batch := self.unread[:batch_size]:
            invoke(batch)
            del self.unread[:batch_size]  # the function's own writes have been added behind them


def invoke(records: list[Json]) -> None:
    """Call the function as Lambda does."""
    record_changes({"Records": records}, None)
