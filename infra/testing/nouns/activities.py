"""Activities."""

from collections.abc import Callable

from chalicelib.domain.activities import documents
from chalicelib.storage.models.activities import Activity, Placement, UserActivity
from infra.testing.noun import Noun
from infra.testing.past_cases import past_cases
from infra.testing.request_cases import (
    BATCH_GET,
    GET_ITEM,
    PARALLEL_QUERIES,
    QUERY,
    TRANSACTION,
    UPDATE_ITEM,
    Json,
    RequestCase,
)
from infra.testing.sample_rows import FIRST_ID, SampleRow, sample_user
from infra.testing.stream_records import record_creation
from infra.testing.world import World, create_item

READS_PLACES = "reads the records, then their places in the feed, then what decides who may see them"
ACTIVITIES, ACTIVITY = "/api/activities", "/api/activities/{activity_id}"
CHANGE, CHANGE_WITH_KEY = [GET_ITEM, BATCH_GET, TRANSACTION], [GET_ITEM, GET_ITEM, BATCH_GET, TRANSACTION]


def change_activity(
    method: str,
    tail: str,
    address: Callable[[World], str],
    body: Json | Callable[[World], Json] | None = None,
    caller: str = "owner",
) -> RequestCase:
    """Return the case of a route that changes one activity. All of them have the same budget."""
    return RequestCase(method, f"{ACTIVITY}{tail}", CHANGE, CHANGE_WITH_KEY, address=address, body=body, caller=caller)


def create_activity(tail: str = "") -> Callable[[World], str]:
    """Create an activity of the owner, and return its address with this tail."""
    return lambda world: f"{world.activity()}{tail}"


def recorded_activity(world: World) -> str:
    """Create an activity whose creation is recorded, and return the address of its history."""
    address = world.activity()
    record_creation(world.account, Activity.ref(world.account, int(address.rpartition("/")[2])))
    return f"{address}/history"


def delegated_activity(tail: str, *verbs: str) -> Callable[[World], str]:
    """Delegate a new activity to the other user, who then does this with it, and return its address with this tail.

    The delegation asks for approval of the result.
    """

    def address(world: World) -> str:
        activity = world.activity()
        world.delegate(activity, sign_off=True)
        for verb in verbs:
            assert world.clients["other user"].put(f"{activity}/{verb}").is_success
        return activity + tail

    return address


def list_activities(world: World) -> str:
    """Create an activity of the owner, and return the address of the list."""
    world.activity()
    return ACTIVITIES


def item_elsewhere(world: World) -> Json:
    """Return a new item of another workspace as a body. Moving it needs the most requests."""
    return {"type": "Activity", "id": create_item(world.owner, world.personal_url)}


def item_of_member(world: World) -> Json:
    """Return an item of the member as a body: a user in it whom the request has not read yet."""
    return {"type": "Activity", "id": create_item(world.member, world.stack())}


def sample_document() -> Json:
    """Return the stored document of an activity of other users."""
    fields = {"name": "An item of others", "description": "words " * 20}
    return documents.new_document(FIRST_ID, sample_user(0), fields)


def sample_rows(account: int) -> list[SampleRow]:
    """Return an activity of other users, and its copies in its place and with a user."""
    doc, order = sample_document(), f"{FIRST_ID:016}"
    place = {"workspace": FIRST_ID, "stack": FIRST_ID, "order": order}
    return [
        SampleRow(
            Activity.at(account, 0, id=FIRST_ID, doc=doc, **place), lambda n: Activity.ref(account, FIRST_ID + n)
        ),
        SampleRow(
            Placement.at(account, 0, 0, "", 0, activity=FIRST_ID, doc=doc),
            lambda n: Placement.ref(account, FIRST_ID + n, FIRST_ID + n, order, FIRST_ID + n),
        ),
        SampleRow(
            UserActivity.at(account, "", 0, activity=FIRST_ID, workspace=FIRST_ID, doc=doc),
            lambda n: UserActivity.ref(account, sample_user(n), FIRST_ID + n),
        ),
    ]


NOUN = Noun(
    request_cases=[
        RequestCase("GET", ACTIVITIES, [PARALLEL_QUERIES, BATCH_GET], address=list_activities),
        RequestCase(
            "POST",
            ACTIVITIES,
            [(GET_ITEM, UPDATE_ITEM), TRANSACTION],
            [GET_ITEM, (GET_ITEM, UPDATE_ITEM), TRANSACTION],
            body={"name": "x"},
        ),
        RequestCase("GET", ACTIVITY, [GET_ITEM, BATCH_GET], address=create_activity()),
        *past_cases(ACTIVITY, create_activity(), [GET_ITEM, BATCH_GET]),
        RequestCase(
            "GET",
            f"{ACTIVITY}/history",
            [(BATCH_GET, GET_ITEM, GET_ITEM, QUERY, QUERY), BATCH_GET, BATCH_GET],
            address=recorded_activity,
            variant="the history of an activity with a change",
            why_large=READS_PLACES,
        ),
        change_activity("PATCH", "", create_activity(), {"name": "y"}),
        change_activity("DELETE", "", create_activity()),
        change_activity("PUT", "/move", create_activity("/move"), lambda world: {"workspace_id": world.personal}),
        change_activity("PUT", "/blox/{block_id}", World.block, {"value": "high"}),
        change_activity("PUT", "/play", create_activity("/play")),
        change_activity("PUT", "/pause", lambda world: f"{world.activity('play')}/pause"),
        change_activity("PUT", "/finish", create_activity("/finish")),
        change_activity("PUT", "/approve", delegated_activity("/approve", "accept", "finish")),
        change_activity("PUT", "/reject", delegated_activity("/reject", "accept", "finish")),
        change_activity(
            "PUT",
            "/take_over",
            lambda world: f"{ACTIVITIES}/{create_item(world.member, world.workspace_url)}/take_over",
        ),
        change_activity("PUT", "/delete", create_activity("/delete")),
    ],
    sample_rows=sample_rows,
)
