"""The rows of OGSM objects. The declaration of a noun in domain/ogsm/nouns.py creates its kind of row."""

from collections.abc import Collection, Sequence
from types import new_class
from typing import Any, ClassVar, NamedTuple, Self

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute

from chalicelib.storage.migrations import DocumentFormat, Migration
from chalicelib.storage.models.base import LAST_SORT_KEY, IntegerAttribute, Item, Range, Ref, StoredDocument, StoredText
from chalicelib.storage.models.keys import ogsm_partition
from chalicelib.storage.rows import Entry, TextEntry

DOCSTRING = """{meaning}, as its JSON text.

    Key: ACCOUNT#{{account}}#OGSM / {prefix}{{{kind}}}
    Access patterns: get by id; list all in the order of their ids{more}.
    """


class StampedEntry(NamedTuple):
    """An object with the stamp of its last write, without its row. `text` is None for a hidden one."""

    id: int
    text: StoredText | None
    stamp: bytes | None


class ObjectRow(StoredDocument):
    """A row that keeps an OGSM object in `doc`. All OGSM objects of an account share a partition.

    A row with `deleted_with` is hidden: the deletion of the object with that position has begun, and takes it along.
    """

    prefix: ClassVar[str]
    is_canonical = True

    reported_days = JSONAttribute(null=True)  # the day of the report that a field was last set by, for each such field
    deleted_with = UnicodeAttribute(null=True)
    archived_by = IntegerAttribute(null=True)  # the id of the strategy that this object was archived with
    is_archiving = BooleanAttribute(null=True)  # True while the objects that are archived with it are being changed

    @property
    def id(self) -> int:
        """The id of the object."""
        object_id: int = self.doc["id"]
        return object_id

    @classmethod
    def ref(cls, account: int, object_id: int) -> Ref[Self]:
        """Return the reference to an object."""
        return Ref(ogsm_partition(account), cls.position_of(object_id), cls)

    @classmethod
    def position_of(cls, object_id: int) -> str:
        """Return the position of an object. No other OGSM object of the account has it, whatever its kind."""
        return f"{cls.prefix}{object_id:016}"

    @classmethod
    def of_account(cls, account: int) -> Range[Self]:
        """Return the range of all objects of an account, in the order of their ids."""
        return Range.under(ogsm_partition(account), cls.prefix, cls)

    @staticmethod
    def between_kinds(account: int, kinds: "Collection[type[ObjectRow]]") -> "Range[ObjectRow]":
        """Return the range from the first to the last of several kinds, with the other kinds that are between them."""
        prefixes = sorted(kind.prefix for kind in kinds)
        return Range(ogsm_partition(account), prefixes[0], prefixes[-1] + LAST_SORT_KEY, ObjectRow)

    @classmethod
    def read_entry(cls, item: Item) -> TextEntry[list[int]] | None:
        """Return an item as an entry of a list by id, without building the row, or None for a hidden one.

        The position consists of the id.
        """
        if "deleted_with" in item:
            return None
        return Entry([int(item["sk"]["S"].removeprefix(cls.prefix))], StoredText(item["doc"]["S"]))

    @classmethod
    def read_stamped_entry(cls, item: Item) -> StampedEntry:
        """Return an item with the stamp of its last write, without building the row."""
        text = None if "deleted_with" in item else StoredText(item["doc"]["S"])
        stamp = cls.stamp.deserialize(item["stamp"]["B"]) if "stamp" in item else None
        return StampedEntry(int(item["sk"]["S"].removeprefix(cls.prefix)), text, stamp)


class RowAboutItem(ObjectRow):
    """A row that keeps a report or measurement of an item: of the objective, action, goal or so that it is about.

    Its id consists of the id of the item and a number below `numbers`. So those of one item are a range of neighbouring
    rows, which one Query reads.
    """

    numbers: ClassVar[int]

    @classmethod
    def item_of(cls, object_id: int) -> int:
        """Return the id of the item: 7 of the measurement 720240131."""
        return object_id // cls.numbers

    @classmethod
    def about(cls, account: int, item: int) -> Range[Self]:
        """Return the range of the reports or measurements of one item, in the order of their ids."""
        first, last = cls.ref(account, item * cls.numbers), cls.ref(account, (item + 1) * cls.numbers - 1)
        return Range(first.pk, first.sk, last.sk, cls)


class MeasurementRow(RowAboutItem):
    """A row that keeps a measurement of a goal or KPI.

    Its number is its day, so its id is known without a read, and there is one measurement for each day.
    """

    numbers = 10**8  # more than the largest day as a number, such as 20240131

    @classmethod
    def id_of(cls, measured: int, day: str) -> int:
        """Return the id of a measurement: 7 and 2024-01-31 become 720240131."""
        return measured * cls.numbers + int(day.replace("-", ""))


class ReportRow(RowAboutItem):
    """A row that keeps a report on an objective, strategy or action. The reports of an item are numbered from 1."""

    numbers = 10**6

    @classmethod
    def id_of(cls, item: int, number: int) -> int:
        """Return the id of a report: the first one of 7 is 7000001."""
        return item * cls.numbers + number


def declare_row(
    kind: str, meaning: str, migrations: Sequence[Migration] = (), *, base: type[ObjectRow] = ObjectRow
) -> type[ObjectRow]:
    """Return a new class of rows. `meaning` is a phrase that says what a row is, such as "A team of an account".

    `migrations` are the steps of its documents (see storage/migrations.py).
    """
    prefix = f"{kind.upper()}#"
    more = "; list those of one item" if issubclass(base, RowAboutItem) else ""
    attributes: dict[str, Any] = {
        "__doc__": DOCSTRING.format(meaning=meaning, prefix=prefix, kind=kind, more=more),
        "__module__": __name__,
        "prefix": prefix,
        "doc_format": DocumentFormat(migrations),
    }
    name = "".join(word.capitalize() for word in kind.split("_"))
    return new_class(name, (base,), {"discriminator": kind}, lambda namespace: namespace.update(attributes))
