"""The declaration of a noun of the OGSM API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from chalicelib.domain.ogsm.documents import default_document
from chalicelib.domain.ogsm.listing import ListDefinition
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import Field, declare_schema, find_references, list_parameters
from chalicelib.storage.migrations import Migration
from chalicelib.storage.models.base import Ref, class_of_kind
from chalicelib.storage.models.ogsm_objects import MeasurementRow, ObjectRow, ReportRow, declare_row
from chalicelib.validation.schema import Schema

ACRONYMS = {"kpi": "KPI", "kpis": "KPIs", "ogsm": "OGSM"}


@dataclass(frozen=True, eq=False)
class OgsmNoun:
    """A noun of the OGSM API, whose objects are under /api/v2/<name>.json.

    `defaults` are the fields of a new object, before those that the client sends. `done` is the status with which an
    object is not overdue. `subject` is the field of a report or measurement that names its item: what is reported on
    or measured. `measured` is the same field of measurements only.
    `references` are the other fields that name objects, each with the singular name of their noun.
    """

    name: str
    singular: str
    meaning: str  # a sentence for the OpenAPI document
    schema: Schema
    defaults: JsonObject
    row: type[ObjectRow]
    canvas_counter: str  # how the names of the counters of `row_order` begin
    done: str = ""
    subject: str = ""
    measured: str = ""
    references: Mapping[str, str] = field(default_factory=dict)

    @property
    def variable(self) -> str:
        """The name of the path variable that stands for an object."""
        return f"{self.singular}_id"

    @cached_property
    def list_query(self) -> Schema:
        """The query parameters of the list."""
        return list_parameters(self.schema, self.done)

    @cached_property
    def listing(self) -> ListDefinition:
        """The filters and sort values of the list, made on first use: a process needs those of few nouns."""
        return ListDefinition.derive(self.row, self.schema, self.list_query, self.done)

    def subject_ref(self, account: int, subject_id: int) -> Ref[ObjectRow]:
        """Return the reference to an item that is reported on or measured. Its kind has the name of the field."""
        row: type[ObjectRow] = class_of_kind(self.subject)
        return row.ref(account, subject_id)


def declare(
    name: str,
    singular: str,
    fields: Sequence[Field],
    *,
    meaning: str,
    done: str = "",
    reports_on: Field | None = None,
    measured: Field | None = None,
    migrations: Sequence[Migration] = (),
) -> OgsmNoun:
    """Declare a noun with its fields in their documented order.

    `done` is the status with which an object with `due` is not overdue. `reports_on` is the field of a report that
    names its item, `measured` that of a measurement. `migrations` are steps of documents (see storage/migrations.py).
    """
    subject = measured or reports_on
    schema = declare_schema("".join(word.capitalize() for word in singular.split("_")), fields)
    base = MeasurementRow if measured else ReportRow if reports_on else ObjectRow
    row = declare_row(singular, f"A{with_article(words(singular))[1:]} of an account", migrations, base=base)
    return OgsmNoun(
        name,
        singular,
        meaning,
        schema,
        default_document(schema, **{one.name: one.default for one in fields}),
        row,
        canvas_counter=f"{name} on canvas",
        done=done,
        subject=subject.name if subject else "",
        measured=measured.name if measured else "",
        references=find_references(fields, singular),
    )


def words(name: str) -> str:
    """Return the name of a noun as text: `kpi_measurements` becomes `KPI measurements`."""
    return " ".join(ACRONYMS.get(word, word) for word in name.split("_"))


def with_article(text: str) -> str:
    """Return a noun with its article: `goal` becomes `a goal`."""
    return f"{'an' if text[0] in 'aeioO' else 'a'} {text}"
