"""Activities: the activity object of the Workspaces document with its blocks, and what creates or changes one.

A block is a property of an activity that has an id of its own, such as its priority. Blocks are answered as objects,
but set by their value alone.
"""

from typing import Any

from chalicelib.schemas.common import TIMESTAMPS
from chalicelib.schemas.users import USER
from chalicelib.validation.containers import AnyOf, ListOf, Nullable
from chalicelib.validation.schema import RequiredChoice, Schema
from chalicelib.validation.types import Enum, Integer, Text, Timestamp

ACTIVITY_STATES = ("draft", "active", "paused", "finished", "approved", "rejected", "deleted")
BLOCK_FIELDS = {"name": Nullable(Text()), "id": Text(24, 24)}
CHOICE_BLOCK = Schema(
    "ChoiceBlock", {}, read_only=TIMESTAMPS | {"options": ListOf(Text()), "value": Text()} | BLOCK_FIELDS
)
NUMBER_BLOCK = Schema("NumberBlock", {}, read_only=TIMESTAMPS | {"value": Text()} | BLOCK_FIELDS)
TIME_BLOCK = Schema("TimeBlock", {}, read_only=TIMESTAMPS | {"time": Nullable(Timestamp())} | BLOCK_FIELDS)
ACTIVITY = Schema(
    "Activity",
    {"name": Text(1, 255), "description": Nullable(Text())},
    required={"name"},
    read_only=TIMESTAMPS
    | {"id": Integer(1), "state": Enum(ACTIVITY_STATES), "creator": Nullable(USER), "assignee": Nullable(USER)}
    | {"priority": CHOICE_BLOCK, "size": CHOICE_BLOCK, "progress": NUMBER_BLOCK}
    | {"target_date": TIME_BLOCK, "alarm": TIME_BLOCK},
)

PRIORITIES, SIZES = ("low", "normal", "high"), ("small", "medium", "large")
BLOCKS: dict[str, Any] = {
    "priority": Enum(PRIORITIES),
    "progress": Integer(0, 100),
    "target_date": Nullable(Timestamp()),
    "size": Enum(SIZES),
    "alarm": Nullable(Timestamp()),
}
TIME_BLOCKS = ("target_date", "alarm")  # their value is called `time` in answers, and may be sent by either name
BLOCK_SCHEMAS = {
    name: Schema(name, {"value": kind, "time": kind}, aliases={"time": "value"})
    if name in TIME_BLOCKS
    else Schema(name, {"value": kind})
    for name, kind in BLOCKS.items()
}

INITIAL_BLOCKS = ("priority", "target_date", "size", "alarm")  # may be set when an activity is created
NEW_ACTIVITY = Schema(
    "NewActivity",
    {**ACTIVITY.fields, **{name: Nullable(BLOCKS[name]) for name in INITIAL_BLOCKS}},
    required={"name"},
    read_only={name: kind for name, kind in ACTIVITY.read_only.items() if name not in INITIAL_BLOCKS},
)
BLOCK_VALUE = Schema(
    "BlockValue",
    {
        "value": Nullable(AnyOf((BLOCKS["priority"], BLOCKS["size"], BLOCKS["progress"], Timestamp()))),
        "time": Nullable(Timestamp()),
    },
    read_only=TIMESTAMPS | {"options": ListOf(Text())} | BLOCK_FIELDS,
)
ACTIVITY_MOVE = Schema(
    "Move",
    {"source_id": Nullable(Integer(1)), "workspace_id": Integer(1)},
    required_choice=RequiredChoice(("workspace_id",)),
)
