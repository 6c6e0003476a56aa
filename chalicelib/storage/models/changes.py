"""The change feed of an account: its changes in their order, and the history of each object."""

import zlib
from base64 import b64encode
from typing import NamedTuple

from pynamodb.attributes import BooleanAttribute, TTLAttribute, UnicodeAttribute

from chalicelib import json_text
from chalicelib.storage.models.base import BytesAttribute, IntegerAttribute, Item, Range, Ref, Row
from chalicelib.storage.models.keys import account_partition

CREATE, UPDATE, DELETE, MOVE = VERBS = ("create", "update", "delete", "move")
NO_CHANGE = "none"  # the verb of a write that changed nothing that the API answers

SEQUENCE_DIGITS = 40  # DynamoDB's sequence numbers have 21 to 40 digits, so they are padded to sort as numbers


class Images(NamedTuple):
    """The row of an object before and after a change, as DynamoDB stores it. None where there was no row."""

    before: Item | None
    after: Item | None


class HistoryRecord(Row, discriminator="history_record"):
    """One write of an object: the rows before and after it, who made it, and when.

    `verb` is one of VERBS or NO_CHANGE. `base` is the newest seq of the feed when the record was put: the entry of the
    change, if it has one, has a higher seq. `changed_at` is the time of the change in milliseconds since 1970.

    `stamp` is that of the row after the write, or that of the deletion if `row_is_gone`. `is_unsigned` says that the
    row has kept the stamp of an earlier write, so that the author of this one is unknown.

    `images` are Images, compressed, without secrets. If they do not fit, `has_part` says that the image after the
    change is in a HistoryPart. DynamoDB removes the row after `ttl`.

    Key: ACCOUNT#{account}#HISTORY#{kind}#{object} / RECORD#{sequence number}
    Access patterns: get by object and sequence number; list those of an object, newest first.
    """

    prefix = "RECORD#"

    base = IntegerAttribute()
    verb = UnicodeAttribute()
    changed_at = IntegerAttribute()
    row_is_gone = BooleanAttribute(null=True)  # True or absent
    is_unsigned = BooleanAttribute(null=True)  # True or absent
    images = BytesAttribute()
    has_part = BooleanAttribute(null=True)  # True or absent
    ttl = TTLAttribute()

    @property
    def author_stamp(self) -> bytes | None:
        """The stamp of the author of the change, or None if the author is unknown."""
        return None if self.is_unsigned else self.stamp

    @property
    def sequence(self) -> str:
        """The sequence number of the write in the stream, padded with zeros. It identifies the write."""
        return self.sk.removeprefix(HistoryRecord.prefix)

    @staticmethod
    def ref(account: int, kind: str, object_id: str, sequence: str) -> Ref["HistoryRecord"]:
        """Return the reference to the record of one write of an object. `kind` is the kind of its canonical row."""
        sort_key = f"{HistoryRecord.prefix}{pad_sequence(sequence)}"
        return Ref(_history_partition(account, kind, object_id), sort_key, HistoryRecord)

    @staticmethod
    def of_object(account: int, kind: str, object_id: str) -> Range["HistoryRecord"]:
        """Return the range of all records of an object, the oldest first."""
        return Range.under(_history_partition(account, kind, object_id), HistoryRecord.prefix, HistoryRecord)

    @staticmethod
    def up_to(account: int, kind: str, object_id: str, sequence: str) -> Range["HistoryRecord"]:
        """Return the range of the records of an object up to that of one write, which is included."""
        last = HistoryRecord.ref(account, kind, object_id, sequence)
        return Range(last.pk, HistoryRecord.prefix, last.sk, HistoryRecord)


class HistoryPart(Row, discriminator="history_part"):
    """The image after a change, if it does not fit into the HistoryRecord of the change.

    DynamoDB removes the row after `ttl`.

    Key: ACCOUNT#{account}#HISTORY#{kind}#{object} / PART#{sequence number}
    Access patterns: get by object and sequence number.
    """

    images = BytesAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def ref(account: int, kind: str, object_id: str, sequence: str) -> Ref["HistoryPart"]:
        """Return the reference to the part of a record."""
        sort_key = f"PART#{pad_sequence(sequence)}"
        return Ref(_history_partition(account, kind, object_id), sort_key, HistoryPart)

    @staticmethod
    def beside(record: HistoryRecord) -> Ref["HistoryPart"]:
        """Return the reference to the part of a record that has one."""
        return Ref(record.pk, f"PART#{record.sequence}", HistoryPart)

    @staticmethod
    def of(record: HistoryRecord, after: Item | None) -> "HistoryPart":
        """Return the part with the image after the change."""
        ref = HistoryPart.beside(record)
        return HistoryPart(ref.pk, ref.sk, images=pack_images(Images(None, after)), ttl=record.ttl)


class FeedEntry(Row, discriminator="feed_entry"):
    """The place of a change in the feed of its account.

    The seq of an account's entries rises by one from 1. `sequence` is that of the HistoryRecord, which has the rest.
    `verb` and `changed_at` are the same as there, and `stamp` is that of the author. `size` is that of the images in
    bytes, before they are compressed. The entry with seq 0 says when the feed began. It names no object.

    The newest entry has no `ttl`, so that the next one always finds it. DynamoDB removes the others after `ttl`.

    Key: ACCOUNT#{account}#CHANGES / CHANGE#{seq}
    Access patterns: list those behind a seq; get the newest.
    """

    prefix = "CHANGE#"

    object_kind = UnicodeAttribute()
    object_id = UnicodeAttribute()
    verb = UnicodeAttribute()
    sequence = UnicodeAttribute()
    changed_at = IntegerAttribute()
    size = IntegerAttribute(default=0)
    ttl = TTLAttribute(null=True)

    @property
    def account(self) -> int:
        """The account that the feed belongs to."""
        return int(self.pk.split("#")[1])

    @property
    def seq(self) -> int:
        """The place of the change in the feed."""
        return FeedEntry.seq_at(self.sk)

    @property
    def record(self) -> Ref[HistoryRecord]:
        """The reference to the record of the change."""
        return HistoryRecord.ref(self.account, self.object_kind, self.object_id, self.sequence)

    @staticmethod
    def ref(account: int, seq: int) -> Ref["FeedEntry"]:
        """Return the reference to an entry."""
        return Ref(f"{account_partition(account)}#CHANGES", f"{FeedEntry.prefix}{seq:016}", FeedEntry)

    @staticmethod
    def of_account(account: int) -> Range["FeedEntry"]:
        """Return the range of all entries of an account, the oldest first."""
        return Range.under(f"{account_partition(account)}#CHANGES", FeedEntry.prefix, FeedEntry)

    @staticmethod
    def behind(account: int, seq: int) -> Range["FeedEntry"]:
        """Return the range of the entries with a higher seq, the lowest first."""
        first = FeedEntry.ref(account, seq + 1)
        return Range(first.pk, first.sk, FeedEntry.of_account(account).last, FeedEntry)

    @staticmethod
    def seq_at(position: str) -> int:
        """Return the seq of the entry at a position."""
        return int(position.removeprefix(FeedEntry.prefix))


def pad_sequence(number: str) -> str:
    """Return a sequence number of the stream with as many digits as every other."""
    return number.zfill(SEQUENCE_DIGITS)


def pack_images(images: Images) -> bytes:
    """Return the images as they are stored in a record or part."""
    return zlib.compress(_write_images(images))


def size_of_images(images: Images) -> int:
    """Return the size of the images before they are compressed, in bytes."""
    return len(_write_images(images))


def read_images(record: HistoryRecord, part: HistoryPart | None = None) -> tuple[Row | None, Row | None]:
    """Return the rows before and after the change of a record. A record that has a part needs it."""
    images = _unpack(record.images)
    after = _unpack(part.images).after if part else images.after
    return _build_row(images.before), _build_row(after)


def _unpack(stored: bytes) -> Images:
    return Images(**json_text.load(zlib.decompress(stored).decode()))


def _build_row(image: Item | None) -> Row | None:
    return None if image is None else Row.from_raw_data(image)


def _write_images(images: Images) -> bytes:
    return json_text.dump({"before": _to_json(images.before), "after": _to_json(images.after)}).encode()


def _to_json(item: Item | None) -> Item | None:
    """Return an item with Base64 text in place of bytes, as DynamoDB sends it."""
    return item and {
        name: {kind: b64encode(value).decode() if isinstance(value, bytes) else value for kind, value in typed.items()}
        for name, typed in item.items()
    }


def _history_partition(account: int, kind: str, object_id: str) -> str:
    return f"{account_partition(account)}#HISTORY#{kind}#{object_id}"
