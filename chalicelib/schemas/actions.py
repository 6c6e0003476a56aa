"""Actions: the action object of the OGSM document, and the parameters of the list of actions."""

from chalicelib.schemas.common import NAMES, PAGING
from chalicelib.validation.bounds import MAX_WORD_LENGTH
from chalicelib.validation.containers import All, Ignored, ListOf, Nullable, json_object, named_object, object_fields
from chalicelib.validation.schema import Schema, parameters
from chalicelib.validation.types import Boolean, CommaSeparated, Date, Enum, Integer, Text

STATUSES = ("icebox", "to do", "doing", "done")
STATUS = Enum(STATUSES, {"busy": "doing", "inprogress": "doing", "completed": "done"})
TRAFFIC_LIGHTS = ("green", "orange", "red")
TRAFFIC_LIGHT = Enum(TRAFFIC_LIGHTS, {"amber": "orange", "yellow": "orange"})

MAX_ROW_ORDER = 9 * 10**15  # below MAX_INTEGER, so that the service can still number the following rows
ROW_ORDER = Integer(-MAX_ROW_ORDER, MAX_ROW_ORDER)
STRATEGY = All(json_object, object_fields({"id": Integer(1)}, required={"id"}))
CANVAS = All(json_object, object_fields({"id": Integer(), "row_order": Nullable(ROW_ORDER)}, required={"id"}))

ACTION = Schema(
    "Action",
    {
        "id": Ignored(Integer(1)),
        "title": Text(1, 255),
        "labels": NAMES,
        "strategies": ListOf(STRATEGY, most=1_000),
        "description": Nullable(Text()),
        "assignee": Nullable(named_object(Text(1, 255))),
        "involved": NAMES,
        "start": Nullable(Date()),
        "due": Nullable(Date()),
        "status": named_object(STATUS),
        "ogsm_canvases": ListOf(CANVAS, most=100),
        "traffic_light": Nullable(TRAFFIC_LIGHT),
        "progress": Integer(0, 100),
        "archived": Boolean(),
    },
    required={"title"},
)

ACTION_FIELDS = CommaSeparated(tuple(ACTION.fields))
SORT_FIELDS = ("id", "title", "assignee", "start", "due", "status", "traffic_light", "progress", "archived")
ACTION_PARAMETERS = parameters(fields=ACTION_FIELDS)
ACTION_FILTERS = parameters(
    archived=Boolean(),
    status=STATUS,
    traffic_light=TRAFFIC_LIGHT,
    label=Text(1, MAX_WORD_LENGTH),
    assignee=Text(1, MAX_WORD_LENGTH),
    involved=Text(1, MAX_WORD_LENGTH),
    strategy_id=Integer(1),
    ogsm_canvas_id=Integer(),
    start_from=Date(),
    start_to=Date(),
    due_from=Date(),
    due_to=Date(),
    overdue=Boolean(),
    q=Text(1, MAX_WORD_LENGTH),
    sort=CommaSeparated(SORT_FIELDS, signed=True),
    fields=ACTION_FIELDS,
    **PAGING,
)
