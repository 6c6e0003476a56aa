"""Items: new ones, and existing ones that are put somewhere else."""

from typing import Any

from tests.simulation.calls import Call
from tests.simulation.workload.drawing import Draw, Verbs
from tests.simulation.workload.stacks import pick_stack_path

verbs = Verbs()


def _new_item(draw: Draw) -> dict[str, Any]:
    return {"type": "Activity", "name": f"item {draw.name}"}


def _existing_item(draw: Draw) -> dict[str, Any]:
    activity = draw.other("activity").id
    return draw.chance.choice(({"type": "Activity", "id": activity}, {"item_type": "Activity", "item_id": activity}))


@verbs.add(3)
def create_item(draw: Draw) -> Call:
    body = _new_item(draw) | draw.chance.choice(({}, {"description": f"description {draw.name}"}))
    return draw.call("POST", f"/api/workspaces/{draw.pick('workspace').id}/items", body)


@verbs.add(3)
def create_item_on_stack(draw: Draw) -> Call:
    return draw.call("POST", f"{pick_stack_path(draw)}/items", _new_item(draw))


@verbs.add(1)
def create_item_on_inbox(draw: Draw) -> Call:
    return draw.call("PUT", f"/api/workspaces/{draw.pick('workspace').id}/inbox", _new_item(draw))


@verbs.add(2)
def put_item_into_workspace(draw: Draw) -> Call:
    return draw.call("POST", f"/api/workspaces/{draw.pick('workspace').id}/items", _existing_item(draw))


@verbs.add(4)
def put_item_on_stack(draw: Draw) -> Call:
    return draw.call("POST", f"{pick_stack_path(draw)}/items", _existing_item(draw))


@verbs.add(2)
def put_item_on_inbox(draw: Draw) -> Call:
    return draw.call("PUT", f"/api/workspaces/{draw.pick('workspace').id}/inbox", _existing_item(draw))


@verbs.add(1.5)
def archive_item(draw: Draw) -> Call:
    workspace = draw.pick("workspace", lambda known: not known.details["is_shared"])
    return draw.call("PUT", f"/api/workspaces/{workspace.id}/archive", _existing_item(draw))


@verbs.add(1)
def list_archive(draw: Draw) -> Call:
    workspace = draw.pick("workspace", lambda known: not known.details["is_shared"])
    return draw.read_list(f"/api/workspaces/{workspace.id}/archive")


@verbs.add(2)
def list_items(draw: Draw) -> Call:
    return draw.read_list(f"/api/workspaces/{draw.pick('workspace').id}/items")


@verbs.add(1)
def list_stack_items(draw: Draw) -> Call:
    return draw.read_list(f"{pick_stack_path(draw)}/items")


@verbs.add(1)
def list_all_items(draw: Draw) -> Call:
    narrowed = {"workspace_id": draw.pick("workspace").id} if draw.happens(0.3) else {}
    return draw.read_list("/api/workspaces/items", **narrowed)
