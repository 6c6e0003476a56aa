"""Which OGSM objects refer to which. All of it follows from the declared fields of the nouns."""

from collections.abc import Collection, Iterator
from functools import cache

from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm.actions import ACTIONS
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import ID
from chalicelib.storage import table
from chalicelib.storage.models.ogsm_objects import ObjectRow, RowAboutItem

ALL_NOUNS = (ACTIONS, *NOUNS)
BY_SINGULAR = {noun.singular: noun for noun in ALL_NOUNS}
BY_ROW = {noun.row: noun for noun in ALL_NOUNS}
# The nouns of reports and measurements, by the noun of their items.
REPORTS = {BY_SINGULAR[noun.subject]: noun for noun in ALL_NOUNS if noun.subject}


@cache
def nouns_referring_to(noun: OgsmNoun) -> tuple[OgsmNoun, ...]:
    """Return the nouns whose objects may refer to an object of this one. Reports and measurements do not count."""
    return tuple(one for one in ALL_NOUNS if noun.singular in one.references.values())


@cache
def nouns_below(noun: OgsmNoun) -> tuple[OgsmNoun, ...]:
    """Return the nouns whose objects may refer to an object of this one, or to one that does, and so on."""
    found: dict[OgsmNoun, None] = {}
    waiting = [noun]
    while waiting:
        new = [one for one in nouns_referring_to(waiting.pop()) if one not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return tuple(found)


def kind_about(noun: OgsmNoun) -> type[RowAboutItem] | None:
    """Return the kind of the rows with the reports on an object, or its measurements, or None if it has neither."""
    kind = REPORTS[noun].row if noun in REPORTS else None
    return kind if kind and issubclass(kind, RowAboutItem) else None


def noun_of(row: ObjectRow) -> OgsmNoun:
    """Return the noun of the object in a row."""
    return BY_ROW[type(row)]


def named_ids(document: JsonObject, field: str) -> list[int]:
    """Return the ids of the objects that are named in a field, which has one object, several or null."""
    value = document[field]
    objects = value if isinstance(value, list) else [value] if value else []
    return [one[ID.name] for one in objects]


def fields_naming(noun: OgsmNoun, other: OgsmNoun) -> list[str]:
    """Return the fields of a noun that name objects of another one."""
    return [field for field, singular in noun.references.items() if singular == other.singular]


def names_object(noun: OgsmNoun, document: JsonObject, other: OgsmNoun, object_id: int) -> bool:
    """Return whether an object of a noun refers to an object of another one."""
    return any(object_id in named_ids(document, field) for field in fields_naming(noun, other))


def positions_named(row: ObjectRow) -> Iterator[tuple[str, list[str]]]:
    """Yield the fields of an object that name others, each with the positions of the objects that it names."""
    for field, singular in noun_of(row).references.items():
        yield field, [BY_SINGULAR[singular].row.position_of(one) for one in named_ids(row.doc, field)]


def read_rows(caller: Caller, nouns: Collection[OgsmNoun]) -> list[ObjectRow]:
    """Return the rows of all objects of these nouns, with one Query for each MB from the first to the last of them.

    Rows that are hidden because they are being deleted are among them.
    """
    kinds = [noun.row for noun in nouns]
    return table.query_rows_of_kinds(ObjectRow.between_kinds(caller.account, kinds), kinds)
