"""/api/activities: what lies in workspaces, each by itself, and what can be done with it."""

from chalicelib.domain.activities import activities
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.own_lists import OwnActivities
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.routes.items import listed
from chalicelib.schemas.activities import ACTIVITY, ACTIVITY_MOVE, BLOCK_VALUE, NEW_ACTIVITY
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.serializers.activities import serialize_activities
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
ALL = "/api/activities"
ONE = "/api/activities/{activity_id}"


def shown(request: ApiRequest, placed: PlacedActivity) -> str:
    """An activity as it is answered."""
    return serialize_activities([placed.text], placed.people, request.addresses)[0]


def _act(request: ApiRequest, activity_id: int, verb: str) -> Change[str]:
    change = activities.apply_verb(request.caller, activity_id, verb)
    return change.with_answer(shown(request, change.answer))


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(ACTIVITY))
def list_activities(request: ApiRequest) -> ApiResponse:
    """Returns all the activities that you created, are assigned to or were delegated, the newest first."""
    return listed(request, OwnActivities(request.caller), serialize_activities)


@routes.post(ALL, body=NEW_ACTIVITY, answers=ACTIVITY)
def create_activity(request: ApiRequest) -> Change[ApiResponse]:
    """Creates an activity on your personal inbox. Returns the created activity."""
    change = activities.create_activity(request.caller, request.body)
    location = request.href(f"{ALL}/{change.answer.activity}")
    return change.with_answer(ApiResponse(shown(request, change.answer), headers={"Location": location}))


@routes.get(ONE, answers=ACTIVITY)
def get_activity(request: ApiRequest, activity_id: int) -> str:
    """Returns an activity."""
    return shown(request, activities.get_activity(request.caller, activity_id))


@routes.patch(ONE, body=ACTIVITY, answers=ACTIVITY)
def update_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Changes name and description. Returns the updated activity."""
    change = activities.update_activity(request.caller, activity_id, request.body)
    return change.with_answer(shown(request, change.answer))


@routes.delete(ONE, query=DELETE_PARAMETERS, in_steps=True, statuses=(204,))
def remove_activity(request: ApiRequest, activity_id: int) -> Change[ApiResponse]:
    """Deletes an activity, wherever it lies."""
    return activities.apply_verb(request.caller, activity_id, "delete").with_answer(ApiResponse("", 204))


@routes.put(f"{ONE}/move", body=ACTIVITY_MOVE, answers=ACTIVITY)
def move_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Puts an activity on top of the inbox of a workspace, if it is where you think it is. Returns the activity."""
    source = request.body.get("source_id")
    change = activities.move_activity(request.caller, activity_id, request.body["workspace_id"], source)
    return change.with_answer(shown(request, change.answer))


@routes.put(f"{ONE}/blox/{{block_id}}", body=BLOCK_VALUE, answers=ACTIVITY)
def change_block(request: ApiRequest, activity_id: int, block_id: str) -> Change[str]:
    """Sets priority, progress, size, target date or alarm, each by the id of its block. Returns the activity."""
    change = activities.change_block(request.caller, activity_id, block_id, request.body)
    return change.with_answer(shown(request, change.answer))


@routes.put(f"{ONE}/play", body=None, answers=ACTIVITY)
def play_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Begins an activity, or goes on with it. Returns the activity."""
    return _act(request, activity_id, "play")


@routes.put(f"{ONE}/pause", body=None, answers=ACTIVITY)
def pause_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Lets an active activity rest. Returns the activity."""
    return _act(request, activity_id, "pause")


@routes.put(f"{ONE}/finish", body=None, answers=ACTIVITY)
def finish_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Ends the work on an activity. Returns the activity."""
    return _act(request, activity_id, "finish")


@routes.put(f"{ONE}/approve", body=None, answers=ACTIVITY)
def approve_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Approves what you have delegated for sign-off, once it is finished. Returns the activity."""
    return _act(request, activity_id, "approve")


@routes.put(f"{ONE}/reject", body=None, answers=ACTIVITY)
def reject_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Rejects what you have delegated for sign-off: the delegee goes on with it. Returns the activity."""
    return _act(request, activity_id, "reject")


@routes.put(f"{ONE}/take_over", body=None, answers=ACTIVITY)
def take_over_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Makes you the assignee. Returns the activity."""
    return _act(request, activity_id, "take_over")


@routes.put(f"{ONE}/delete", body=None, in_steps=True, answers=ACTIVITY)
def delete_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Deletes an activity, wherever it lies. Returns it as it was, with the state deleted, this once."""
    return _act(request, activity_id, "delete")
