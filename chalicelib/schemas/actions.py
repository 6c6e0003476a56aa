"""Actions: the action object of the OGSM document, and the parameters of the list of actions."""

from chalicelib.schemas.common import PAGING
from chalicelib.validation.bounds import MAX_WORD_LENGTH
from chalicelib.validation.containers import Ignored, ListOf, Nullable, named_object, nested_object
from chalicelib.validation.schema import Schema, parameters
from chalicelib.validation.types import Boolean, CommaSeparated, Date, Enum, Integer, Text

STATUSES = ("icebox", "to do", "doing", "done")
STATUS = Enum(STATUSES, {"busy": "doing", "inprogress": "doing", "completed": "done"}, name="ActionStatusName")
TRAFFIC_LIGHTS = ("green", "orange", "red")
TRAFFIC_LIGHT = Enum(TRAFFIC_LIGHTS, {"amber": "orange", "yellow": "orange"}, name="TrafficLight")

MAX_ROW_ORDER = 9 * 10**15  # below MAX_INTEGER, so that the service can still number the following rows
ROW_ORDER = Integer(-MAX_ROW_ORDER, MAX_ROW_ORDER)
STRATEGY = nested_object(
    "StrategyReference",
    {"id": Integer(1)},
    required={"id"},
    descriptions={"id": "The id of the strategy. It need not exist in this service."},
)
CANVAS = nested_object(
    "CanvasReference",
    {"id": Integer(), "row_order": Nullable(ROW_ORDER)},
    required={"id"},
    descriptions={
        "id": "The id of the OGSM canvas. It need not exist in this service.",
        "row_order": "The position of the action on the canvas. Without one it becomes the last.",
    },
)
LABEL = named_object("Label", Text(1, 100), "The text of the label.")
INVOLVED = named_object("InvolvedPerson", Text(1, 100), "The name of a person who takes part, a user or not.")
ASSIGNEE = named_object("Assignee", Text(1, 255), "The name of the person who does it, a user or not.")
ACTION_STATUS = named_object("ActionStatus", STATUS, "The name of the status. Clients may send it in other spellings.")

ACTION = Schema(
    "Action",
    {
        "id": Ignored(Integer(1)),
        "title": Text(1, 255),
        "labels": ListOf(LABEL, unique=True, most=100),
        "strategies": ListOf(STRATEGY, most=1_000),
        "description": Nullable(Text()),
        "assignee": Nullable(ASSIGNEE),
        "involved": ListOf(INVOLVED, unique=True, most=100),
        "start": Nullable(Date()),
        "due": Nullable(Date()),
        "status": ACTION_STATUS,
        "ogsm_canvases": ListOf(CANVAS, most=100),
        "traffic_light": Nullable(TRAFFIC_LIGHT),
        "progress": Integer(0, 100),
        "archived": Boolean(),
    },
    required={"title"},
    descriptions={
        "id": "The id of the action. The service assigns it.",
        "title": "The title of the action. It must not be blank.",
        "labels": "The labels of the action, each once.",
        "strategies": "The strategies that the action belongs to.",
        "description": "The description as HTML, kept byte for byte.",
        "assignee": "The person who carries out the action.",
        "involved": "Other people who take part in the action, each once.",
        "start": "The first day of the action.",
        "due": "The last day of the action. It must not be before `start`.",
        "status": "The status of the action, `to do` at first.",
        "ogsm_canvases": "The OGSM canvases that show the action.",
        "traffic_light": "How the action is going.",
        "progress": "How much of the action is done, in percent.",
        "archived": "Whether the action is archived. The list has archived actions too.",
    },
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
