"""/api/activities: activities by their id, and what can be done with them."""

from chalicelib.domain.activities import activities
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.http import paging
from chalicelib.http.path_variables import HEX_24, NUMBER
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.activities import ACTIVITY, ACTIVITY_MOVE, BLOCK_VALUE, NEW_ACTIVITY
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.serializers.activities import serialize_activities
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.containers import ListOf

routes = Routes(__name__, path_variables={"activity_id": NUMBER, "block_id": HEX_24})
ALL = "/api/activities"
ONE = "/api/activities/{activity_id}"


def serialize_activity(request: ApiRequest, activity: PlacedActivity) -> str:
    """Return an activity as JSON text."""
    return serialize_activities([activity.text], activity.people, request.addresses)[0]


def _apply_verb(request: ApiRequest, activity_id: int, verb: str) -> Change[str]:
    change = activities.apply_verb(request.caller, activity_id, verb)
    return change.with_answer(serialize_activity(request, change.answer))


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(ACTIVITY))
def list_activities(request: ApiRequest) -> ApiResponse:
    """Returns all the activities that you created, are assigned to or were delegated, newest first."""
    from chalicelib.domain.activities.own_lists import OwnActivities  # only the caller's own lists need it

    return paging.people_list_response(request, OwnActivities(request.caller), serialize_activities)


@routes.post(ALL, body=NEW_ACTIVITY, body_example="sent_activity", answers=ACTIVITY, creates=ONE, statuses=(200,))
def create_activity(request: ApiRequest) -> Change[str]:
    """Creates an activity on your personal inbox. Returns the created activity."""
    change = activities.create_activity(request.caller, request.body)
    return change.with_answer(serialize_activity(request, change.answer))


@routes.get(ONE, history="activity", answers=ACTIVITY)
def get_activity(request: ApiRequest, activity_id: int) -> str:
    """Returns an activity."""
    return serialize_activity(request, activities.get_activity(request.caller, activity_id))


@routes.patch(ONE, body=ACTIVITY, body_example="sent_activity_update", answers=ACTIVITY)
def update_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Changes name and description. Returns the updated activity."""
    change = activities.update_activity(request.caller, activity_id, request.body)
    return change.with_answer(serialize_activity(request, change.answer))


@routes.delete(ONE, query=DELETE_PARAMETERS)
def remove_activity(request: ApiRequest, activity_id: int) -> Steps[None]:
    """Deletes an activity, wherever it is."""
    change = yield from activities.delete_activity(request.caller, activity_id)
    return change.with_answer(None)


@routes.put(f"{ONE}/move", body=ACTIVITY_MOVE, body_example="sent_move", answers=ACTIVITY)
def move_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Puts an activity on top of the inbox of a workspace, if it is where you think it is. Returns the activity."""
    source = request.body.get("source_id")
    change = activities.move_activity(request.caller, activity_id, request.body["workspace_id"], source)
    return change.with_answer(serialize_activity(request, change.answer))


@routes.put(f"{ONE}/blox/{{block_id}}", body=BLOCK_VALUE, body_example="sent_block_value", answers=ACTIVITY)
def change_block(request: ApiRequest, activity_id: int, block_id: str) -> Change[str]:
    """Sets the priority, progress, size, target date or alarm, by the id of its block. Returns the activity."""
    change = activities.change_block(request.caller, activity_id, block_id, request.body)
    return change.with_answer(serialize_activity(request, change.answer))


@routes.put(f"{ONE}/play", answers=ACTIVITY)
def play_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Starts or resumes an activity. Returns the activity."""
    return _apply_verb(request, activity_id, "play")


@routes.put(f"{ONE}/pause", answers=ACTIVITY)
def pause_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Pauses an active activity. Returns the activity."""
    return _apply_verb(request, activity_id, "pause")


@routes.put(f"{ONE}/finish", answers=ACTIVITY)
def finish_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Finishes an activity. Returns the activity."""
    return _apply_verb(request, activity_id, "finish")


@routes.put(f"{ONE}/approve", answers=ACTIVITY)
def approve_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Approves a finished activity that you delegated for sign-off. Returns the activity."""
    return _apply_verb(request, activity_id, "approve")


@routes.put(f"{ONE}/reject", answers=ACTIVITY)
def reject_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Rejects a finished activity that you delegated for sign-off, so that work on it goes on. Returns the activity."""
    return _apply_verb(request, activity_id, "reject")


@routes.put(f"{ONE}/take_over", answers=ACTIVITY)
def take_over_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Makes you the assignee. Returns the activity."""
    return _apply_verb(request, activity_id, "take_over")


@routes.put(f"{ONE}/delete", answers=ACTIVITY)
def delete_activity(request: ApiRequest, activity_id: int) -> Steps[str]:
    """Deletes an activity, wherever it is. Returns it once more, with the state deleted."""
    change = yield from activities.delete_activity(request.caller, activity_id)
    return change.with_answer(serialize_activity(request, change.answer))
