"""The results of reads: rows of several kinds, and the entries of lists."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

from chalicelib.storage.models.base import K, Key, Ref, Row, StoredText

P = TypeVar("P")
X_co = TypeVar("X_co", bound=str, covariant=True)


class Entry(NamedTuple, Generic[P, X_co]):
    """An element of a list as text, and its position in the list, which is where a cursor continues."""

    position: P
    text: X_co


StoredEntry = Entry[P, StoredText]  # as it is stored
TextEntry = Entry[P, str]  # as it is answered


class Rows:
    """Rows of several kinds that were read together. References find them, each with its own type."""

    def __init__(self, rows: Mapping[Key, Row]) -> None:
        self.by_key = rows

    @staticmethod
    def of(rows: Iterable[Row]) -> "Rows":
        """Return these rows. Of several rows with the same key, the last one counts."""
        return Rows({(row.pk, row.sk): row for row in rows})

    def get(self, ref: Ref[K]) -> K | None:
        """Return the row that a reference names, or None if it was not read or does not exist."""
        row = self.by_key.get(ref[:2])
        return row if isinstance(row, ref.kind) else None

    def __getitem__(self, ref: Ref[K]) -> K:
        row = self.get(ref)
        if row is None:
            raise KeyError(ref)
        return row

    def __contains__(self, ref: Ref[Row]) -> bool:
        return ref[:2] in self.by_key

    def all(self, kind: type[K]) -> list[K]:
        """Return all rows of a kind, in the order in which they were read."""
        return [row for row in self.by_key.values() if isinstance(row, kind)]

    def __or__(self, other: "Rows") -> "Rows":
        return Rows({**self.by_key, **other.by_key})

    def __iter__(self) -> Iterator[Row]:
        return iter(self.by_key.values())

    def __len__(self) -> int:
        return len(self.by_key)
