"""Objects of the OGSM API, of any noun. They belong to the account, and every user of it sees and changes all of them.

The rules follow from the fields: `due` is not before `start`, an object without a `row_order` becomes the last one on
its canvas, and what the service sets is not taken from the client.
"""

from collections.abc import Iterator

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import listing
from chalicelib.domain.ogsm.documents import require_same_id
from chalicelib.domain.ogsm.noun import OgsmNoun, words
from chalicelib.domain.ogsm.sorting import Position
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import AT, CANVASES, DUE, ID, START
from chalicelib.storage import table
from chalicelib.storage.ids import next_id, raise_counter
from chalicelib.storage.models.ogsm_objects import MeasurementRow, ObjectRow
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import Ignored


def list_objects(
    caller: Caller, noun: OgsmNoun, query: JsonObject, after: Position | None, limit: int | None
) -> Iterator[listing.DocumentEntry]:
    """Return the objects of a noun that the query selects, in its order. See `listing.list_documents`."""
    return listing.list_documents(caller, noun.listing, query, after, limit)


def get_object(caller: Caller, noun: OgsmNoun, object_id: int) -> JsonObject:
    """Return an object of the caller's account. Raises NotFound."""
    document: JsonObject = _find_object(caller, noun, object_id).doc
    return document


def create_object(caller: Caller, noun: OgsmNoun, fields: JsonObject) -> Change[JsonObject]:
    """Create an object with the next id; an id among the fields is ignored.

    Raises Invalid if the object would be due before it starts, and Conflict if there is a measurement of that day.
    """
    require_dates_in_order(fields, sent=fields)
    document = noun.defaults | _writable(noun, fields)
    for complete in noun.complete_new:
        document = complete(caller, document)
    document |= {ID.name: _new_id(caller, noun, document)}
    document = assign_row_orders(caller, noun, document, previous=noun.defaults)
    return Change(document, save=[noun.row.at(caller.account, document[ID.name], doc=document)])


def update_object(caller: Caller, noun: OgsmNoun, object_id: int, fields: JsonObject) -> Change[JsonObject]:
    """Change the given fields of an object and keep all others.

    Raises NotFound, and Invalid if the object would be due before it starts or get another id.
    """
    row = _find_object(caller, noun, object_id)
    require_same_id(fields, object_id)
    document = row.doc | _writable(noun, fields)
    require_dates_in_order(document, sent=fields)
    _require_same_measurement(noun, document, row.doc)
    document = assign_row_orders(caller, noun, document, previous=row.doc)
    if document == row.doc:
        return Change(document)
    row.doc = document
    return Change(document, save=[row])


def delete_object(caller: Caller, noun: OgsmNoun, object_id: int) -> Change[JsonObject]:
    """Delete an object and return it as it was. Raises NotFound."""
    row = _find_object(caller, noun, object_id)
    return Change(row.doc, delete=[row])


def require_dates_in_order(document: JsonObject, sent: JsonObject) -> None:
    """Raise Invalid if an object is due before it starts. The error names the one of the two that was sent."""
    start, due = document.get(START.name), document.get(DUE.name)
    if start and due and due < start:
        field = DUE.name if sent.get(DUE.name) else START.name
        raise errors.Invalid([{"pointer": f"#/{field}", "detail": f"due ({due}) must not be before start ({start})"}])


def assign_row_orders(caller: Caller, noun: OgsmNoun, document: JsonObject, previous: JsonObject) -> JsonObject:
    """Return an object with a `row_order` on each of its canvases.

    A canvas without one gets the next of that canvas and noun, which puts the object last. Canvases that are the same
    as in the previous object are kept.
    """
    if CANVASES.name not in document:
        return document
    kept = previous[CANVASES.name]
    canvases = [
        canvas if canvas in kept else _assign_row_order(caller, noun, canvas) for canvas in document[CANVASES.name]
    ]
    return document | {CANVASES.name: canvases}


def _assign_row_order(caller: Caller, noun: OgsmNoun, canvas: JsonObject) -> JsonObject:
    counter = f"{noun.canvas_counter} {canvas['id']}"
    row_order = canvas.get("row_order")
    if row_order is None:
        row_order = next_id(caller.account, counter)
    else:
        raise_counter(caller.account, counter, row_order)
    return {"id": canvas["id"], "row_order": row_order}


def _writable(noun: OgsmNoun, fields: JsonObject) -> JsonObject:
    """Return the fields without those that the service sets."""
    return {name: value for name, value in fields.items() if not isinstance(noun.schema.fields[name], Ignored)}


def _new_id(caller: Caller, noun: OgsmNoun, document: JsonObject) -> int:
    """Return the id of a new object. It counts from 1 for each noun, and consists of fields for a measurement.

    Raises Conflict if there is a measurement of that day already.
    """
    if not noun.measured:
        return next_id(caller.account, noun.name)
    measurement_id = MeasurementRow.id_of(document[noun.measured][ID.name], document[AT.name])
    if table.get(noun.row.ref(caller.account, measurement_id)):
        raise errors.Conflict(
            f"There is a {words(noun.singular)} of this day already. Change it: its id is {measurement_id}."
        )
    return measurement_id


def _require_same_measurement(noun: OgsmNoun, document: JsonObject, previous: JsonObject) -> None:
    """Raise Invalid if a measurement would be of another day, goal or KPI, because its id consists of them."""
    problems: list[errors.FieldError] = [
        {"pointer": f"#/{name}", "detail": "must stay as it is: the id consists of it, and ids never change"}
        for name in (noun.measured, AT.name)
        if noun.measured and document[name] != previous[name]
    ]
    if problems:
        raise errors.Invalid(problems)


def _find_object(caller: Caller, noun: OgsmNoun, object_id: int) -> ObjectRow:
    row = table.get(noun.row.ref(caller.account, object_id))
    if row is None:
        raise errors.NotFound(f"There is no {words(noun.singular)} {object_id}.")
    return row
