"""Activities: the activity object of the Workspaces document with its blocks, and what creates or changes one.

A block is a property of an activity that has an id of its own, such as its priority. Blocks are answered as objects,
but set by their value alone.
"""

from typing import Any

from chalicelib.schemas.common import TIMESTAMP_DESCRIPTIONS, TIMESTAMPS
from chalicelib.schemas.users import USER
from chalicelib.validation.containers import AnyOf, ListOf, Nullable
from chalicelib.validation.schema import RequiredChoice, Schema
from chalicelib.validation.types import Enum, Integer, Text, Timestamp

ACTIVITY_STATES = ("draft", "active", "paused", "finished", "approved", "rejected", "deleted")
STATE = Enum(ACTIVITY_STATES, name="ActivityState")
PRIORITIES, SIZES = ("low", "normal", "high"), ("small", "medium", "large")
PRIORITY, SIZE = Enum(PRIORITIES, name="Priority"), Enum(SIZES, name="Size")
BLOCK_NAME = Enum(("priority", "progress", "deadline", "size"), name="BlockName")
BLOCK_FIELDS = {"name": Nullable(BLOCK_NAME), "id": Text(24, 24)}
BLOCK_DESCRIPTIONS = TIMESTAMP_DESCRIPTIONS | {
    "options": "The values that the block may have.",
    "value": "The present value.",
    "time": "The time that is set, in UTC.",
    "name": "The name of the block. That of the target date is `deadline`, and the alarm has none.",
    "id": "The id with which the value of the block can be changed: 24 hexadecimal digits.",
}


def _block(name: str, content: dict[str, Any]) -> Schema:
    return Schema(name, {}, read_only=TIMESTAMPS | content | BLOCK_FIELDS, descriptions=BLOCK_DESCRIPTIONS)


PRIORITY_BLOCK = _block("PriorityBlock", {"options": ListOf(PRIORITY), "value": PRIORITY})
SIZE_BLOCK = _block("SizeBlock", {"options": ListOf(SIZE), "value": SIZE})
PROGRESS_BLOCK = _block("ProgressBlock", {"value": Text()})
TIME_BLOCK = _block("TimeBlock", {"time": Nullable(Timestamp())})
ACTIVITY_DESCRIPTIONS = TIMESTAMP_DESCRIPTIONS | {
    "id": "The id of the activity.",
    "name": "The name of the activity. It must not be blank.",
    "description": "A description in plain text.",
    "state": "Where the activity is in its life, from `draft` to `approved` or `deleted`.",
    "creator": "The user who created the activity, or null if that user has left.",
    "assignee": "The user who carries out the activity, or null if that user has left.",
    "priority": "How urgent the activity is.",
    "size": "How much work the activity is.",
    "progress": "How much of the activity is done, in percent.",
    "target_date": "The time at which the activity is to be finished.",
    "alarm": "The time at which the assignee gets a mail about the activity.",
}
ACTIVITY = Schema(
    "Activity",
    {"name": Text(1, 255), "description": Nullable(Text())},
    required={"name"},
    read_only=TIMESTAMPS
    | {"id": Integer(1), "state": STATE, "creator": Nullable(USER), "assignee": Nullable(USER)}
    | {"priority": PRIORITY_BLOCK, "size": SIZE_BLOCK, "progress": PROGRESS_BLOCK}
    | {"target_date": TIME_BLOCK, "alarm": TIME_BLOCK},
    descriptions=ACTIVITY_DESCRIPTIONS,
)

BLOCKS: dict[str, Any] = {
    "priority": PRIORITY,
    "progress": Integer(0, 100),
    "target_date": Nullable(Timestamp()),
    "size": SIZE,
    "alarm": Nullable(Timestamp()),
}
TIME_BLOCKS = ("target_date", "alarm")  # their value is called `time` in answers, and may be sent by either name
BLOCK_SCHEMAS = {
    name: Schema("", {"value": kind, "time": kind}, aliases={"time": "value"})
    if name in TIME_BLOCKS
    else Schema("", {"value": kind})
    for name, kind in BLOCKS.items()
}

INITIAL_BLOCKS = ("priority", "target_date", "size", "alarm")  # may be set when an activity is created
NEW_ACTIVITY = Schema(
    "NewActivity",
    {**ACTIVITY.fields, **{name: Nullable(BLOCKS[name]) for name in INITIAL_BLOCKS}},
    required={"name"},
    read_only={name: kind for name, kind in ACTIVITY.read_only.items() if name not in INITIAL_BLOCKS},
    descriptions=ACTIVITY_DESCRIPTIONS,
)
BLOCK_VALUE = Schema(
    "BlockValue",
    {
        "value": Nullable(AnyOf((BLOCKS["priority"], BLOCKS["size"], BLOCKS["progress"], Timestamp()))),
        "time": Nullable(Timestamp()),
    },
    read_only=TIMESTAMPS | {"options": ListOf(Text())} | BLOCK_FIELDS,
    descriptions=BLOCK_DESCRIPTIONS
    | {
        "value": "The new value: an option, a number from 0 to 100, a time, or null for no time.",
        "time": "Another name for `value` of a target date or alarm.",
    },
)
ACTIVITY_MOVE = Schema(
    "ActivityMove",
    {"source_id": Nullable(Integer(1)), "workspace_id": Integer(1)},
    required_choice=RequiredChoice(("workspace_id",)),
    descriptions={
        "source_id": "The id of the workspace in which you think the activity is. If it is elsewhere, nothing changes.",
        "workspace_id": "The id of the workspace on whose inbox the activity is put.",
    },
)
