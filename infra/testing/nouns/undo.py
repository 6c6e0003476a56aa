"""Undoing changes."""

from chalicelib.storage import table
from chalicelib.storage.models.actions import Action
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.changes import FeedEntry
from chalicelib.storage.stamps import unpack
from infra.testing.noun import Noun
from infra.testing.request_cases import BATCH_GET, GET_ITEM, QUERY, TRANSACTION, Json, RequestCase, Step
from infra.testing.stream_records import record_creation
from infra.testing.world import World, location_of

UNDO, UNDO_REQUEST = "/api/changes/{seq}/undo", "/api/changes/undo"
RECORD_AND_OBJECT: list[Step] = [BATCH_GET, BATCH_GET]  # the object as it is now comes last
FIND: list[Step] = [(GET_ITEM, GET_ITEM, QUERY), *RECORD_AND_OBJECT]
FIND_ACTIVITY: list[Step] = [*FIND, BATCH_GET, BATCH_GET]  # with what decides who sees it and may change it
FIND_REQUEST: list[Step] = [(GET_ITEM, QUERY, QUERY), *RECORD_AND_OBJECT]
WHY_LARGE = "reads the change, who may see it and the object as it is now, and then does what the opposite call does"


def undo_of_action(world: World) -> str:
    """Create an action, and return the address at which that is undone."""
    return f"/api/changes/{_create_action(world)}/undo"


def undo_of_activity(world: World) -> str:
    """Create an activity of the owner in the shared workspace, and return the address at which that is undone."""
    return f"/api/changes/{record_creation(world.account, Activity.ref(world.account, world.item()))}/undo"


def request_of_action(world: World) -> Json:
    """Create an action, and return the id of the request that did."""
    entry = table.get(FeedEntry.ref(world.account, _create_action(world)))
    if entry is None or entry.stamp is None:
        raise LookupError("The creation of the action has not been recorded.")
    return {"request_id": unpack(entry.stamp).author.request_id}


def _create_action(world: World) -> int:
    """Create an action, and return the seq of the change."""
    address = location_of(world.owner.post("/api/v2/actions.json", json={"title": "x"}))
    number = int(address.rpartition("/")[2].removesuffix(".json"))
    return record_creation(world.account, Action.ref(world.account, number))


NOUN = Noun(
    request_cases=[
        RequestCase(
            "POST",
            UNDO,
            [*FIND, (GET_ITEM, QUERY), TRANSACTION],
            [GET_ITEM, *FIND, (GET_ITEM, QUERY), TRANSACTION],
            address=undo_of_action,
            why_large=WHY_LARGE,
        ),
        RequestCase(
            "POST",
            UNDO,
            [*FIND_ACTIVITY, GET_ITEM, BATCH_GET, TRANSACTION],
            [GET_ITEM, *FIND_ACTIVITY, GET_ITEM, BATCH_GET, TRANSACTION],
            variant="undo the creation of an activity",
            address=undo_of_activity,
            why_large=WHY_LARGE,
        ),
        RequestCase(
            "POST",
            UNDO_REQUEST,
            [*FIND_REQUEST, QUERY, TRANSACTION],
            [GET_ITEM, *FIND_REQUEST, QUERY, TRANSACTION],
            body=request_of_action,
            why_large=WHY_LARGE,
        ),
    ]
)
