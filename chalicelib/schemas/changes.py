"""Changes: what the feed accepts and answers."""

from chalicelib.schemas.common import MAX_PAGE_SIZE
from chalicelib.validation.containers import All, AnyOf, Nullable, json_object
from chalicelib.validation.schema import Schema, parameters
from chalicelib.validation.types import MAX_INTEGER, Enum, Integer, Text, Timestamp

MAX_WAIT_SECONDS = 20  # API Gateway waits for 29 seconds at most
DEFAULT_LIMIT = 100
VERBS = ("create", "update", "delete", "move")
OBJECT_KINDS = (
    "action",
    "action_progress_report",
    "activity",
    "audit_event",
    "comment",
    "credential",
    "delegation",
    "follow",
    "goal",
    "goal_measurement",
    "invitation",
    "kpi",
    "kpi_measurement",
    "member",
    "objective",
    "objective_progress_report",
    "ogsm_canvas",
    "stack",
    "strategy",
    "strategy_progress_report",
    "team",
    "user",
    "workspace",
)
OBJECT_KIND = Enum(OBJECT_KINDS, name="ChangedObjectKind")
CHANGE_PARAMETERS = parameters(
    after=Integer(0, MAX_INTEGER),
    limit=Integer(1, MAX_PAGE_SIZE),
    kind=OBJECT_KIND,
    object=Text(1, 100),
    actor=Text(1, 20),
    since=Timestamp(),
    wait=Integer(0, MAX_WAIT_SECONDS),
)
CHANGED_OBJECT = Schema(
    "ChangedObject",
    {},
    read_only={"kind": OBJECT_KIND, "id": AnyOf((Integer(1), Text(1))), "href": Nullable(Text())},
    descriptions={
        "kind": "The kind of the object.",
        "id": "Its id: a number or a text, as the object itself shows it.",
        "href": "Its address, or that of the list it is in. Follows have none.",
    },
)
CHANGE_ACTOR = Schema(
    "ChangeActor",
    {},
    read_only={"user": Nullable(Text()), "credential": Nullable(Text())},
    descriptions={
        "user": "The id of the user who made the change, or `operator`. Null if nobody is known.",
        "credential": "The key of the credential that was used. Only admins see those of others.",
    },
)
CHANGE = Schema(
    "Change",
    {},
    read_only={
        "seq": Integer(1),
        "at": Timestamp(),
        "verb": Enum(VERBS, name="ChangeVerb"),
        "object": CHANGED_OBJECT,
        "actor": CHANGE_ACTOR,
        "request_id": Nullable(Text()),
        "before": Nullable(All(json_object, {})),
        "after": Nullable(All(json_object, {})),
    },
    descriptions={
        "seq": "The place of the change in the feed. Later changes have higher ones.",
        "at": "The time of the change, in UTC.",
        "verb": "What was done with the object.",
        "object": "The object that was changed.",
        "actor": "The user and the credential that made the change.",
        "request_id": "The `X-Request-Id` of the answer to the request that made the change.",
        "before": "The object before the change, as its address answers it, or null.",
        "after": "The object after the change, as its address answers it, or null.",
    },
)
