"""Workspaces, their members and outboxes."""

from tests.simulation.calls import Call
from tests.simulation.knowledge import Known
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
ALL = "/api/workspaces"
SETTINGS = ("allow_take_over_by_members", "can_change_background", "allow_invitations", "members_can_change_blocks")


def is_shared(known: Known) -> bool:
    """Return whether a workspace is shared, as far as known."""
    return bool(known.details["is_shared"])


def _pick_own(draw: Draw) -> Known:
    return draw.pick("workspace", lambda known: is_shared(known) and known.details["owner"] == draw.me)


@verbs.add(2)
def create_workspace(draw: Draw) -> Call:
    path = draw.chance.choice((ALL, ALL, "/api/workspace/7"))
    return draw.call("POST", path, {"name": f"workspace {draw.name}", "description": f"description {draw.name}"})


@verbs.add(3)
def update_workspace(draw: Draw) -> Call:
    fields: tuple[dict[str, str], ...] = (
        {"name": f"workspace {draw.name}"},
        {"description": f"description {draw.name}"},
        {},
    )
    setting = {"setting": {draw.chance.choice(SETTINGS): draw.happens(0.6)}} if draw.happens(0.4) else {}
    return draw.call("PATCH", f"{ALL}/{_pick_own(draw).id}", {**draw.chance.choice(fields), **setting})


@verbs.add(1.5)
def delete_workspace(draw: Draw) -> Call:
    return draw.remove(f"{ALL}/{_pick_own(draw).id}?archive_items={draw.chance.choice(('true', 'false'))}")


@verbs.add(1)
def get_workspace(draw: Draw) -> Call:
    return draw.read(f"{ALL}/{draw.pick('workspace').id}")


@verbs.add(1)
def list_workspaces(draw: Draw) -> Call:
    return draw.read_list(draw.chance.choice((ALL, f"{ALL}/invited")))


@verbs.add(1)
def list_outboxes(draw: Draw) -> Call:
    return draw.read_list(f"{ALL}/{draw.pick('workspace').id}/outboxes")


@verbs.add(1)
def list_members(draw: Draw) -> Call:
    return draw.read_list(f"{ALL}/{draw.pick('workspace').id}/members")


@verbs.add(1)
def remove_member(draw: Draw) -> Call:
    busy = [identity.user for identity in draw.base.people]
    member = draw.other("user", lambda known: known.id != draw.me and (known.id in busy or draw.happens(0.2)))
    return draw.call("DELETE", f"{ALL}/{_pick_own(draw).id}/members/{member.id}")


@verbs.add(0.4)
def leave_workspace(draw: Draw) -> Call:
    may_leave = draw.happens(0.9)  # owners may not
    workspace = draw.pick("workspace", lambda known: (known.details["owner"] != draw.me) == may_leave)
    return draw.call("DELETE", f"{ALL}/{workspace.id}/members/{draw.me}")
