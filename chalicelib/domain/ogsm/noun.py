"""The declaration of a noun of the OGSM API, and the rules that only some nouns have."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib import clock, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm.documents import default_document
from chalicelib.domain.ogsm.listing import ListDefinition
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import AT, AUTHOR_OF_REPORT, Field, declare_schema, list_parameters
from chalicelib.storage import table
from chalicelib.storage.migrations import Migration
from chalicelib.storage.models.ogsm_objects import MeasurementRow, ObjectRow, declare_row
from chalicelib.storage.models.users import User
from chalicelib.validation.schema import Schema

ACRONYMS = {"kpi": "KPI", "kpis": "KPIs", "ogsm": "OGSM"}


@dataclass(frozen=True, eq=False)
class OgsmNoun:
    """A noun of the OGSM API, whose objects are under /api/v2/<name>.json.

    `defaults` are the fields of a new object, before those that the client sends. `complete_new` are the functions that
    add to a new object what the service sets. `measured` is the field of a measurement that names what is measured.
    """

    name: str
    singular: str
    meaning: str  # a sentence for the OpenAPI document
    schema: Schema
    defaults: JsonObject
    listing: ListDefinition
    row: type[ObjectRow]
    canvas_counter: str  # how the names of the counters of `row_order` begin
    complete_new: Sequence[Callable[[Caller, JsonObject], JsonObject]] = ()
    measured: str = ""

    @property
    def variable(self) -> str:
        """The name of the path variable that stands for an object."""
        return f"{self.singular}_id"


def declare(
    name: str,
    singular: str,
    fields: Sequence[Field],
    *,
    meaning: str,
    done: str = "",
    measured: Field | None = None,
    complete_new: Sequence[Callable[[Caller, JsonObject], JsonObject]] = (),
    migrations: Sequence[Migration] = (),
) -> OgsmNoun:
    """Declare a noun with its fields in their documented order.

    `done` is the status with which an object that has the field `due` is not overdue. `migrations` are the steps of
    stored objects (see storage/migrations.py).
    """
    schema = declare_schema("".join(word.capitalize() for word in singular.split("_")), fields)
    base = MeasurementRow if measured else ObjectRow
    row = declare_row(singular, f"A{with_article(words(singular))[1:]} of an account", migrations, base=base)
    return OgsmNoun(
        name,
        singular,
        meaning,
        schema,
        default_document(schema, **{field.name: field.default for field in fields}),
        ListDefinition.derive(row, schema, list_parameters(schema, done), done),
        row,
        canvas_counter=f"{name} on canvas",
        complete_new=complete_new,
        measured=measured.name if measured else "",
    )


def words(name: str) -> str:
    """Return the name of a noun as text: `kpi_measurements` becomes `KPI measurements`."""
    return " ".join(ACRONYMS.get(word, word) for word in name.split("_"))


def with_article(text: str) -> str:
    """Return a noun with its article: `goal` becomes `a goal`."""
    return f"{'an' if text[0] in 'aeioO' else 'a'} {text}"


def add_author(caller: Caller, document: JsonObject) -> JsonObject:
    """Return a new report whose author is the caller. Raises NotFound."""
    user = table.get(User.ref(caller.account, caller.user))
    if user is None:
        raise errors.NotFound("There is no such user.")
    return document | {AUTHOR_OF_REPORT.name: {"name": user.name_or_email}}


def add_day(_caller: Caller, document: JsonObject) -> JsonObject:
    """Return a new object that is of today if the client has sent no day."""
    return document | {AT.name: document[AT.name] or clock.today()}
