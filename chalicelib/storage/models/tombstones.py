"""Tombstones, which say who has deleted an object."""

from datetime import timedelta
from typing import Self

from pynamodb.attributes import TTLAttribute

from chalicelib import clock
from chalicelib.storage.models.base import Ref, Row

RETENTION = timedelta(days=30)


class Tombstone(Row, discriminator="tombstone"):
    """The stamp of the deletion of an object.

    It is written in the transaction that deletes the canonical row of the object. If a row with the same key is created
    and deleted again, its new tombstone overwrites the old one. DynamoDB removes the row after `ttl`.

    Key: ACCOUNT#{account}#DELETED / {kind}#{partition key}#{sort key}
    Access patterns: get by the kind and the key of the deleted row.
    """

    is_copy = True

    ttl = TTLAttribute()

    @classmethod
    def of(cls, row: Row, stamp: bytes) -> Self:
        """Return the tombstone of a row that is deleted."""
        return cls.at(row, stamp=stamp, ttl=clock.after(RETENTION))

    @staticmethod
    def ref(row: Row) -> Ref["Tombstone"]:
        """Return the reference to the tombstone of a row."""
        account = "#".join(row.pk.split("#")[:2])
        kind = Row.kind.get_discriminator(type(row))
        return Ref(f"{account}#DELETED", f"{kind}#{row.pk}#{row.sk}", Tombstone)
