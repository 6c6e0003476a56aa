"""The parts that all rows of the table share: key, kind, version, and types of attributes."""

import base64
import re
from collections.abc import Callable
from typing import Any, ClassVar, Generic, NamedTuple, NewType, Self, TypeVar

from pynamodb.attributes import Attribute, DiscriminatorAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.constants import BINARY, NUMBER
from pynamodb.expressions.condition import Condition
from pynamodb.models import Model

from chalicelib import config, errors, json_text
from chalicelib.storage.migrations import DocumentFormat

if config.FASTPATH:
    from chalicelib.storage.fastpath import row_classes

    row_classes.install()

K = TypeVar("K", bound="Row")
R_co = TypeVar("R_co", bound="Row", covariant=True)

Key = tuple[str, str]  # partition key and sort key
StoredText = NewType("StoredText", str)  # the text of a document in its row
Item = dict[str, dict[str, Any]]  # a row as DynamoDB sends it: {"pk": {"S": "ACCOUNTS"}, ...}

MAX_ROW_BYTES = 400 * 1024  # DynamoDB's limit
MAX_DOCUMENT_BYTES = MAX_ROW_BYTES - 4096  # leaves room for the key and the other attributes, also for later ones
WRITTEN_BY_NEWER_RELEASE = (
    "A newer release of this service has saved the object, and the release that is running cannot change it without"
    " losing data. Try again later."
)


POSITION = re.compile("[A-Z_]+#[0-9A-Za-z#-]{1,100}")  # a sort key of a list
LAST_SORT_KEY = "~"  # prefix + LAST_SORT_KEY sorts after all sort keys with that prefix


class Ref(NamedTuple, Generic[R_co]):
    """A reference to one row of a kind, whether or not the row exists."""

    pk: str
    sk: str
    kind: "type[R_co]"

    @property
    def position(self) -> str:
        """Return the position of the row in every range that contains it."""
        return self.sk


class Range(NamedTuple, Generic[R_co]):
    """Neighbouring rows, which one Query reads: those of a partition from one sort key to another, both included."""

    pk: str
    first: str
    last: str
    kind: "type[R_co]"

    @staticmethod
    def under(pk: str, prefix: str, kind: "type[K]") -> "Range[K]":
        """Return the range of all rows of a partition whose sort keys begin with a prefix."""
        return Range(pk, prefix, prefix + LAST_SORT_KEY, kind)

    def contains(self, position: str) -> bool:
        """Return whether a position is in this range. Positions of other lists are not."""
        return self.first <= position <= self.last

    def require_position(self, position: str) -> None:
        """Raise errors.WrongCursor if a position that a client has sent cannot be in this range."""
        if not POSITION.fullmatch(position) or not self.contains(position):
            raise errors.WrongCursor


class DocumentAttribute(JSONAttribute):
    """A documented object, stored as one JSON text."""

    def to_text(self, document: dict[str, Any]) -> str:
        """Return the text to store for an object, even if it does not fit into a row."""
        return json_text.dump(document)

    def serialize(self, value: dict[str, Any]) -> str:
        """Return the JSON text. Raises errors.TooLarge if it does not fit into a row."""
        text = json_text.dump(value)
        size = len(text.encode())
        if size > MAX_DOCUMENT_BYTES:
            raise too_large(size, largest_field(value))
        return text

    def deserialize(self, value: str) -> dict[str, Any]:
        """Return the object of a JSON text."""
        document: dict[str, Any] = json_text.load(value)
        return document


def has_value(attribute: Any, value: object) -> Condition:
    """Return the condition that an attribute of a row has a value. None means that the row does not have it."""
    condition: Condition = attribute.does_not_exist() if value is None else attribute == value
    return condition


def largest_field(document: dict[str, Any]) -> str:
    """Return the name of the field that takes the most text."""
    return max(document, key=lambda name: len(json_text.dump(document[name])))


def too_large(size: int, largest_field: str) -> errors.TooLarge:
    """Return the error for an object of this many bytes, which does not fit into a row."""
    return errors.TooLarge(
        f"The object is {size} bytes, and at most {MAX_DOCUMENT_BYTES} can be stored."
        f" Its largest field is {largest_field}."
    )


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

    ref: ClassVar[Any]  # a static method of each kind: the ids of a row -> its Ref
    is_copy: ClassVar[bool] = False  # True if the version of another row of the same change protects this row as well
    additions: Any  # only of kinds that count the rows which are added to them
    is_emptied = False  # True if the change that saves this row also moves away everything that was added to it
    restored_version: int | None = None  # the version that a deleted row had, if this one is to take its place
    moved_to: str | None = None  # of a row that is deleted because its object gets another key: that of its new owner

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

    @property
    def next_version(self) -> int:
        """The version that the row gets when it is saved. The versions of a restored row go on from the deleted one."""
        return (self.version or self.restored_version or 0) + 1

    @classmethod
    def at(cls, *ids: Any, **attributes: Any) -> Self:
        """Return a new row with the key that belongs to these ids."""
        ref: Ref[Self] = cls.ref(*ids)
        return cls(ref.pk, ref.sk, **attributes)

    @property
    def reference(self) -> Ref[Self]:
        """The reference to this row."""
        return Ref(self.pk, self.sk, type(self))

    @property
    def position(self) -> str:
        """The position of the row in every range that contains it."""
        return self.sk

    @classmethod
    def from_raw_data(cls, data: Item) -> Self:
        """Return the row of an item. Its class is the kind that the item names."""
        row_class: type[Self] = class_of_kind(data["kind"]["S"])
        item = row_class.upgrade_item(data)
        if config.FASTPATH:
            from chalicelib.storage.fastpath.rows import build_row

            row: Self = build_row(row_class, item)
            return row
        return super().from_raw_data(item)

    @classmethod
    def upgrade_item(cls, item: Item) -> Item:
        """Return an item of this kind as the current code expects it."""
        return item

    def next_item(self) -> Item:
        """Return the item to store for this row: its next version. Raises errors.TooLarge."""
        item: Item = self.serialize()
        _require_room(self, item)
        return item | {"version": {"N": str(self.next_version)}}

    def save_condition(self) -> Condition | None:
        """Return the condition for saving: the stored row is the version that was read, or there is none yet.

        A copy that was not read may overwrite any version, because another row protects it. Nothing may have been added
        to a row that is emptied.
        """
        if self.version is None:
            return None if self.is_copy else type(self).version.does_not_exist()
        if self.is_emptied:
            return self.delete_condition()
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
        condition &= has_value(type(self).additions, self.additions)
        return condition


# Return the class of a kind of row. Looked up once, because lists call it for every row.
class_of_kind: Callable[[str], type[Any]] = Row.kind.deserialize


class StoredDocument(Row):
    """A row that stores a documented object in `doc`.

    `doc_version` is the version of the stored document (see storage/migrations.py). It is the current one in every row
    that was read, unless a newer release has written the row.
    """

    doc_format: ClassVar[DocumentFormat] = DocumentFormat()

    doc = DocumentAttribute()
    doc_version = UnicodeAttribute(null=True)

    @classmethod
    def upgrade_item(cls, item: Item) -> Item:
        """Return the item with its document in the current form, or as it is if a newer release has written it."""
        version = item["doc_version"]["S"] if "doc_version" in item else None
        if version == cls.doc_format.version:
            return item
        document, version = cls.doc_format.upgrade(cls.doc.deserialize(item["doc"]["S"]), version)
        return _with_version(item | {"doc": {"S": cls.doc.to_text(document)}}, version)

    def next_item(self) -> Item:
        """Return the item to store for this row, with its document in the current version.

        Raises errors.Unavailable if a newer release has written the row: this release would lose what it does not know.
        """
        if self.doc_format.is_newer(self.doc_version):
            raise errors.Unavailable(WRITTEN_BY_NEWER_RELEASE)
        return _with_version(super().next_item(), self.doc_format.version)


def _require_room(row: Any, item: Item) -> None:
    """Raise errors.TooLarge if a row does not fit into the table with the attributes that may come later."""
    sizes = {name: len(value["S"].encode()) for name, value in item.items() if len(value.get("S", "")) > 250}
    if sum(sizes.values()) > MAX_DOCUMENT_BYTES:
        largest = max(sizes, key=lambda name: sizes[name])
        raise too_large(sum(sizes.values()), largest_field(row.doc) if largest == "doc" else largest)


def _with_version(item: Item, version: str | None) -> Item:
    """Return an item that says that its document has this version."""
    others = {name: value for name, value in item.items() if name != "doc_version"}
    return others if version is None else others | {"doc_version": {"S": version}}
