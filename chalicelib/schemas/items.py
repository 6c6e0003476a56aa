"""Items: the entries of inboxes and stacks. Each is an activity, either a new one or one that exists already."""

from chalicelib.schemas.activities import ACTIVITY
from chalicelib.schemas.common import LINK, PAGING
from chalicelib.validation.containers import ListOf, Nullable
from chalicelib.validation.schema import RequiredChoice, Schema, parameters
from chalicelib.validation.types import Enum, Integer, Text

ITEM = Schema("Entry", {}, read_only={"activity": ACTIVITY})
PLACED_ITEM = Schema("LandedEntry", {}, read_only=ITEM.read_only | {"links": ListOf(LINK)})
ITEM_TYPE = Enum(("Activity",))
ITEM_INPUT = Schema(
    "Item",
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
)
EXISTING_ITEM_INPUT = Schema(
    "ExistingItem",
    {name: kind for name, kind in ITEM_INPUT.fields.items() if name not in ("name", "description")},
    aliases=ITEM_INPUT.aliases,
    required_choice=RequiredChoice(("id",)),
)
ALL_ITEMS_PARAMETERS = parameters(workspace_id=Integer(1), **PAGING)
