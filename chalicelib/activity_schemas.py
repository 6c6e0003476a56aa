"""The shape of what is sent about activities, beside what schemas.py says of their answers."""

from typing import Any

from chalicelib.containers import AnyOf, OrNull
from chalicelib.schemas import ACTIVITY
from chalicelib.shapes import Shape, Some
from chalicelib.values import Choice, Moment, Whole

PRIORITIES, SIZES = ("low", "normal", "high"), ("small", "medium", "large")
BLOCKS: dict[str, Any] = {
    "priority": Choice(PRIORITIES),
    "progress": Whole(0, 100),
    "target_date": OrNull(Moment()),
    "size": Choice(SIZES),
    "alarm": OrNull(Moment()),
}
BLOCK_SHAPES = {name: Shape({"value": kind}) for name, kind in BLOCKS.items()}

SAID = ("priority", "target_date", "size", "alarm")  # of a new activity
NEW_ACTIVITY = Shape(
    {**ACTIVITY.fields, **{name: OrNull(BLOCKS[name]) for name in SAID}},
    required={"name"},
    owned={name: kind for name, kind in ACTIVITY.owned.items() if name not in SAID},
)
BLOCK_VALUE = Shape({"value": OrNull(AnyOf((BLOCKS["priority"], BLOCKS["size"], BLOCKS["progress"], Moment())))})
MOVE = Shape({"source_id": OrNull(Whole(1)), "workspace_id": Whole(1)}, some=Some(("workspace_id",)))
