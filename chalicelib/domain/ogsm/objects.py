"""Objects of the OGSM API, of any noun. They belong to the account, and every user of it sees and changes all of them.

The rules follow from the fields: `due` is not before `start`, an object without a `row_order` becomes the last one on
its canvas, and what the service sets is not taken from the client. domain/ogsm/reports.py has the rules of reports.
"""

from collections.abc import Iterator

from chalicelib import clock, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import listing, parents, reports
from chalicelib.domain.ogsm.documents import is_same_document, require_same_id
from chalicelib.domain.ogsm.noun import OgsmNoun, words
from chalicelib.domain.ogsm.reports import News
from chalicelib.domain.ogsm.sorting import Position
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import ARCHIVED, AT, AUTHOR_OF_REPORT, CANVASES, DUE, ID, PARENT, START
from chalicelib.storage import table
from chalicelib.storage.ids import next_id, next_number, raise_counter
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.ogsm_objects import MeasurementRow, ObjectRow, ReportRow
from chalicelib.storage.models.users import User
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Change, Precondition
from chalicelib.validation.containers import Ignored


def list_objects(
    caller: Caller, noun: OgsmNoun, query: JsonObject, after: Position | None, limit: int | None
) -> Iterator[listing.DocumentEntry]:
    """Return the objects of a noun that the query selects, in its order. See `listing.list_documents`."""
    return listing.list_documents(caller, noun.listing, query, after, limit)


def get_object(caller: Caller, noun: OgsmNoun, object_id: int) -> JsonObject:
    """Return an object of the caller's account. Raises NotFound."""
    document: JsonObject = find_object(caller, noun, object_id).doc
    return document


def create_object(caller: Caller, noun: OgsmNoun, fields: JsonObject) -> Change[JsonObject]:
    """Create an object with the next id; an id among the fields is ignored.

    Raises Invalid if the object would be due before it starts or be above itself. Raises Conflict if there is a
    measurement of that day, or if the item has as many reports as can be numbered.
    """
    require_dates_in_order(fields, sent=fields)
    document = noun.defaults | writable(noun, fields)
    if AT.name in document:
        document |= {AT.name: document[AT.name] or clock.today()}
    news = reports.find_news(caller.account, noun, document, previous=None)
    rows = _read_for_new(caller, noun, document, news)
    if AUTHOR_OF_REPORT.name in document:
        document |= {AUTHOR_OF_REPORT.name: {"name": _find_author(caller, rows).name_or_email}}
    document |= {ID.name: _new_id(caller, noun, document, rows)}
    unchanged = _check_parent(caller, noun, document, previous=None)
    document = assign_row_orders(caller, noun, document, previous=noun.defaults)
    row = noun.row.at(caller.account, document[ID.name], doc=document)
    return Change(document, save=[row, *reports.plan_items(news, rows)], preconditions=unchanged)


def update_object(caller: Caller, noun: OgsmNoun, object_id: int, fields: JsonObject) -> Change[JsonObject]:
    """Change the given fields of an object and keep all others.

    Raises NotFound, and Invalid if the object would be due before it starts, be above itself or get another id.
    """
    return plan_update(caller, noun, find_object(caller, noun, object_id), fields)


def plan_update(caller: Caller, noun: OgsmNoun, row: ObjectRow, fields: JsonObject) -> Change[JsonObject]:
    """Change the given fields of an object whose row has been read. Raises Invalid as update_object.

    If `archived` changes, the object is no longer restored with the strategy that it was archived with.
    """
    require_same_id(fields, row.doc[ID.name])
    document = row.doc | writable(noun, fields)
    require_dates_in_order(document, sent=fields)
    _require_same_item(noun, document, row.doc)
    unchanged = _check_parent(caller, noun, document, previous=row.doc)
    document = assign_row_orders(caller, noun, document, previous=row.doc)
    if is_same_document(document, row.doc):
        return Change(document)
    news = reports.find_news(caller.account, noun, document, previous=row.doc)
    rows = table.get_many([news.item] if news else [])
    row.reported_days = reports.days_after_update(row, document)
    if document.get(ARCHIVED.name) != row.doc.get(ARCHIVED.name):
        row.archived_by = None
    row.doc = document
    return Change(document, save=[row, *reports.plan_items(news, rows)], preconditions=unchanged)


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


def writable(noun: OgsmNoun, fields: JsonObject) -> JsonObject:
    """Return the fields without those that the service sets."""
    return {name: value for name, value in fields.items() if not isinstance(noun.schema.fields[name], Ignored)}


def _read_for_new(caller: Caller, noun: OgsmNoun, document: JsonObject, news: News | None) -> Rows:
    """Return the rows that a new object needs, in one request: its author, its item, and the measurement of its day."""
    refs: list[Ref[Row]] = []
    if AUTHOR_OF_REPORT.name in document:
        refs.append(User.ref(caller.account, caller.user))
    if noun.measured:
        refs.append(noun.row.ref(caller.account, _measurement_id(noun, document)))
    if news:
        refs.append(news.item)
    return table.get_many(refs)


def _find_author(caller: Caller, rows: Rows) -> User:
    user = rows.get(User.ref(caller.account, caller.user))
    if user is None:
        raise errors.NotFound("There is no such user.")
    return user


def _measurement_id(noun: OgsmNoun, document: JsonObject) -> int:
    return MeasurementRow.id_of(document[noun.measured][ID.name], document[AT.name])


def _new_id(caller: Caller, noun: OgsmNoun, document: JsonObject, rows: Rows) -> int:
    """Return the id of a new object. It counts from 1 for each noun.

    The id of a report or measurement begins with that of its item. Raises Conflict as create_object.
    """
    if not noun.subject:
        return next_id(caller.account, noun.name)
    if not noun.measured:
        return _new_report_id(caller, noun, document[noun.subject][ID.name])
    measurement_id = _measurement_id(noun, document)
    if noun.row.ref(caller.account, measurement_id) in rows:
        raise errors.Conflict(
            f"There is a {words(noun.singular)} of this day already. Change it: its id is {measurement_id}."
        )
    return measurement_id


def _new_report_id(caller: Caller, noun: OgsmNoun, item_id: int) -> int:
    """Return the id of a new report on an item: the reports of each item count from 1."""
    number = next_number(caller.account, f"{noun.name} on {item_id}")
    if number >= ReportRow.numbers:
        item = f"{words(noun.subject)} {item_id}"
        raise errors.Conflict(f"The {item} has had {ReportRow.numbers - 1} reports, and no more can be numbered.")
    return ReportRow.id_of(item_id, number)


def _require_same_item(noun: OgsmNoun, document: JsonObject, previous: JsonObject) -> None:
    """Raise Invalid if a report or measurement would be about another item, or a measurement of another day."""
    fixed = (noun.measured, AT.name) if noun.measured else filter(None, [noun.subject])
    problems: list[errors.FieldError] = [
        {"pointer": f"#/{name}", "detail": "must stay as it is: the id consists of it, and ids never change"}
        for name in fixed
        if document[name] != previous[name]
    ]
    if problems:
        raise errors.Invalid(problems)


def _check_parent(
    caller: Caller, noun: OgsmNoun, document: JsonObject, previous: JsonObject | None
) -> list[Precondition]:
    """Return the conditions on the objects above an object of a noun with parents. Raises Invalid."""
    return parents.check_parent(caller, noun, document, previous) if PARENT.name in document else []


def find_object(caller: Caller, noun: OgsmNoun, object_id: int) -> ObjectRow:
    """Return the row of an object. Raises NotFound, also for an object that is being deleted."""
    row = table.get(noun.row.ref(caller.account, object_id))
    if row is None or row.deleted_with:
        raise not_found(noun, object_id)
    return row


def not_found(noun: OgsmNoun, object_id: int) -> errors.NotFound:
    """Return the error for an object that does not exist."""
    return errors.NotFound(f"There is no {words(noun.singular)} {object_id}.")
