"""Activities by their id: what they say, their blocks, where they are and how they go on."""

from typing import Any

from tests.simulation.calls import Call
from tests.simulation.history import Response
from tests.simulation.knowledge import Known
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
ALL = "/api/activities"
TIMES = ("2027-01-15T08:00:10Z", "2027-01-15T08:00:40Z", "2027-01-15T09:00:00Z", "2027-03-01T00:00:00Z", None)


def one(known: Known) -> str:
    """Return the address of an activity."""
    return f"{ALL}/{known.id}"


def pick_in_state(draw: Draw, *states: str) -> Known:
    """Return an activity that was in one of these states when a client last saw it."""
    return draw.pick("activity", lambda known: known.details["state"] in states)


@verbs.add(2)
def create_activity(draw: Draw) -> Call:
    more: tuple[dict[str, Any], ...] = (
        {},
        {"priority": "high", "size": "small"},
        {"alarm": draw.chance.choice(TIMES)},
        {"description": f"description {draw.name}", "target_date": draw.chance.choice(TIMES)},
    )
    return draw.call("POST", ALL, {"name": f"activity {draw.name}"} | draw.chance.choice(more))


@verbs.add(4)
def update_activity(draw: Draw) -> Call:
    changes: dict[str, Any] = {"name": f"activity {draw.name}", "description": f"description {draw.name}"}
    names = draw.chance.choice((["name"], ["name"], ["description"], ["description"], []))
    return draw.call("PATCH", one(draw.pick("activity")), {name: changes[name] for name in names})


@verbs.add(3)
def change_block(draw: Draw) -> Call:
    activity = draw.pick("activity")
    name = draw.chance.choice(list(activity.details["blocks"]))
    values: dict[str, Any] = {
        "priority": draw.chance.choice(("low", "normal", "high")),
        "progress": draw.chance.randrange(101),
        "size": draw.chance.choice(("small", "medium", "large")),
    }
    body = {"value": values[name]} if name in values else {"time": draw.chance.choice(TIMES)}
    whose = activity if draw.happens(0.95) else draw.other("activity")  # which has other blocks
    return draw.call("PUT", f"{one(activity)}/blox/{whose.details['blocks'][name]}", body)


@verbs.add(3)
def set_alarm(draw: Draw) -> Call:
    activity = draw.pick("activity")
    block = activity.details["blocks"]["alarm"]
    return draw.call("PUT", f"{one(activity)}/blox/{block}", {"value": draw.chance.choice(TIMES)})


@verbs.add(4)
def move_activity(draw: Draw) -> Call:
    activity, workspace = draw.pick("activity"), draw.other("workspace")
    source = {"source_id": draw.other(draw.chance.choice(("workspace", "stack"))).id} if draw.happens(0.3) else {}
    return draw.call("PUT", f"{one(activity)}/move", {"workspace_id": workspace.id, **source})


@verbs.add(2)
def play_activity(draw: Draw) -> Call:
    return draw.call("PUT", f"{one(pick_in_state(draw, 'draft', 'paused', 'rejected'))}/play")


@verbs.add(2)
def pause_activity(draw: Draw) -> Call:
    return draw.call("PUT", f"{one(pick_in_state(draw, 'active'))}/pause")


@verbs.add(2)
def finish_activity(draw: Draw) -> Call:
    return draw.call("PUT", f"{one(pick_in_state(draw, 'draft', 'active', 'paused', 'rejected'))}/finish")


def _pick_signed_off(draw: Draw) -> Known:
    """Return an activity that the caller has delegated for sign-off, mostly one that is finished."""

    def is_fit(known: Known) -> bool:
        delegation = known.details.get("delegation", {})
        is_mine = delegation.get("delegator") == draw.me and delegation.get("sign_off")
        return bool(is_mine) and known.details["state"] in ("finished", "active")

    return draw.pick("activity", is_fit)


@verbs.add(2)
def approve_activity(draw: Draw) -> Call:
    return draw.call("PUT", f"{one(_pick_signed_off(draw))}/approve")


@verbs.add(2)
def reject_activity(draw: Draw) -> Call:
    return draw.call("PUT", f"{one(_pick_signed_off(draw))}/reject")


@verbs.add(2)
def take_over_activity(draw: Draw) -> Call:
    return draw.call(
        "PUT", f"{one(draw.pick('activity', lambda known: known.details['assignee'] != draw.me))}/take_over"
    )


@verbs.add(1)
def remove_activity(draw: Draw) -> Call:
    return draw.remove(one(draw.pick("activity")))


@verbs.add(1)
def delete_activity(draw: Draw) -> Call:
    activity = draw.pick("activity")

    def learn(response: Response) -> None:
        if response.is_success:
            draw.knowledge.forget(activity)

    return Call(draw.verb, "PUT", f"{one(activity)}/delete", learn=learn)


@verbs.add(2)
def get_activity(draw: Draw) -> Call:
    return draw.read(one(draw.pick("activity")))


@verbs.add(2)
def list_activities(draw: Draw) -> Call:
    return draw.read_list(ALL)
