"""Measurements of a goal or KPI by their day. They are the same objects as in the lists of measurements.

A goal or KPI that does not exist has no measurements here, though the list may have some of it.
"""

from typing import NamedTuple

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import reports
from chalicelib.domain.ogsm.documents import is_same_document, require_same_id
from chalicelib.domain.ogsm.noun import OgsmNoun, words
from chalicelib.domain.ogsm.objects import writable
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import AT, ID
from chalicelib.storage import table
from chalicelib.storage.models.ogsm_objects import MeasurementRow, ObjectRow
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Change


class Address(NamedTuple):
    """The address of a measurement: its noun, the id of the goal or KPI, and the day."""

    noun: OgsmNoun
    measured: int
    day: str

    @property
    def id(self) -> int:
        """The id of the measurement."""
        return MeasurementRow.id_of(self.measured, self.day)


class Stored(NamedTuple):
    """A measurement, and whether it is new."""

    document: JsonObject
    is_new: bool


def get_measurement(caller: Caller, address: Address) -> JsonObject:
    """Return the measurement of a day. Raises NotFound, also if the goal or KPI does not exist."""
    document: JsonObject = _find_measurement(caller, address).doc
    return document


def put_measurement(caller: Caller, address: Address, fields: JsonObject) -> Change[Stored]:
    """Create or replace the measurement of a day. Fields that are not sent get their defaults.

    Raises NotFound if the goal or KPI does not exist, and Invalid if the fields name another measurement.
    """
    noun = address.noun
    rows = _read(caller, address)
    identity = {ID.name: address.id, noun.measured: {ID.name: address.measured}, AT.name: address.day}
    _require_same_measurement(fields, identity)
    document = noun.defaults | writable(noun, fields) | identity
    row = rows.get(noun.row.ref(caller.account, address.id))
    previous = row.doc if row else None
    if is_same_document(document, previous):
        return Change(Stored(document, is_new=False))
    news = reports.find_news(caller.account, noun, document, previous)
    row = row or noun.row.at(caller.account, address.id)
    row.doc = document
    return Change(Stored(document, is_new=previous is None), save=[row, *reports.plan_items(news, rows)])


def delete_measurement(caller: Caller, address: Address) -> Change[JsonObject]:
    """Delete the measurement of a day and return it as it was. Raises NotFound as `get_measurement`."""
    row = _find_measurement(caller, address)
    return Change(row.doc, delete=[row])


def _require_same_measurement(fields: JsonObject, identity: JsonObject) -> None:
    """Raise Invalid if the fields have another id, goal, KPI or day than the address."""
    require_same_id(fields, identity[ID.name])
    problems: list[errors.FieldError] = [
        {"pointer": f"#/{name}", "detail": "must be the same as in the path, or left out"}
        for name, value in identity.items()
        if name != ID.name and fields.get(name, value) != value
    ]
    if problems:
        raise errors.Invalid(problems)


def _find_measurement(caller: Caller, address: Address) -> ObjectRow:
    row = _read(caller, address).get(address.noun.row.ref(caller.account, address.id))
    if row is None:
        raise errors.NotFound(f"There is no {words(address.noun.singular)} of {address.day}.")
    return row


def _read(caller: Caller, address: Address) -> Rows:
    """Return the rows of the goal or KPI and of the measurement, if there is one. Raises NotFound without the former.

    The goal or KPI may be deleted afterwards. A measurement that is saved at the same time then stays in the list.
    """
    measured = address.noun.subject_ref(caller.account, address.measured)
    rows = table.get_many([measured, address.noun.row.ref(caller.account, address.id)])
    item = rows.get(measured)
    if item is None or item.deleted_with:
        raise errors.NotFound(f"There is no {words(address.noun.measured)} {address.measured}.")
    return rows
