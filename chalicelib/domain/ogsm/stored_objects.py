"""The OGSM objects of an account, read together.

They are neighbours in the table, so one Query reads 1 MB of them. A text is parsed only if its object is needed. A plan
needs the newest of a thousand measurements.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from chalicelib import json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.json_text import JsonObject
from chalicelib.storage import table
from chalicelib.storage.models.ogsm_objects import ObjectRow, RowAboutItem
from chalicelib.storage.rows import TextEntry

ObjectEntry = TextEntry[list[int]]  # the text of an object, and its id as the only number of its position


class StoredObjects:
    """Objects of several nouns of an account. Asking for a noun that was not read raises KeyError."""

    def __init__(self, nouns: Collection[OgsmNoun], entries: Mapping[type[ObjectRow], list[ObjectEntry]]) -> None:
        self._by_noun = {noun: _ObjectsOfNoun(noun, entries.get(noun.row, [])) for noun in nouns}

    def documents(self, noun: OgsmNoun) -> list[JsonObject]:
        """Return all objects of a noun, by their ids."""
        return list(self._by_noun[noun].documents.values())

    def find(self, noun: OgsmNoun, object_id: int) -> JsonObject | None:
        """Return an object, or None if there is none with this id."""
        return self._by_noun[noun].documents.get(object_id)

    def text_of(self, noun: OgsmNoun, object_id: int) -> str:
        """Return an object as its JSON text. Raises KeyError if there is none with this id."""
        return self._by_noun[noun].texts[object_id]

    def texts_about(self, noun: OgsmNoun, item_id: int) -> list[str]:
        """Return the JSON texts of the reports or measurements of one item, by their ids.

        The ids of measurements are in the order of their days, so the last measurement is the newest.
        """
        return self._by_noun[noun].texts_by_item.get(item_id, [])


class _ObjectsOfNoun:
    """The objects of one noun. They are parsed and grouped on first use."""

    def __init__(self, noun: OgsmNoun, entries: Iterable[ObjectEntry]) -> None:
        self._noun = noun
        self._entries = entries

    @cached_property
    def texts(self) -> dict[int, str]:
        """The texts of the objects by their ids."""
        return {position[0]: text for position, text in self._entries}

    @cached_property
    def documents(self) -> dict[int, JsonObject]:
        """The objects by their ids."""
        return {object_id: json_text.load(text) for object_id, text in self.texts.items()}

    @cached_property
    def texts_by_item(self) -> dict[int, list[str]]:
        """The texts of reports or measurements by the ids of their items. Objects of other nouns are about no item."""
        texts: dict[int, list[str]] = {}
        row = self._noun.row
        if issubclass(row, RowAboutItem):
            for (object_id,), text in self._entries:
                texts.setdefault(row.item_of(object_id), []).append(text)
        return texts


def read_objects(caller: Caller, nouns: Collection[OgsmNoun]) -> StoredObjects:
    """Return the objects of these nouns in the caller's account, with one Query for each MB.

    The Query reads all that is stored from the first to the last of the nouns, also the objects of nouns between them.
    """
    readers = {noun.row: noun.row.read_entry for noun in nouns}
    row_range = ObjectRow.between_kinds(caller.account, readers.keys())
    return StoredObjects(nouns, table.query_entries_of_kinds(row_range, readers))
