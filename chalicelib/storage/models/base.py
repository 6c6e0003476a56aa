"""The parts that all rows of the table share: key, kind, version, and types of attributes."""

import base64
from typing import Any, ClassVar, Self

from pynamodb.attributes import Attribute, DiscriminatorAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.constants import BINARY, NUMBER
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from chalicelib import config, errors, json_text

Key = tuple[str, str]  # partition key and sort key
Item = dict[str, dict[str, Any]]  # a row as DynamoDB sends it: {"pk": {"S": "ACCOUNTS"}, ...}

MAX_ROW_BYTES = 400 * 1024  # DynamoDB's limit
MAX_DOCUMENT_BYTES = MAX_ROW_BYTES - 4096  # leaves room for the key and the other attributes of a row


class DocumentAttribute(JSONAttribute):
    """A documented object, stored as one JSON text."""

    def serialize(self, value: dict[str, Any]) -> str:
        """Return the JSON text. Raises errors.TooLarge if it does not fit into a row."""
        text = json_text.dump(value)
        size = len(text.encode())
        if size > MAX_DOCUMENT_BYTES:
            largest = max(value, key=lambda name: len(json_text.dump(value[name])))
            raise errors.TooLarge(
                f"The object is {size} bytes, and at most {MAX_DOCUMENT_BYTES} can be stored."
                f" Its largest field is {largest}."
            )
        return text

    def deserialize(self, value: str) -> dict[str, Any]:
        """Return the object of a JSON text."""
        document: dict[str, Any] = json_text.load(value)
        return document


class IntegerAttribute(Attribute[int]):
    """An integer. PynamoDB's own NumberAttribute also allows fractions."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        """Return the number as DynamoDB expects it, as text."""
        return str(value)

    def deserialize(self, value: str) -> int:
        """Return the number of a text."""
        return int(value)


class BytesAttribute(Attribute[bytes]):
    """Bytes, which DynamoDB sends as Base64 text. botocore decodes it, and fastpath/response_parser.py does not."""

    attr_type = BINARY

    def serialize(self, value: bytes) -> bytes:
        """Return the bytes, which botocore encodes."""
        return value

    def deserialize(self, value: bytes | str) -> bytes:
        """Return the bytes, whether or not they have been decoded."""
        return base64.b64decode(value) if isinstance(value, str) else value


class Row(Model):
    """A row of the table. Each kind of row is a subclass.

    A row has no `Meta` and therefore no connection, so that PynamoDB's `save`, `delete` and `get` cannot bypass
    storage/table.py and storage/unit_of_work.py.
    """

    key: ClassVar[Any]  # a static method of each kind: the ids of a row -> its Key
    is_copy: ClassVar[bool] = False  # True if the version of another row of the same change protects this row as well
    additions: Any  # only of kinds that count the rows which are added to them

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    version = IntegerAttribute(null=True)  # counts the changes from 1; None means that the row was not read
    stamp = BytesAttribute(null=True)  # of canonical rows: who wrote this version, and when (see storage/stamps.py)

    @property
    def is_canonical(self) -> bool:
        """Whether the row is an object itself, and not a copy of it, a lookup or anything else.

        Such a row has a stamp, and a tombstone is written when it is deleted. An object has only one such row.
        """
        return False

    @classmethod
    def at(cls, *ids: Any, **attributes: Any) -> Self:
        """Return a new row with the key that belongs to these ids."""
        return cls(*cls.key(*ids), **attributes)

    @classmethod
    def from_raw_data(cls, data: Item) -> Self:
        """Return the row of an item. Its class is the kind that the item names."""
        if config.FASTPATH:
            from chalicelib.storage.fastpath.rows import build_row

            row: Self = build_row(Row.kind, data)
            return row
        return super().from_raw_data(data)

    def next_item(self) -> Item:
        """Return the item to store for this row: its next version."""
        item: Item = self.serialize()
        return item | {"version": {"N": str((self.version or 0) + 1)}}

    def save_condition(self) -> Condition | None:
        """Return the condition for saving: the stored row is the version that was read, or there is none yet.

        A copy that was not read may overwrite any version, because another row protects it.
        """
        if self.version is None:
            return None if self.is_copy else type(self).version.does_not_exist()
        condition: Condition = type(self).version == self.version
        return condition

    def delete_condition(self) -> Condition | None:
        """Return the condition for deleting: the row is as it was read, and nothing was added to it since.

        A row that was not read is deleted in any version.
        """
        if self.version is None:
            return None
        condition: Condition = type(self).version == self.version
        if "additions" not in self.get_attributes():
            return condition
        additions = type(self).additions
        condition &= additions.does_not_exist() if self.additions is None else additions == self.additions
        return condition
