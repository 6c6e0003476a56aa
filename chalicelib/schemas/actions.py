"""Actions: the action object of the OGSM document, and the parameters of the list of actions."""

from chalicelib.schemas.ogsm_objects import (
    ACTION_STATUS,
    ASSIGNEE,
    CANVAS,
    INVOLVED,
    LABEL,
    STATUSES,
    STRATEGY,
    TRAFFIC_LIGHT,
    find_sort_fields,
    object_parameters,
)
from chalicelib.validation.containers import Ignored, ListOf, Nullable
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Boolean, Date, Integer, Text

__all__ = ["ACTION", "ACTION_PARAMETERS", "SORT_FIELDS", "STATUSES"]

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

ACTION_PARAMETERS = object_parameters(ACTION)
SORT_FIELDS = tuple(one.name for one in find_sort_fields(ACTION))
