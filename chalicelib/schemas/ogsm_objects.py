"""The fields of the OGSM objects, each with its name in the API, and the parameters of their lists.

The names of the vendor's fields come from its documents. Those of our own design are in the same style. Each name is
written once, here, so that one that turns out to be different can be corrected in one place. Objects that are stored
already then need a migration (storage/migrations.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from chalicelib.schemas.common import PAGING
from chalicelib.validation.bounds import MAX_WORD_LENGTH
from chalicelib.validation.containers import (
    All,
    Ignored,
    ListOf,
    Nullable,
    named_object,
    nested_object,
    object_members,
)
from chalicelib.validation.schema import Schema, parameters
from chalicelib.validation.types import Boolean, CommaSeparated, Date, Enum, Integer, Number, Text

MAX_ROW_ORDER = 9 * 10**15  # below MAX_INTEGER, so that the service can still number the following rows
MAX_SHORT_TEXT = 255  # characters of a text by which a list can be sorted
MAX_MEASURED_ID = 90_000_000  # of a goal or KPI, so that the id of a measurement stays below MAX_INTEGER
MAX_REPORTED_ID = 9_000_000_000  # of an item, so that the id of a report stays below MAX_INTEGER

STATUSES = ("icebox", "to do", "doing", "done")
STATUS = Enum(STATUSES, {"busy": "doing", "inprogress": "doing", "completed": "done"}, name="ActionStatusName")
CANVAS_STATUSES = ("draft", "active", "inactive")
TRAFFIC_LIGHTS = ("green", "orange", "red")
TRAFFIC_LIGHT = Enum(TRAFFIC_LIGHTS, {"amber": "orange", "yellow": "orange"}, name="TrafficLight")
METHODS = ("sum", "average", "highest", "lowest", "median")
AGGREGATION_METHODS = tuple(f"{method}{period}" for period in ("", "_per_quarter", "_per_year") for method in METHODS)

STRATEGY = nested_object(
    "StrategyReference",
    {"id": Integer(1)},
    required={"id"},
    descriptions={"id": "The id of the strategy. It need not exist in this service."},
)
CANVAS = nested_object(
    "CanvasReference",
    {"id": Integer(), "row_order": Nullable(Integer(-MAX_ROW_ORDER, MAX_ROW_ORDER))},
    required={"id"},
    descriptions={
        "id": "The id of the OGSM canvas. It need not exist in this service.",
        "row_order": "The position of the object on the canvas. Without one it becomes the last.",
    },
)
REFERENCE = nested_object(
    "ObjectReference",
    {"id": Integer(1)},
    required={"id"},
    descriptions={"id": "The id of the other object. It need not exist in this service."},
)
MEASURED = nested_object(
    "MeasuredReference",
    {"id": Integer(1, MAX_MEASURED_ID)},
    required={"id"},
    descriptions={"id": "The id of the goal or KPI. It need not exist in this service."},
)
REPORTED = nested_object(
    "ReportedReference",
    {"id": Integer(1, MAX_REPORTED_ID)},
    required={"id"},
    descriptions={"id": "The id of what is reported on. It need not exist in this service."},
)
LABEL = named_object("Label", Text(1, 100), "The text of the label.")
INVOLVED = named_object("InvolvedPerson", Text(1, 100), "The name of a person who takes part, a user or not.")
ASSIGNEE = named_object("Assignee", Text(1, 255), "The name of the person who does it, a user or not.")
AUTHOR = named_object("Author", Text(1, 255), "The name of the user who made the report.")
ACTION_STATUS = named_object("ActionStatus", STATUS, "The name of the status. Clients may send it in other spellings.")
CANVAS_STATUS = named_object("CanvasStatus", Enum(CANVAS_STATUSES, name="CanvasStatusName"), "The name of the status.")


class Field(NamedTuple):
    """A field of an OGSM object: its name, kind and sentence, and its value in a new object that does not have it.

    `refers_to` is the singular name of the noun whose objects the field names, or SAME_NOUN. An object that is named in
    such a field cannot be deleted alone.
    """

    name: str
    kind: Any
    description: str
    default: Any = None
    is_required: bool = False
    refers_to: str = ""


SAME_NOUN = "same noun"
SHORT_TEXT = Text(1, MAX_SHORT_TEXT)
ID = Field("id", Ignored(Integer(1)), "The id. The service assigns it.")
NAME = Field("name", SHORT_TEXT, "The name. It must not be blank.", is_required=True)
TITLE = Field("title", SHORT_TEXT, "The title. It must not be blank.", is_required=True)
LABELS = Field("labels", ListOf(LABEL, unique=True, most=100), "The labels, each once.", [])
DESCRIPTION = Field("description", Nullable(Text()), "The description as HTML, kept byte for byte.")
RESPONSIBLE = Field("assignee", Nullable(ASSIGNEE), "The person who is responsible.")
CANVASES = Field(
    "ogsm_canvases", ListOf(CANVAS, most=100), "The OGSM canvases that show the object.", [], refers_to="ogsm_canvas"
)
LIGHT = Field("traffic_light", Nullable(TRAFFIC_LIGHT), "How it is going.")
ARCHIVED = Field("archived", Boolean(), "Whether it is archived. Lists have archived objects too.", default=False)
START = Field("start", Nullable(Date()), "The first day.")
DUE = Field("due", Nullable(Date()), "The last day. It must not be before `start`.")
TEAM_OF_CANVAS = Field("team", Nullable(REFERENCE), "The team whose plan it is.", refers_to="team")
STATUS_OF_CANVAS = Field("status", CANVAS_STATUS, "The status of the plan, `draft` at first.", {"name": "draft"})
UNIT = Field("target_unit", Nullable(SHORT_TEXT), "The unit of the target, such as `%` or `EUR`.")
CHART_MINIMUM = Field("chart_vertical_min", Nullable(Number()), "The lowest value that the chart shows.")
AGGREGATION = Field(
    "aggregation_method",
    Nullable(Enum(AGGREGATION_METHODS, name="AggregationMethod")),
    "How the total is made of the values of the children, or of the measurements of a period.",
)
CHART = Field("chart_type", Nullable(Enum(("line", "bar"), name="ChartType")), "How the chart is drawn.")
OBJECTIVES = Field(
    "objectives", ListOf(REFERENCE, most=1_000), "The objectives that it belongs to.", [], refers_to="objective"
)
STRATEGIES = Field(
    "strategies", ListOf(STRATEGY, most=1_000), "The strategies that it belongs to.", [], refers_to="strategy"
)
PARENT = Field("parent", Nullable(REFERENCE), "The object of the same kind that it is a part of.", refers_to=SAME_NOUN)
START_VALUE = Field("start_value", Nullable(Number()), "The value at the beginning.")
OBJECTIVE = Field("objective", REPORTED, "The objective that is reported on. It never changes.", is_required=True)
REPORTED_STRATEGY = Field("strategy", REPORTED, "The strategy that is reported on. It never changes.", is_required=True)
REPORTED_ACTION = Field("action", REPORTED, "The action that is reported on. It never changes.", is_required=True)
GOAL = Field("goal", MEASURED, "The goal that is measured. It never changes.", is_required=True)
KPI = Field("kpi", MEASURED, "The KPI that is measured. It never changes.", is_required=True)
AT = Field("at", Date(), "The day, today in UTC unless it is sent.")
DAY_MEASURED = Field("at", Date(), "The day of the values, today in UTC unless it is sent. It never changes.")
AUTHOR_OF_REPORT = Field("author", Ignored(AUTHOR), "The user who made the report. The service sets it.")
REPORTED_PROGRESS = Field("progress", Nullable(Integer(0, 100)), "How much of the action is done, in percent.")
REPORTED_STATUS = Field("status", Nullable(ACTION_STATUS), "The status of the action.")
TARGET = Field("target", Nullable(Number()), "The value that was aimed at.")
ACTUAL = Field("actual", Nullable(Number()), "The value that was reached.")


def declare_schema(name: str, fields: Sequence[Field]) -> Schema:
    """Return the schema of an object with these fields in their documented order. `name` is its public name."""
    return Schema(
        name,
        {field.name: field.kind for field in fields},
        required={field.name for field in fields if field.is_required},
        descriptions={field.name: field.description for field in fields},
    )


def find_references(fields: Sequence[Field], singular: str) -> dict[str, str]:
    """Return the fields of a noun that name objects, and the singular name of the noun of these objects."""
    named = {field.name: field.refers_to for field in fields if field.refers_to}
    return {name: singular if noun == SAME_NOUN else noun for name, noun in named.items()}


class ListParameter(NamedTuple):
    """A query parameter of a list that filters it.

    `test` is the name of the function of domain/ogsm/filters.py that compares, and `arguments` are its arguments.
    """

    name: str
    kind: Any
    test: str
    arguments: tuple[str, ...]


class SortField(NamedTuple):
    """A field by which a list can be sorted. `test` is the name of the function of domain/ogsm/sorting.py."""

    name: str
    test: str
    arguments: tuple[Any, ...] = ()


WORD = Text(1, MAX_WORD_LENGTH)


def find_filters(schema: Schema, done: str = "") -> list[ListParameter]:
    """Return the filters of a list that follow from the fields of its objects.

    `done` is the status with which an object that has the field `due` is never overdue.
    """
    found = [one for name, kind in schema.fields.items() if name != ID.name for one in _filters_of(name, bare(kind))]
    if DUE.name in schema.fields:
        found.append(ListParameter("overdue", Boolean(), "is_overdue", (DUE.name, "status", done)))
    texts = tuple(name for name, kind in schema.fields.items() if isinstance(bare(kind), Text))
    return [*found, ListParameter("q", WORD, "contains_text", texts)] if texts else found


def _filters_of(name: str, kind: Any) -> Iterator[ListParameter]:
    """Yield the filters by one field, which has that kind of value."""
    if isinstance(kind, Enum | Boolean):
        yield ListParameter(name, kind, "equals", (name,))
    elif isinstance(kind, Date | Number):
        tests = ("on_or_after", "on_or_before") if isinstance(kind, Date) else ("at_least", "at_most")
        for end, test in zip(("from", "to"), tests, strict=True):
            yield ListParameter(f"{name}_{end}", kind, test, (name,))
    elif isinstance(kind, ListOf):
        yield from _filters_of_object(
            _singular(name), object_members(kind.kind), ("contains_name", "contains_id"), name
        )
    elif isinstance(kind, All):
        yield from _filters_of_object(name, object_members(kind), ("has_name", "has_id"), name)


def _filters_of_object(
    name: str, members: Mapping[str, Any], tests: tuple[str, str], field: str
) -> Iterator[ListParameter]:
    """Yield the filter by objects with a name or an id, of which a field has one or several."""
    by_name, by_id = tests
    if "name" in members:
        kind = members["name"]
        yield ListParameter(name, kind if isinstance(kind, Enum) else WORD, by_name, (field,))
    else:
        yield ListParameter(f"{name}_id", members["id"], by_id, (field,))


def _singular(name: str) -> str:
    """Return the name of one element of a field with several: strategies, canvases, labels."""
    for ending, replacement in (("ies", "y"), ("ses", "s"), ("s", "")):
        if name.endswith(ending):
            return name.removesuffix(ending) + replacement
    return name


def find_sort_fields(schema: Schema) -> list[SortField]:
    """Return the fields by which a list of objects can be sorted: all but long texts and arrays."""
    found = (_sort_field(name, bare(kind)) for name, kind in schema.fields.items())
    return [one for one in found if one]


def _sort_field(name: str, kind: Any) -> SortField | None:
    if isinstance(kind, Text):
        return SortField(name, "by_text") if kind.max_length <= MAX_SHORT_TEXT else None
    if isinstance(kind, Enum):
        return SortField(name, "by_option", (kind.options,))
    if isinstance(kind, All):
        member = object_members(kind).get("name")
        if isinstance(member, Enum):
            return SortField(name, "by_named_option", (member.options,))
        return SortField(name, "by_name" if member else "by_id")
    for type_of_kind, test, arguments in SORTED_BY_VALUE:
        if isinstance(kind, type_of_kind):
            return SortField(name, test, arguments)
    return None


SORTED_BY_VALUE: tuple[tuple[type, str, tuple[type, ...]], ...] = (
    (Integer, "by_value", (int,)),
    (Date, "by_value", (str,)),
    (Boolean, "by_value", (bool,)),
    (Number, "by_number", ()),
)


def list_parameters(schema: Schema, done: str = "") -> Schema:
    """Return the query parameters of a list of objects: filters, sort, fields and paging."""
    return parameters(
        **{one.name: one.kind for one in find_filters(schema, done)},
        sort=CommaSeparated(tuple(one.name for one in find_sort_fields(schema)), signed=True),
        fields=CommaSeparated(tuple(schema.fields)),
        **PAGING,
    )


def object_parameters(schema: Schema) -> Schema:
    """Return the query parameters of a single object."""
    return parameters(fields=CommaSeparated(tuple(schema.fields)))


CASCADE = parameters(cascade=Boolean())  # of the deletion of an object that others may refer to


def bare(kind: Any) -> Any:
    """Return the kind of the values of a field, without what says that it may be null or is set by the service."""
    return bare(kind.kind) if isinstance(kind, Nullable | Ignored) else kind
