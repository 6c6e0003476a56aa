"""/api/activities: what lies in workspaces, each by itself, and what can be done with it."""

from chalicelib import render
from chalicelib.activity_schemas import BLOCK_VALUE, MOVE, NEW_ACTIVITY
from chalicelib.containers import Each
from chalicelib.domain import activity_verbs
from chalicelib.domain.activity_list import Activities
from chalicelib.domain.items import Placed
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.routes.items import listed
from chalicelib.schemas import ACTIVITY, LIST, REMOVAL
from chalicelib.storage.changes import Change

routes = Routes(__name__)
ALL = "/api/activities"
ONE = "/api/activities/{activity_id}"


def shown(call: Call, placed: Placed) -> str:
    """An activity as it is answered."""
    return render.activities([placed.text], placed.people, call.addresses)[0]


def _act(call: Call, activity_id: int, verb: str) -> Change[str]:
    change = activity_verbs.act(call.caller, activity_id, verb)
    return change.answering(shown(call, change.answer))


@routes.get(ALL, query=LIST, answers=Each(ACTIVITY))
def list_activities(call: Call) -> Reply:
    """Returns all the activities that you created, are assigned to or were delegated, the newest first."""
    return listed(call, Activities(call.caller), render.activities)


@routes.post(ALL, body=NEW_ACTIVITY, answers=ACTIVITY)
def create_activity(call: Call) -> Change[Reply]:
    """Creates an activity on your personal inbox. Returns the created activity."""
    change = activity_verbs.create(call.caller, call.body)
    location = call.href(f"{ALL}/{change.answer.activity}")
    return change.answering(Reply(shown(call, change.answer), headers={"Location": location}))


@routes.get(ONE, answers=ACTIVITY)
def get_activity(call: Call, activity_id: int) -> str:
    """Returns an activity."""
    return shown(call, activity_verbs.show(call.caller, activity_id))


@routes.patch(ONE, body=ACTIVITY, answers=ACTIVITY)
def update_activity(call: Call, activity_id: int) -> Change[str]:
    """Changes name and description. Returns the updated activity."""
    change = activity_verbs.update(call.caller, activity_id, call.body)
    return change.answering(shown(call, change.answer))


@routes.delete(ONE, query=REMOVAL, in_steps=True, statuses=(204,))
def remove_activity(call: Call, activity_id: int) -> Change[Reply]:
    """Deletes an activity, wherever it lies."""
    return activity_verbs.act(call.caller, activity_id, "delete").answering(Reply("", 204))


@routes.put(f"{ONE}/move", body=MOVE, answers=ACTIVITY)
def move_activity(call: Call, activity_id: int) -> Change[str]:
    """Puts an activity on top of the inbox of a workspace, if it is where you think it is. Returns the activity."""
    source = call.body.get("source_id")
    change = activity_verbs.move(call.caller, activity_id, call.body["workspace_id"], source)
    return change.answering(shown(call, change.answer))


@routes.put(f"{ONE}/blox/{{block_id}}", body=BLOCK_VALUE, answers=ACTIVITY)
def change_block(call: Call, activity_id: int, block_id: str) -> Change[str]:
    """Sets priority, progress, size, target date or alarm, each by the id of its block. Returns the activity."""
    change = activity_verbs.change_block(call.caller, activity_id, block_id, call.body)
    return change.answering(shown(call, change.answer))


@routes.put(f"{ONE}/play", body=None, answers=ACTIVITY)
def play_activity(call: Call, activity_id: int) -> Change[str]:
    """Begins an activity, or goes on with it. Returns the activity."""
    return _act(call, activity_id, "play")


@routes.put(f"{ONE}/pause", body=None, answers=ACTIVITY)
def pause_activity(call: Call, activity_id: int) -> Change[str]:
    """Lets an active activity rest. Returns the activity."""
    return _act(call, activity_id, "pause")


@routes.put(f"{ONE}/finish", body=None, answers=ACTIVITY)
def finish_activity(call: Call, activity_id: int) -> Change[str]:
    """Ends the work on an activity. Returns the activity."""
    return _act(call, activity_id, "finish")


@routes.put(f"{ONE}/approve", body=None, answers=ACTIVITY)
def approve_activity(call: Call, activity_id: int) -> Change[str]:
    """Approves what you have delegated for sign-off, once it is finished. Returns the activity."""
    return _act(call, activity_id, "approve")


@routes.put(f"{ONE}/reject", body=None, answers=ACTIVITY)
def reject_activity(call: Call, activity_id: int) -> Change[str]:
    """Rejects what you have delegated for sign-off: the delegee goes on with it. Returns the activity."""
    return _act(call, activity_id, "reject")


@routes.put(f"{ONE}/take_over", body=None, answers=ACTIVITY)
def take_over_activity(call: Call, activity_id: int) -> Change[str]:
    """Makes you the assignee. Returns the activity."""
    return _act(call, activity_id, "take_over")


@routes.put(f"{ONE}/delete", body=None, in_steps=True, answers=ACTIVITY)
def delete_activity(call: Call, activity_id: int) -> Change[str]:
    """Deletes an activity, wherever it lies. Returns it as it was, with the state deleted, this once."""
    return _act(call, activity_id, "delete")
