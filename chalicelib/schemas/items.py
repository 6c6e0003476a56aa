"""Items: the entries of inboxes and stacks. Each is an activity, either a new one or one that exists already."""

from chalicelib.schemas.activities import ACTIVITY
from chalicelib.schemas.common import LINK, LINKS_DESCRIPTION, PAGING
from chalicelib.validation.containers import ListOf, Nullable
from chalicelib.validation.schema import RequiredChoice, Schema, parameters
from chalicelib.validation.types import Enum, Integer, Text

ITEM_DESCRIPTIONS = {"activity": "The activity that the item is."}
ITEM = Schema("Item", {}, read_only={"activity": ACTIVITY}, descriptions=ITEM_DESCRIPTIONS)
PLACED_ITEM = Schema(
    "PlacedItem",
    {},
    read_only=ITEM.read_only | {"links": ListOf(LINK)},
    descriptions=ITEM_DESCRIPTIONS | LINKS_DESCRIPTION,
)
ITEM_TYPE = Enum(("Activity",))
ITEM_INPUT_DESCRIPTIONS = {
    "type": "The type of the item. There are only activities.",
    "item_type": "Another name for `type`.",
    "id": "The id of an activity that exists already.",
    "item_id": "Another name for `id`.",
    "name": "The name of an activity that is to be created.",
    "description": "The description of the new activity.",
}
ITEM_INPUT = Schema(
    "ItemInput",
    {
        "type": ITEM_TYPE,
        "item_type": ITEM_TYPE,
        "id": Integer(1),
        "item_id": Integer(1),
        "name": Text(1, 255),
        "description": Nullable(Text()),
    },
    aliases={"item_type": "type", "item_id": "id"},
    required_choice=RequiredChoice(("id", "name"), only_one=True),
    descriptions=ITEM_INPUT_DESCRIPTIONS,
)
EXISTING_ITEM_INPUT = Schema(
    "ExistingItem",
    {name: kind for name, kind in ITEM_INPUT.fields.items() if name not in ("name", "description")},
    aliases=ITEM_INPUT.aliases,
    required_choice=RequiredChoice(("id",)),
    descriptions=ITEM_INPUT_DESCRIPTIONS,
)
ALL_ITEMS_PARAMETERS = parameters(workspace_id=Integer(1), **PAGING)
