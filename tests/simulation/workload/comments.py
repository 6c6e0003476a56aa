"""Comments on activities."""

from tests.simulation.calls import Call
from tests.simulation.knowledge import Known
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()


def _pick_own(draw: Draw) -> Known:
    return draw.pick("comment", lambda known: known.details["author"] == draw.me)


@verbs.add(4)
def create_comment(draw: Draw) -> Call:
    activity = draw.pick("activity")
    return draw.call("POST", f"/api/activities/{activity.id}/comments", {"body": f"comment {draw.name}"})


@verbs.add(2)
def update_comment(draw: Draw) -> Call:
    fields = {"body": f"comment {draw.name}"} if draw.happens(0.9) else {}
    return draw.call("PATCH", f"/api/comments/{_pick_own(draw).id}", fields)


@verbs.add(1)
def delete_comment(draw: Draw) -> Call:
    return draw.remove(f"/api/comments/{_pick_own(draw).id}")


@verbs.add(1)
def get_comment(draw: Draw) -> Call:
    return draw.read(f"/api/comments/{draw.pick('comment').id}")


@verbs.add(2)
def list_comments(draw: Draw) -> Call:
    return draw.read_list(f"/api/activities/{draw.pick('activity').id}/comments")
