"""The parameters of plans and reviews, and the schema of a review. domain/ogsm/plan_schema.py has that of a plan."""

from collections.abc import Mapping
from typing import Any

from chalicelib.schemas.actions import STATUSES
from chalicelib.schemas.ogsm_objects import ASSIGNEE, TRAFFIC_LIGHTS
from chalicelib.validation.containers import ListOf, Nullable
from chalicelib.validation.schema import Schema, parameters
from chalicelib.validation.types import Boolean, CommaSeparated, Date, Integer, Number, Text

REVIEWED = ("objectives", "goals", "strategies", "kpis", "actions")
PLAN_PARAMETERS = parameters(include_archived=Boolean(), fields=CommaSeparated(("canvas", *REVIEWED)))
REVIEW_PARAMETERS = parameters(fields=CommaSeparated(("at", "ogsm_canvases", *REVIEWED)))

LATEST = "latest"  # the field of a goal or KPI in a plan
WITHOUT_LIGHT = "none"
LIGHT_COUNTS = Schema(
    "TrafficLightCounts",
    {},
    read_only={light: Integer(0) for light in (*TRAFFIC_LIGHTS, WITHOUT_LIGHT)},
    descriptions={light: f"How many are {light}." for light in TRAFFIC_LIGHTS}
    | {WITHOUT_LIGHT: "How many have no traffic light."},
)
STATUS_COUNTS = Schema(
    "ActionStatusCounts",
    {},
    read_only={status: Integer(0) for status in STATUSES},
    descriptions={status: f"How many have the status `{status}`." for status in STATUSES},
)
REVIEWED_ITEM = Schema(
    "ReviewedItem",
    {},
    read_only={"id": Integer(1), "title": Text()},
    descriptions={"id": "The id of the item.", "title": "Its title."},
)
ONLY_OF_ACTIONS = {
    "status": STATUS_COUNTS,
    "average_progress": Nullable(Number()),
    "late_to_start": ListOf(REVIEWED_ITEM),
    "overdue": ListOf(REVIEWED_ITEM),
}
NUMBERS: Mapping[str, Any] = {
    "count": Integer(0),
    "traffic_light": LIGHT_COUNTS,
    **ONLY_OF_ACTIONS,
    "without_report": ListOf(REVIEWED_ITEM),
}
DESCRIPTIONS = {
    "count": "How many items there are.",
    "traffic_light": "How many items have each traffic light.",
    "status": "How many actions have each status. Only actions have one.",
    "average_progress": "The average progress of the actions in percent, to one decimal, or null without any.",
    "late_to_start": "The actions that are past their first day and still in the icebox or to do.",
    "overdue": "The actions that are past their last day and not done.",
    "without_report": "The items without a report or measurement for 30 days if they are actions, or 90 days.",
}
REVIEW_OF_OWNER = Schema(
    "ReviewOfOwner",
    {},
    read_only={"assignee": Nullable(ASSIGNEE), **NUMBERS},
    optional_in_response=ONLY_OF_ACTIONS,
    descriptions=DESCRIPTIONS | {"assignee": "The owner. It is null for items without one."},
)
REVIEW_OF_NOUN = Schema(
    "ReviewOfNoun",
    {},
    read_only={**NUMBERS, "by_owner": ListOf(REVIEW_OF_OWNER)},
    optional_in_response=ONLY_OF_ACTIONS,
    descriptions=DESCRIPTIONS | {"by_owner": "The same for each owner, by name. Items without an owner come last."},
)
REVIEWED_CANVAS = Schema(
    "ReviewedCanvas",
    {},
    read_only={"id": Integer(1), "name": Text()},
    descriptions={"id": "The id of the canvas.", "name": "Its name."},
)
REVIEW = Schema(
    "Review",
    {},
    read_only={
        "at": Date(),
        "ogsm_canvases": ListOf(REVIEWED_CANVAS),
        **dict.fromkeys(REVIEWED, REVIEW_OF_NOUN),
    },
    descriptions={
        "at": "The day of the review, which is today in UTC.",
        "ogsm_canvases": "The canvases that are reviewed.",
        "objectives": "The objectives on these canvases, each once, like everything else.",
        "goals": "The goals.",
        "strategies": "The strategies.",
        "kpis": "The KPIs.",
        "actions": "The actions.",
    },
)
