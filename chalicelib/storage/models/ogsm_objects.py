"""The rows of OGSM objects. The declaration of a noun in domain/ogsm/nouns.py creates its kind of row."""

from collections.abc import Collection, Sequence
from types import new_class
from typing import Any, ClassVar, Self

from pynamodb.attributes import JSONAttribute

from chalicelib.storage.migrations import DocumentFormat, Migration
from chalicelib.storage.models.base import LAST_SORT_KEY, Item, Range, Ref, StoredDocument, StoredText
from chalicelib.storage.models.keys import ogsm_partition
from chalicelib.storage.rows import Entry, TextEntry

DAYS = 10**8  # more than the largest date as a number, such as 20240131
DOCSTRING = """{meaning}, as its JSON text.

    Key: ACCOUNT#{{account}}#OGSM / {prefix}{{{kind}}}
    Access patterns: get by id; list all in the order of their ids{more}.
    """


class ObjectRow(StoredDocument):
    """A row that keeps an OGSM object in `doc`. All OGSM objects of an account share a partition."""

    prefix: ClassVar[str]
    is_canonical = True

    reported_days = JSONAttribute(null=True)  # the day of the report that a field was last set by, for each such field

    @classmethod
    def ref(cls, account: int, object_id: int) -> Ref[Self]:
        """Return the reference to an object."""
        return Ref(ogsm_partition(account), f"{cls.prefix}{object_id:016}", cls)

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
    def read_entry(cls, item: Item) -> TextEntry[list[int]]:
        """Return an item as an entry of a list by id, without building the row. The position consists of the id."""
        return Entry([int(item["sk"]["S"].removeprefix(cls.prefix))], StoredText(item["doc"]["S"]))

    @staticmethod
    def item_of(object_id: int) -> int | None:  # noqa: ARG004 -- subclasses use it
        """Return the id of the item that a report or measurement is about, or None if its id does not contain that."""
        return None


class MeasurementRow(ObjectRow):
    """A row that keeps a measurement of a goal or KPI.

    The id of a measurement consists of the id of what is measured and the day, so it is known without a read, and there
    is one measurement for each day. The series of a goal or KPI is a range of neighbouring rows, which one Query reads.
    """

    @staticmethod
    def id_of(measured: int, day: str) -> int:
        """Return the id of a measurement: 7 and 2024-01-31 become 720240131."""
        return measured * DAYS + int(day.replace("-", ""))

    @staticmethod
    def item_of(object_id: int) -> int:
        """Return the id of the goal or KPI: 7 of 720240131."""
        return object_id // DAYS


def declare_row(
    kind: str, meaning: str, migrations: Sequence[Migration] = (), *, base: type[ObjectRow] = ObjectRow
) -> type[ObjectRow]:
    """Return a new class of rows. `meaning` is a phrase that says what a row is, such as "A team of an account".

    `migrations` are the steps of its documents (see storage/migrations.py).
    """
    prefix = f"{kind.upper()}#"
    more = "; list those of one goal or KPI by day" if base is MeasurementRow else ""
    attributes: dict[str, Any] = {
        "__doc__": DOCSTRING.format(meaning=meaning, prefix=prefix, kind=kind, more=more),
        "__module__": __name__,
        "prefix": prefix,
        "doc_format": DocumentFormat(migrations),
    }
    name = "".join(word.capitalize() for word in kind.split("_"))
    return new_class(name, (base,), {"discriminator": kind}, lambda namespace: namespace.update(attributes))
