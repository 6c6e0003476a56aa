"""Tombstones, which say who has deleted an object."""

from datetime import timedelta
from typing import Self

from pynamodb.attributes import TTLAttribute, UnicodeAttribute

from chalicelib import clock
from chalicelib.storage.models.base import BytesAttribute, IntegerAttribute, Ref, Row

RETENTION = timedelta(days=30)


class Tombstone(Row, discriminator="tombstone"):
    """The stamp of the deletion of an object.

    It is written in the transaction that deletes the canonical row of the object. If a row with the same key is created
    and deleted again, its new tombstone overwrites the old one. `deleted_stamp` is the stamp of the deleted row, by
    which a reader notices the tombstone of a later deletion. `deleted_version` is the version of that row, from which
    the versions go on if the object is restored. Both are absent if the row was deleted without having been read.
    `moved_to` is the user who has the object now, if it was not deleted but has got another key. DynamoDB removes the
    tombstone after `ttl`.

    Key: ACCOUNT#{account}#DELETED / {kind}#{partition key}#{sort key}
    Access patterns: get by the kind and the key of the deleted row.
    """

    is_copy = True

    deleted_stamp = BytesAttribute(null=True)
    deleted_version = IntegerAttribute(null=True)
    moved_to = UnicodeAttribute(null=True)
    ttl = TTLAttribute()

    @classmethod
    def of(cls, row: Row, stamp: bytes) -> Self:
        """Return the tombstone of a row that is deleted."""
        ttl, version = clock.after(RETENTION), row.version
        return cls.at(
            row, stamp=stamp, deleted_stamp=row.stamp, deleted_version=version, moved_to=row.moved_to, ttl=ttl
        )

    @staticmethod
    def ref(row: Row) -> Ref["Tombstone"]:
        """Return the reference to the tombstone of a row."""
        account = "#".join(row.pk.split("#")[:2])
        kind = Row.kind.get_discriminator(type(row))
        return Ref(f"{account}#DELETED", f"{kind}#{row.pk}#{row.sk}", Tombstone)
