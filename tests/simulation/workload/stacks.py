"""Stacks and inboxes, within their workspace and by their id alone."""

from tests.simulation.calls import Call
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()


def pick_stack_path(draw: Draw, kind: str = "stack") -> str:
    """Return the address of a stack in one of its two forms."""
    stack = draw.pick(kind)
    if draw.happens(0.3):
        return f"/api/stacks/{stack.id}"
    return f"/api/workspaces/{stack.details['workspace']}/stacks/{stack.id}"


@verbs.add(2)
def create_stack(draw: Draw) -> Call:
    return draw.call("POST", f"/api/workspaces/{draw.pick('workspace').id}/stacks", {"name": f"stack {draw.name}"})


@verbs.add(2)
def update_stack(draw: Draw) -> Call:
    fields = draw.chance.choice(({"name": f"stack {draw.name}"}, {"description": f"description {draw.name}"}))
    return draw.call("PATCH", pick_stack_path(draw), fields)


@verbs.add(2)
def reorder_stack(draw: Draw) -> Call:
    stack = draw.pick("stack")
    body = draw.chance.choice(({"position": 0}, {"position": 1}, {"position": None}, None))
    return draw.call("PUT", f"/api/workspaces/{stack.details['workspace']}/stacks/{stack.id}/reorder", body)


@verbs.add(2)
def delete_stack(draw: Draw) -> Call:
    return draw.remove(pick_stack_path(draw))


@verbs.add(0.2)
def delete_inbox(draw: Draw) -> Call:
    return draw.call("DELETE", pick_stack_path(draw, "inbox"))


@verbs.add(1)
def get_stack(draw: Draw) -> Call:
    return draw.read_list(pick_stack_path(draw, draw.chance.choice(("stack", "stack", "inbox"))))


@verbs.add(1)
def list_stacks(draw: Draw) -> Call:
    return draw.read_list(f"/api/workspaces/{draw.pick('workspace').id}/stacks")


@verbs.add(1)
def get_inbox(draw: Draw) -> Call:
    return draw.read_list(f"/api/workspaces/{draw.pick('workspace').id}/inbox")
