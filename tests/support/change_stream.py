"""The stream of moto's table, and a stand-in for the Lambda mapping that reads it.

Moto's own stream takes longer with every record, and it copies all of them for each transaction.
"""

from itertools import count
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item

from chalicelib import clock, config
from chalicelib.routes.change_stream import record_changes
from infra.testing.snapshots import ACCOUNT, REGION
from infra.testing.stream_records import ARN, FIRST, build_record, to_image

Json = dict[str, Any]


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


class ChangeStream:
    """The stream of the table. It is on from the time that it is created, so that it lacks the writes before."""

    def __init__(self) -> None:
        began = clock.current_time().strftime("%Y-%m-%dT%H:%M:%S.000")
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
